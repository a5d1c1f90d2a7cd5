"""The journal of what was entered: nothing that it says of other projects is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import IdeRunning, ScaffoldError
from scaffold.ide import pycharm
from scaffold.pycharm.configs import base_folder
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.registration import table
from scaffold.pycharm.registration.journal import SCHEMA, mend_journal, read_journal
from scaffold.pycharm.registration.plan import Wish
from scaffold.pycharm.registration.store import data_folder
from scaffold.pycharm.registration.undo import undo
from scaffold.pycharm.registration.writing import settled

from .conftest import made_project
from .machine import Machine, config
from .tables import OF_2026
from .test_register import NAME, go, names_in, outcomes, root_of


def journal_of(machine: Machine) -> Path:
    return data_folder(machine) / "registered.json"


def kept_aside(machine: Machine) -> list[Path]:
    return sorted(data_folder(machine).glob("registered.damaged-*.json"))


@pytest.mark.parametrize("keep", [0, 40, -3])
def test_a_torn_journal_is_kept_aside_and_told(
    machine: Machine, user: Path, project: IdeProject, keep: int
) -> None:
    config(user)
    go(machine, user / "a/lab", made_project(user / "a/lab"))
    torn = journal_of(machine).read_bytes()[:keep]
    journal_of(machine).write_bytes(torn)
    (wrong,) = pycharm.plan_undo(machine, root_of(project)).notes
    assert wrong == (
        f"{journal_of(machine)} is damaged, and does not say any more what was entered for which project"
    )
    assert journal_of(machine).read_bytes() == torn  # who only looks changes nothing
    _, report = go(machine, root_of(project), project)
    (copy,) = kept_aside(machine)
    assert report.notes == (f"{wrong}; a copy as it was is {copy}",)
    assert copy.read_bytes() == torn
    assert list(read_journal(machine)) == [str(root_of(project))]
    assert go(machine, root_of(project), project)[1].notes == ()
    assert kept_aside(machine) == [copy]


def test_what_makes_sense_in_a_damaged_journal_stays(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    go(machine, root_of(project), project)
    found = json.loads(journal_of(machine).read_text(encoding="utf-8"))
    found["projects"]["/elsewhere"] = {"/c": 7}
    journal_of(machine).write_text(json.dumps(found), encoding="utf-8")
    assert "damaged in part" in mend_journal(machine)
    assert json.loads(kept_aside(machine)[0].read_text(encoding="utf-8")) == found
    assert [one.gone for one in undo(machine, root_of(project))] == [(NAME,)]
    assert (folder / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026


def test_a_newer_scaffolds_journal_is_left_alone(machine: Machine, user: Path, project: IdeProject) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    text = json.dumps({"schema": "scaffold/registered/2", "of": "tomorrow"})
    data_folder(machine).mkdir(parents=True)
    journal_of(machine).write_text(text, encoding="utf-8")
    _, report = go(machine, root_of(project), project)
    assert (report.ides, len(report.notes)) == ((), 1)
    assert f"its schema is scaffold/registered/2, this scaffold knows {SCHEMA}" in report.notes[0]
    with pytest.raises(ScaffoldError, match="cannot be read") as refused:
        undo(machine, root_of(project))
    assert (refused.value.code, refused.value.hint) == ("journal-refused", "update scaffold")
    assert journal_of(machine).read_text(encoding="utf-8") == text
    assert (folder / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026


def test_where_the_journal_cannot_be_read_nothing_is_entered(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    journal_of(machine).mkdir(parents=True)  # refused for root, too
    named, report = go(machine, root_of(project), project)
    assert named.sdk == NAME
    assert report.ides == ()
    assert report.notes[0].startswith(
        "nothing was entered in PyCharm's settings: The journal of what was entered in PyCharm's settings"
        f" cannot be read: {journal_of(machine)}"
    )
    assert (folder / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026
    plan = pycharm.plan_pycharm(machine, root_of(project), Wish())
    assert plan.registration.steps == ()
    assert plan.registration.notes[0].startswith("nothing can be entered in PyCharm's settings: ")


def test_what_an_ide_writes_meanwhile_is_not_written_over(
    machine: Machine, user: Path, project: IdeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of a file and its writing, somebody adds an interpreter."""
    path = config(user, "PyCharm2026.2", OF_2026) / "options" / "jdk.table.xml"
    theirs, entering = OF_2026.replace("~/garage/.venv", "~/garden/.venv"), table.enter
    assert theirs != OF_2026

    def enter(*given: Any) -> None:
        if path.read_text(encoding="utf-8") == OF_2026:
            path.write_text(theirs, encoding="utf-8")
        entering(*given)

    monkeypatch.setattr(table, "enter", enter)
    _, report = go(machine, root_of(project), project)
    assert outcomes(report) == [("PyCharm 2026.2", "registered")]
    assert [name for name, _ in names_in(path.parents[1], machine)] == ["~/garden/.venv", NAME]
    assert report.ides[0].backups[0].read_text(encoding="utf-8") == theirs


def test_a_file_that_keeps_changing_is_left_alone(tmp_path: Path) -> None:
    path, made = tmp_path / "jdk.table.xml", []

    def make() -> bytes:
        made.append(1)
        path.write_text(str(len(made)), encoding="utf-8")
        return b"ours"

    with pytest.raises(IdeRunning, match="keeps changing"):
        settled(path, make)
    assert path.read_text(encoding="utf-8") == str(len(made)) == "5"


def test_a_relative_folder_of_data_or_settings_is_none(tmp_path: Path) -> None:
    """The XDG specification: "If an implementation encounters a relative path ... it should ignore it"."""
    relative = Machine(tmp_path, XDG_DATA_HOME="data", XDG_CONFIG_HOME="config")
    assert data_folder(relative) == tmp_path / ".local/share/scaffold/pycharm"
    assert base_folder(relative) == tmp_path / ".config/JetBrains"
    chosen = Machine(tmp_path, XDG_DATA_HOME="/d", XDG_CONFIG_HOME="/c")
    assert (data_folder(chosen), base_folder(chosen)) == (Path("/d/scaffold/pycharm"), Path("/c/JetBrains"))
