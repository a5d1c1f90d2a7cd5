"""Files are changed all together or not at all, and the way back is open for as long as nobody goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import NoSpace, OptionRefused, ScaffoldError
from scaffold.files import replace_file
from scaffold.pycharm.mending import backups
from scaffold.pycharm.mending.model import Change


def change(path: str, before: bytes | None, after: bytes | None) -> Change:
    return Change(path=path, before=before, after=after, reasons=("why",))


CHANGES = (change("a.xml", b"a", b"A"), change("new/b.xml", None, b"B"), change("gone.xml", b"g", None))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.xml").write_bytes(b"a")
    (folder / "gone.xml").write_bytes(b"g")
    return folder


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_there_and_back(root: Path, tmp_path: Path) -> None:
    before, folder = tree(root), tmp_path / "backups"
    backup = backups.carry_out(root, CHANGES, folder)
    assert tree(root) == {"a.xml": b"A", "new/b.xml": b"B"}
    assert tree(backup / "files") == {"a.xml": b"a", "gone.xml": b"g"}
    backups.take_back(root, backups.undo(root, folder), folder)
    assert tree(root) == before
    with pytest.raises(OptionRefused, match="nothing to take back"):
        backups.undo(root, folder)


def test_what_was_changed_in_the_meantime_is_left_alone(root: Path, tmp_path: Path) -> None:
    (root / "a.xml").write_bytes(b"mine")
    with pytest.raises(ScaffoldError, match=r"a\.xml was changed by someone else"):
        backups.carry_out(root, CHANGES, tmp_path / "backups")
    assert tree(root) == {"a.xml": b"mine", "gone.xml": b"g"}


def test_what_a_kill_left_half_written_is_taken_back(root: Path, tmp_path: Path) -> None:
    before = tree(root)
    backups.carry_out(root, CHANGES, tmp_path / "backups")
    (root / "new/b.xml").unlink()
    (root / "gone.xml").write_bytes(b"g")
    changes = backups.undo(root, tmp_path / "backups")
    assert [one.path for one in changes] == ["a.xml"]
    backups.take_back(root, changes, tmp_path / "backups")
    assert tree(root) == before


def test_a_kill_before_the_first_write_does_not_hide_what_was_changed_before(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, folder = tree(root), tmp_path / "backups"
    backups.carry_out(root, CHANGES, folder)
    monkeypatch.setattr(backups, "_write", lambda *_: None)
    for _ in range(2):
        backups.carry_out(root, [change("a.xml", b"A", b"AA")], folder)
    monkeypatch.undo()
    changes = backups.undo(root, folder)
    assert [one.path for one in changes] == ["a.xml", "new/b.xml", "gone.xml"]
    backups.take_back(root, changes, folder)
    assert (tree(root), list(folder.iterdir())) == (before, [])


def test_what_is_changed_between_plan_and_deed_is_not_taken_back(root: Path, tmp_path: Path) -> None:
    backups.carry_out(root, CHANGES, tmp_path / "backups")
    changes = backups.undo(root, tmp_path / "backups")
    (root / "gone.xml").write_bytes(b"g")
    with pytest.raises(ScaffoldError, match="in the meantime"):
        backups.take_back(root, changes, tmp_path / "backups")
    assert tree(root) == {"a.xml": b"A", "new/b.xml": b"B", "gone.xml": b"g"}


def test_what_was_changed_since_is_not_taken_back(root: Path, tmp_path: Path) -> None:
    backups.carry_out(root, CHANGES, tmp_path / "backups")
    (root / "new/b.xml").write_bytes(b"mine")
    with pytest.raises(ScaffoldError, match=r"b\.xml was changed since"):
        backups.undo(root, tmp_path / "backups")
    assert tree(root) == {"a.xml": b"A", "new/b.xml": b"mine"}


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), NoSpace("The disk is full")])
def test_writing_that_is_cut_short_brings_all_back(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    before, original = tree(root), replace_file

    def cut_short(path: Path, content: bytes) -> None:
        if content == b"B":
            raise problem
        original(path, content)

    monkeypatch.setattr(backups, "replace_file", cut_short)
    with pytest.raises(type(problem)):
        backups.carry_out(root, CHANGES, tmp_path / "backups")
    assert tree(root) == before
    assert list((tmp_path / "backups").iterdir()) == []


def test_without_room_for_a_backup_nothing_is_changed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").write_bytes(b"a file where the folder should be")
    before = tree(root)
    with pytest.raises(ScaffoldError):
        backups.carry_out(root, CHANGES, tmp_path / "backups")
    assert tree(root) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"files": [{"path": "../x", "before": false, "after": null}]}',
        '{"files": [{"path": "/etc/x", "before": false, "after": null}]}',
        '{"files": [{"path": "a.xml", "before": true, "after": null}]}',
        '{"files": [7]}',
    ],
)
def test_a_damaged_backup_is_told_and_nothing_is_done(root: Path, tmp_path: Path, text: str) -> None:
    place = tmp_path / "backups/2026"
    place.mkdir(parents=True)
    (place / backups.LIST).write_text(text)
    with pytest.raises(ScaffoldError) as problem:
        backups.undo(root, tmp_path / "backups")
    assert problem.value.code == "backup-damaged"
    assert tree(root) == {"a.xml": b"a", "gone.xml": b"g"}


def test_only_the_latest_backups_are_kept(root: Path, tmp_path: Path) -> None:
    for number in range(25):
        present = (root / "a.xml").read_bytes()
        backups.carry_out(root, [change("a.xml", present, str(number).encode())], tmp_path / "backups")
    assert len(list((tmp_path / "backups").iterdir())) == 20
