"""Which projects were made here: a copy, a clone and a stranger's are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.projects.record import RECORD
from scaffold.pycharm.registration.made import WORD, made_here, remember_made
from scaffold.system import HostSystem


@pytest.fixture
def system(tmp_path: Path) -> HostSystem:
    found = HostSystem()
    data = str(tmp_path / "data")
    found.environment = {"HOME": data, "XDG_DATA_HOME": data, "APPDATA": data, "LOCALAPPDATA": data}
    return found


def project(root: Path, record: str = "{}") -> Path:
    (root / ".scaffold").mkdir(parents=True)
    (root / RECORD).write_text(record)
    return root


def test_only_where_it_was_made_a_project_is_known(tmp_path: Path, system: HostSystem) -> None:
    made = project(tmp_path / "made")
    assert not made_here(system, made)
    remember_made(system, made)
    assert made_here(system, made)
    shutil.copytree(made, tmp_path / "copy")
    assert not made_here(system, tmp_path / "copy")
    shutil.rmtree(made)
    project(made)
    (made / WORD).write_text("of somebody else\n")
    assert not made_here(system, made)


def test_the_same_project_has_the_same_word_and_no_other_has(tmp_path: Path, system: HostSystem) -> None:
    """Whoever compares two trees made with the same answers finds no difference."""
    one, same, other = (
        project(tmp_path / str(number), text) for number, text in enumerate(("{}", "{}", "[]"))
    )
    for root in (one, same, other):
        remember_made(system, root)
    assert all(made_here(system, root) for root in (one, same, other))
    words = [(root / WORD).read_text() for root in (one, same, other)]
    assert (words[0] == words[1], words[0] == words[2]) == (True, False)
