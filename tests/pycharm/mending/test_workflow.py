"""The plan of ``scaffold ide check --fix``: where backups go, and what an open IDE would do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import NotAProject
from scaffold.ide.check import check, difference, plan_fix
from scaffold.pycharm.running import RunningIde
from scaffold.system import System
from tests.checks.ide.projects import FILES, MODULE, GitHost, facts_of, run_xml

RUN = ".run/train.run.xml"
BAD = run_xml(PARAMETERS="--name 'a b'")


def running(*ides: RunningIde) -> Any:
    def ask(_: System) -> Sequence[RunningIde]:
        return ides

    return ask


def test_an_open_ide_is_told_where_modules_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ide = RunningIde(pid=4711, program="/opt/pycharm/bin/pycharm")
    monkeypatch.setattr("scaffold.ide.open_ides.running_ides", running(ide, ide))
    facts_of(tmp_path / "a", **{RUN: BAD})
    assert plan_fix(GitHost([*FILES, RUN]), tmp_path / "a").open == ()
    facts_of(tmp_path / "b", **{".idea/app.iml": MODULE.replace("/src", "/lib")})
    assert plan_fix(GitHost(list(FILES)), tmp_path / "b").open == (ide.words,)


def test_backups_lie_with_a_project_of_ours_and_else_in_the_users_folder(tmp_path: Path) -> None:
    facts_of(tmp_path / "theirs", **{RUN: BAD})
    facts_of(tmp_path / "ours", **{RUN: BAD, ".scaffold/project.json": "{}"})
    host = GitHost([*FILES, RUN])
    assert plan_fix(host, tmp_path / "ours").backups == tmp_path / "ours/.scaffold/backups"
    assert (host.home or Path()) in plan_fix(host, tmp_path / "theirs").backups.parents


def test_a_project_is_found_from_below_and_an_idea_alone_by_its_name(tmp_path: Path) -> None:
    root = tmp_path / "app"
    facts_of(root, **{RUN: run_xml()})
    assert check(GitHost([]), root / "src/app")[0].root == root
    (tmp_path / "bare/.idea").mkdir(parents=True)
    assert check(GitHost([]), tmp_path / "bare")[0].root == tmp_path / "bare"
    with pytest.raises(NotAProject):
        check(GitHost([]), tmp_path)


def test_the_lines_that_change(tmp_path: Path) -> None:
    facts_of(tmp_path, **{RUN: BAD})
    (change,) = plan_fix(GitHost([*FILES, RUN]), tmp_path).changes
    assert difference(change) == (
        """-    <option name="PARAMETERS" value="--name 'a b'" />""",
        """+    <option name="PARAMETERS" value="--name &quot;a b&quot;" />""",
    )
