"""Templates in our format that are not installed: made, fetched again at another version, missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from scaffold.drawing.again import again
from scaffold.drawing.blueprint import draw, first_record
from scaffold.drawing.foreign import ForeignWishes, draw_foreign, foreign_record
from scaffold.errors import OptionRefused, TemplateBroken, TemplateUnknown
from scaffold.projects.names import project_name
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.native import native_template, newer, template_here, with_origin
from scaffold.projects.origins.parse import parse_location
from scaffold.pycharm.project.describe import generated_project

from .conftest import commit, git, lay_template

NOTES = PurePosixPath("notes.txt")


def drawn(text, cwd, system):
    with fetched(parse_location(text, cwd, None), system) as found:
        template = native_template(found)
        first = first_record(template, project_name("my-notes"), (), (), "3.12")
        return draw(template, with_origin(first, found))


def test_the_same_from_a_folder_a_bundle_and_git(repository, system):
    made = [
        drawn(f"{place}@v1.9.0//tiny", repository.parent, system)
        for place in ("./templates", "templates.bundle", "./templates.git")
    ]
    commit_of = git(repository, "rev-parse", "v1.9.0^{commit}")
    origins = [
        (one.record.origin, one.record.revision, one.record.template, one.record.template_version)
        for one in made
    ]
    where = repository.parent
    assert origins == [
        (f"git+{where}/templates//tiny", commit_of, "tiny", "1.9.0"),
        (f"{where}/templates.bundle//tiny", commit_of, "tiny", "1.9.0"),
        (f"{where}/templates.git//tiny", commit_of, "tiny", "1.9.0"),
    ]
    assert made[0].files == made[1].files == made[2].files
    assert made[0].files[NOTES].content == b"of 1.9.0\n"


def test_an_update_takes_the_newest_version_or_the_one_that_is_wanted(repository, system):
    old = drawn("./templates.git@v1.9.0//tiny", repository.parent, system).record
    assert newer(system, old) == "1.10.0"
    fresh = again(system, old)
    assert fresh.files[NOTES].content == b"of 1.10.0\n"
    assert newer(system, fresh.record) == ""
    assert (fresh.record.origin, fresh.record.name) == (old.origin, old.name)
    back = again(system, fresh.record, to="1.9.0")
    assert (back.record, back.files[NOTES].content) == (old, b"of 1.9.0\n")
    on_main = again(system, old, to="main")
    assert on_main.record.origin == f"{repository.parent}/templates.git@main//tiny"
    assert again(system, on_main.record).files[NOTES].content == b"of 3.0.0.dev0\n"


def test_a_template_that_became_another_kind(tmp_path, system):
    lay_template(tmp_path / "tiny")
    git(tmp_path / "tiny", "init", "--quiet")
    commit(tmp_path / "tiny", "first", tag="v1")
    record = drawn("git+./tiny", tmp_path, system).record
    (tmp_path / "tiny/template.toml").unlink()
    (tmp_path / "tiny/copier.yml").write_text("")
    commit(tmp_path / "tiny", "another", tag="v2")
    with pytest.raises(TemplateBroken, match="is a template for copier now"):
        again(system, record)
    assert again(system, record, to="v1").record == record


def test_a_project_stays_with_the_kind_of_template_that_it_was_made_of(tmp_path, system):
    lay_template(tmp_path / "tiny")
    (tmp_path / "tiny/copier.yml").write_text("")
    ours = drawn("./tiny", tmp_path, system).record
    location = replace(parse_location("./tiny", tmp_path, None), format="copier")
    with fetched(location, system) as found:
        wishes = ForeignWishes(use_defaults=True)
        theirs = draw_foreign(system, found, foreign_record(found, ours.name), wishes).blueprint.record
    assert (ours.kind, again(system, ours).record.kind) == ("scaffold", "scaffold")
    assert (theirs.kind, again(system, theirs).record.kind) == ("copier", "copier")


def test_what_a_project_knows_of_a_template_that_lies_elsewhere(repository, tmp_path, system):
    lay_template(tmp_path / "tiny")
    here = drawn("./tiny", tmp_path, system).record
    assert template_here(here).folder == tmp_path / "tiny"
    assert not generated_project(here).partial
    away = drawn("./templates.git//tiny", repository.parent, system).record
    with pytest.raises(TemplateUnknown, match="is not on this machine"):
        template_here(away)
    assert generated_project(away).partial
    (tmp_path / "tiny/template.toml").unlink()
    with pytest.raises(TemplateUnknown):
        template_here(here)
    assert generated_project(here).partial


@pytest.mark.parametrize("origin", ["--upload-pack=x", "//server/share/t", "ext::sh -c x", "nothing at all"])
def test_a_record_of_somebody_else_may_name_anything(origin, repository, system):
    from dataclasses import replace

    record = replace(drawn("./templates//tiny", repository.parent, system).record, origin=origin)
    assert generated_project(record).partial


def test_a_folder_has_no_versions(tmp_path, system):
    lay_template(tmp_path / "tiny")
    record = drawn("./tiny", tmp_path, system).record
    assert (record.origin, record.revision, newer(system, record)) == (str(tmp_path / "tiny"), "", "")
    with pytest.raises(OptionRefused, match="has no revisions"):
        again(system, record, to="v1")


def test_an_error_names_files_as_their_author_does(tmp_path, system):
    lay_template(tmp_path / "tiny")
    (tmp_path / "tiny/template.toml").write_text("title = 3\n")
    git(tmp_path / "tiny", "init", "--quiet")
    commit(tmp_path / "tiny", "broken")
    with pytest.raises(TemplateBroken) as caught:
        drawn("git+./tiny", tmp_path, system)
    assert caught.value.message.startswith(f"git+{tmp_path}/tiny: template.toml")
