from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.errors import ScaffoldError, TargetOccupied
from scaffold.pycharm.model import IdeaReport, IdeProject
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.write import write_idea
from tests.pycharm.project.test_idea import PROJECT, WHOLE
from tests.pycharm.projects_on_disk import RUNS


def files_in(root: Path) -> dict[str, str]:
    found = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}
    found.pop(".idea/scaffold.json", None)
    return found


def written(root: Path, project: IdeProject = PROJECT, **more: object) -> IdeaReport:
    return write_idea(plan_idea(root, project, **more))  # type: ignore[arg-type]


def stamps(root: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in root.rglob("*")}


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    names = tuple(WHOLE)
    assert written(tmp_path) == IdeaReport(written=names)
    assert files_in(tmp_path) == WHOLE
    before = stamps(tmp_path)
    assert written(tmp_path) == IdeaReport(unchanged=names)
    assert stamps(tmp_path) == before


def test_a_new_interpreter_replaces_ours_but_never_touches_the_workspace(tmp_path: Path) -> None:
    written(tmp_path)
    report = written(tmp_path, replace(PROJECT, python="3.13.0", runs=(RUNS[2],)))
    assert report.written == (".idea/cnn-project.iml", ".idea/misc.xml")
    assert (report.kept, report.notices) == ((), ())
    old, new = "Python 3.12 (cnn-project)", "Python 3.13 (cnn-project)"
    assert files_in(tmp_path) == {name: text.replace(old, new) for name, text in WHOLE.items()}


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "project"
    root.mkdir()
    (root / ".idea").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetOccupied):
        written(root)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot stand where a file is replaced")
def test_what_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".idea" / "misc.xml").mkdir(parents=True)
    with pytest.raises(ScaffoldError, match=r"misc\.xml") as caught:
        written(tmp_path)
    assert (caught.value.code, caught.value.detail) == ("write-failed", ("Is a directory",))
    assert [p.name for p in (tmp_path / ".idea").iterdir()] == ["misc.xml"]
