"""A new template is one from the first moment: it is found, rendered, and is its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.authoring.skeleton import plan_skeleton, write_skeleton
from scaffold.drawing.blueprint import draw, first_record
from scaffold.errors import NameRefused, OptionRefused, TargetOccupied, TemplateUnknown
from scaffold.projects.catalog import Provider, find_providers, find_template, find_templates, template_in
from scaffold.projects.compose import compose
from scaffold.projects.names import project_name
from scaffold.toml import loads
from tests.projects.conftest import keras_build, torch_build


def test_its_project_is_that_of_the_template_that_it_was_copied_from(tmp_path):
    write_skeleton(plan_skeleton("segments", tmp_path))
    mine, theirs = template_in(tmp_path / "segments", "me"), find_template("cnn")
    assert (mine.title, mine.version, mine.runs) == ("Segments", "0.1.0", theirs.runs)
    ours, copied = (compose(one, one.frameworks) for one in (theirs, mine))
    assert list(ours) == list(copied)
    own = {path for path, source in copied.items() if source.is_relative_to(tmp_path)}
    assert all(copied[path].read_bytes() == ours[path].read_bytes() for path in own)
    assert all(copied[path] == ours[path] for path in set(copied) - own)  # parts are named, not copied
    first = first_record(mine, project_name("ab"), mine.frameworks, (torch_build(), keras_build()), "3.12")
    assert len(draw(mine, first).files) > 100


def test_every_template_of_ours_can_be_the_beginning(tmp_path):
    for one in find_templates().templates:
        write_skeleton(plan_skeleton(f"my-{one.name}", tmp_path, source=one.name))
        mine = template_in(tmp_path / f"my-{one.name}", "me")
        assert mine.frameworks == one.frameworks
        assert not (mine.folder / "measured.json").exists()


def test_a_distribution_brings_it(tmp_path):
    plan = plan_skeleton("segments", tmp_path, package=True)
    write_skeleton(plan)
    root = tmp_path / "segments-templates"
    assert sorted(one.name for one in root.iterdir()) == [".gitignore", "README.md", "pyproject.toml", "src"]
    project = loads((root / "pyproject.toml").read_text())
    assert project["project"]["entry-points"] == {"scaffold.templates": {"segments": "segments_templates"}}
    (checked,) = project["tool"]["pytest"]["ini_options"]["scaffold_templates"]
    assert (root / checked / "template.toml").is_file()
    mine = Provider(name="segments", distribution="segments-templates", folder=(root / checked).parent)
    found = find_template("segments:segments", (*find_providers(), mine))
    assert found.folder == plan.target / plan.template


@pytest.mark.parametrize("name", ["", "../x", "a b", "Ünder", "x" * 60, "con/../x", "-x"])
def test_a_name_that_its_projects_could_not_have(name, tmp_path):
    with pytest.raises(NameRefused):
        plan_skeleton(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path):
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments/mine.txt").write_text("mine")
    with pytest.raises(TargetOccupied):
        plan_skeleton("segments", tmp_path)
    with pytest.raises(TemplateUnknown):
        plan_skeleton("other", tmp_path, source="nothing")


def test_a_folder_can_be_copied_as_well(tmp_path: Path) -> None:
    write_skeleton(plan_skeleton("mine", tmp_path))
    write_skeleton(plan_skeleton("again", tmp_path, source=str(tmp_path / "mine")))
    first, second = ((tmp_path / name / "template.toml").read_text() for name in ("mine", "again"))
    assert second == first.replace("Mine", "Again").replace("What mine does", "What again does")

    manifest = tmp_path / "mine" / "template.toml"
    manifest.write_text(manifest.read_text().replace("scaffold:", ""))
    shutil.copytree(find_template("cnn").folder.parent / "parts", tmp_path / "parts")
    with pytest.raises(OptionRefused, match="uses parts that lie beside it: "):
        plan_skeleton("other", tmp_path, source=str(tmp_path / "mine"))
    (tmp_path / "tc").mkdir()
    (tmp_path / "tc" / "copier.yml").write_text("")
    with pytest.raises(OptionRefused, match="is a template for copier"):
        plan_skeleton("other", tmp_path, source=str(tmp_path / "tc"))


def test_what_a_name_brings_with_it_is_told(tmp_path: Path) -> None:
    assert [plan_skeleton(name, tmp_path).notices for name in ("mine", "cnn", "class")] == [
        (),
        ("scaffold-dl brings a template cnn, too: installed, yours is named by who brings it",),
        ("no project can be called class, only such as class-project: 'class' is a keyword of Python",),
    ]
