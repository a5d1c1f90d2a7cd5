"""A project's template rendered anew: at its newest, and as it was when the project was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.drawing.again import again, as_made
from scaffold.drawing.blueprint import draw, first_record
from scaffold.projects.names import project_name
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.native import native_template, with_origin
from scaffold.projects.origins.parse import parse_location
from scaffold.projects.record import read_record
from scaffold.projects.snapshot import PRISTINE
from scaffold.projects.write import write_project
from scaffold.system import HostSystem
from scaffold.update import UpdateRequest, plan_update
from tests.projects.origins.conftest import commit, git, lay_template

TEXTS = {"notes.txt", "ten.txt"}
TEN = "".join(f"line {number}\n" for number in range(10))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Made of version 1.0.0 of a template in git, of which there is a 1.1.0 now."""
    templates = tmp_path / "tiny"
    templates.mkdir()
    git(templates, "init", "--quiet")
    lay_template(templates, "1.0.0")
    (templates / "common" / "ten.txt").write_text(TEN, encoding="utf-8")
    commit(templates, "first", "v1.0.0")
    with fetched(parse_location(f"git+file://{templates}", tmp_path, None), HostSystem()) as found:
        template = native_template(found)
        record = with_origin(first_record(template, project_name("my-app"), (), (), "3.12"), found)
        write_project(tmp_path / "my-app", draw(template, record).whole)
    lay_template(templates, "1.1.0")
    (templates / "common" / "ten.txt").write_text(TEN.replace("line 9", "line nine"), encoding="utf-8")
    commit(templates, "second", "v1.1.0")
    return tmp_path / "my-app"


def test_the_newest_and_the_one_of_then(project: Path) -> None:
    system, record = HostSystem(), read_record(project)
    newest = again(system, record)
    assert newest.record.template_version == "1.1.0"
    then = as_made(system, record)
    assert then is not None
    assert {str(path): one.content for path, one in then.items() if path.name in TEXTS} == {
        "notes.txt": b"of 1.0.0\n",
        "ten.txt": TEN.encode(),
    }


@pytest.mark.parametrize("lost", [None, b"no archive"])
def test_a_lost_pristine_rendering_is_made_once_more(project: Path, lost: bytes | None) -> None:
    (project / PRISTINE).unlink() if lost is None else (project / PRISTINE).write_bytes(lost)
    (project / "ten.txt").write_text(f"mine\n{TEN}", encoding="utf-8")
    plan = plan_update(HostSystem(), UpdateRequest(start=project))
    assert {str(one.path): one.kind for one in plan.changes if one.path.name in TEXTS} == {
        "notes.txt": "taken",
        "ten.txt": "merged",
    }
    assert plan.conflicts == ()
    assert plan.notices[0] == f"{PRISTINE} cannot be used: the same version of the template made it once more"


def test_what_cannot_be_made_again_byte_for_byte_is_not_taken(project: Path) -> None:
    record = read_record(project)
    path = next(iter(record.files))
    assert as_made(HostSystem(), record) is not None
    record.files[path] = "0" * 64  # type: ignore[index]
    assert as_made(HostSystem(), record) is None
