"""What no journal does, whoever wrote it and whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import Interrupted, UpdateRefused
from scaffold.projects.record import digest
from scaffold.projects.snapshot import Entry
from scaffold.threeway import folders, journal, seal, staging
from scaffold.threeway.memory import steps_of
from scaffold.threeway.model import FileChange
from scaffold.threeway.staging import Journal, Move, Step, stage
from scaffold.threeway.undo import last

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")

A, B, DEEP = PurePosixPath("a.py"), PurePosixPath("b.py"), PurePosixPath("lib/deep/c.py")
STEPS = (
    Step(A, Entry(b"a\n"), Entry(b"A\n")),
    Step(DEEP, Entry(b"c\n"), Entry(b"C\n")),
    Step(B, None, Entry(b"b\n")),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "lib/deep").mkdir(parents=True)
    (folder / A).write_bytes(b"a\n")
    (folder / DEEP).write_bytes(b"c\n")
    (tmp_path / "outside").mkdir()
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Below a folder, less what scaffold keeps."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".scaffold" not in path.parts
    }


BEFORE = {"a.py": b"a\n", "lib/deep/c.py": b"c\n"}


def interrupted(root: Path, moved: int) -> None:
    """As a process leaves it that was killed when so many steps were done."""
    kept = stage(root, root / journal.FOLDER, STEPS, {})
    for one in kept.moves[:moved]:
        target, old, new = journal._places(root, root / journal.FOLDER, one)
        if one.before:
            target.rename(old)
        new.rename(target)


def cloned(root: Path, folder: PurePosixPath, path: str) -> None:
    """A journal that somebody else wrote, as it comes with a repository."""
    (root / folder / "new").mkdir(parents=True)
    (root / folder / "old").mkdir()
    (root / folder / "forwards").touch()
    (root / folder / "new/0").write_bytes(b"evil\n")
    document = {
        "schema": "scaffold/update-journal/1", "about": {}, "made": [],
        "moves": [[0, path, "", f"file:{digest(b'evil' + bytes([10]))}"]],
    }  # fmt: skip
    (root / folder / "journal.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("path", ["../outside/.bashrc", "src/innocent.py"])
def test_a_journal_that_came_with_a_clone_is_never_followed(root: Path, path: str, tmp_path: Path) -> None:
    cloned(root, journal.FOLDER, path)
    for work in (journal.pending, journal.recover):
        with pytest.raises(UpdateRefused) as caught:
            work(root)
        assert caught.value.code == "update-journal-foreign"
    assert (files(root), files(tmp_path / "outside")) == (BEFORE, {})


def test_nor_is_what_it_would_take_back(root: Path, tmp_path: Path) -> None:
    cloned(root, journal.LAST, "../outside/.bashrc")
    with pytest.raises(UpdateRefused) as caught:
        last(root)
    assert caught.value.code == "update-journal-foreign"
    assert (files(root), files(tmp_path / "outside")) == (BEFORE, {})


def test_a_journal_of_ours_that_somebody_changed_is_not_ours(root: Path) -> None:
    interrupted(root, 1)
    place = root / journal.FOLDER / "journal.json"
    place.write_text(place.read_text(encoding="utf-8").replace("b.py", "d.py"), encoding="utf-8")
    with pytest.raises(UpdateRefused) as caught:
        journal.recover(root)
    assert caught.value.code == "update-journal-foreign"


@pytest.mark.parametrize(
    "path",
    ["ABSOLUTE/outside/x", "../outside/x", "lib/../../outside/x", ".git/hooks/pre-commit", "lib/.GIT/config",
     ".g\u200cit/config", "git~1/config", ".scaffold/tool.json", ".Scaffold/tool.json", ".scaffold/update/new/0"],
)  # fmt: skip
def test_no_update_writes_what_is_no_file_of_a_project(root: Path, path: str) -> None:
    """Whatever a template, a record or a pristine rendering asks for."""
    path = path.replace("ABSOLUTE", str(root.parent))
    with pytest.raises(UpdateRefused) as caught:
        journal.apply(root, [*STEPS, Step(PurePosixPath(path), None, Entry(b"evil\n"))], {})
    assert caught.value.code == "update-path-refused"
    assert repr(path) in caught.value.message
    sealed = Journal(moves=(Move(0, PurePosixPath(path), "", "file:"),), made=frozenset(), about={})
    folder = root / journal.FOLDER
    folder.mkdir(parents=True)
    staging._commit(folder, sealed)
    with pytest.raises(UpdateRefused) as caught:
        journal.recover(root)
    assert caught.value.code == "update-path-refused"
    assert files(root) == BEFORE


def test_nothing_is_written_or_moved_through_a_link(root: Path, tmp_path: Path) -> None:
    (root / "lib").rename(tmp_path / "outside/lib")
    (root / "lib").symlink_to(tmp_path / "outside/lib")
    with pytest.raises(UpdateRefused) as caught:
        journal.apply(root, STEPS, {})
    assert caught.value.message.startswith("lib/deep/c.py cannot be reached: lib is a link, ")
    assert files(root) == {"a.py": b"a\n"}
    assert files(tmp_path / "outside") == {"lib/deep/c.py": b"c\n"}


@pytest.mark.parametrize("link", [".scaffold", ".scaffold/update"])
def test_nor_is_the_journal_itself(root: Path, tmp_path: Path, link: str) -> None:
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(tmp_path / "outside")
    (tmp_path / "outside/update").mkdir()
    for name in ("journal.json", "update/journal.json"):
        (tmp_path / "outside" / name).write_bytes(b"mine\n")
    for work in (lambda: journal.apply(root, STEPS, {}), lambda: journal.recover(root)):
        with pytest.raises(UpdateRefused) as caught:
            work()
        assert f"{link} is a link" in caught.value.message
    assert files(tmp_path / "outside") == {"journal.json": b"mine\n", "update/journal.json": b"mine\n"}
    assert files(root) == BEFORE


def test_a_folder_that_became_a_link_since_the_kill_gets_nothing_back(root: Path, tmp_path: Path) -> None:
    interrupted(root, 2)
    (root / "lib").rename(tmp_path / "outside/lib")
    (root / "lib").symlink_to(tmp_path / "outside/lib")
    assert journal.recover(root) == "taken back"
    assert files(root) == {"a.py": b"a\n", "c.py.before-update": b"c\n"}
    assert files(tmp_path / "outside") == {"lib/deep/c.py": b"C\n"}


def test_a_folder_that_became_a_file_since_the_kill_gets_nothing_back(root: Path) -> None:
    interrupted(root, 2)
    (root / DEEP).unlink()
    (root / "lib/deep").rmdir()
    (root / "lib/deep").write_bytes(b"mine\n")
    (root / B).write_bytes(b"in the way\n")
    assert journal.recover(root) == "taken back"
    assert files(root) == {
        "a.py": b"a\n", "b.py": b"in the way\n", "lib/c.py.before-update": b"c\n", "lib/deep": b"mine\n",
    }  # fmt: skip


def test_what_an_earlier_recovery_put_beside_a_file_stays(root: Path) -> None:
    (root / "a.py.before-update").write_bytes(b"of the first time\n")
    interrupted(root, 1)
    (root / A).write_bytes(b"edited\n")
    (root / B).write_bytes(b"mine\n")
    assert journal.recover(root) == "taken back"
    assert files(root) == {
        **BEFORE, "a.py": b"edited\n", "a.py.before-update": b"of the first time\n",
        "a.py.before-update-2": b"a\n", "b.py": b"mine\n",
    }  # fmt: skip


@contextmanager
def saved_before(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, moved: Path) -> Iterator[None]:
    """An editor saves a.py in the moment between the look and the move of a file between these two places."""
    really = getattr(owner, name)

    def saving(source: Path, target: Path, **more: bool) -> object:
        if {source, target} == {moved, moved.parents[3] / A}:
            (moved.parents[3] / A).write_bytes(b"saved\n")
        return really(source, target, **more)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, saving)
        yield


def test_what_is_saved_just_before_the_new_one_comes_is_not_replaced(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        saved_before(monkeypatch, os, "link", root / journal.FOLDER / "new/0"),
        pytest.raises(UpdateRefused) as caught,
    ):
        journal.apply(root, STEPS, {})
    assert caught.value.message == "a.py was changed while the update was under way"
    assert files(root) == {**BEFORE, "a.py": b"saved\n", "a.py.before-update": b"a\n"}


def test_what_is_saved_just_before_it_is_taken_back_is_not_lost(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / B).write_bytes(b"in the way\n")
    with (
        saved_before(monkeypatch, Path, "rename", root / journal.FOLDER / "new/0"),
        pytest.raises(UpdateRefused),
    ):
        journal.apply(root, STEPS, {})
    assert files(root) == {
        **BEFORE, "a.py": b"saved\n", "a.py.before-update": b"a\n", "b.py": b"in the way\n",
    }  # fmt: skip


def test_without_second_names_a_look_must_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert journal.apply(root, STEPS, {}) is True
    assert files(root) == {"a.py": b"A\n", "b.py": b"b\n", "lib/deep/c.py": b"C\n"}


def test_going_back_is_on_the_disk_before_the_journal_is_forgotten(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(folders, "sync_folder", lambda one: done.append(one.relative_to(root).as_posix()))
    monkeypatch.setattr(journal, "discard", lambda _: done.append("forgotten"))
    (root / B).write_bytes(b"in the way\n")
    with pytest.raises(UpdateRefused):
        journal.apply(root, STEPS, {})
    assert done == [".", "lib", "lib/deep", "forgotten"]


def test_a_file_that_moves_keeps_its_mode_and_has_it_again_when_taken_back(root: Path) -> None:
    (root / A).chmod(0o600)
    changes = (
        FileChange(path=A, kind="removed", before=Entry(b"a\n")),
        FileChange(path=B, kind="merged", after=Entry(b"A\n"), origin=A),
    )
    journal.apply(root, steps_of(root, changes, {}), {})
    assert (root / B).stat().st_mode & 0o777 == 0o600
    journal.apply(root, last(root)[0], {})
    assert not (root / B).exists()
    assert (root / A).stat().st_mode & 0o777 == 0o600


def test_ctrl_c_after_the_last_file_does_not_say_that_nothing_was_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_finish", stopped)
    with pytest.raises(Interrupted) as caught:
        journal.apply(root, STEPS, {})
    assert (caught.value.message, caught.value.hint) == (
        "stopped when the project's files were updated already",
        "scaffold update --undo takes the update back",
    )
    monkeypatch.undo()
    assert (journal.pending(root), journal.recover(root)) == ((A, DEEP, B), "finished")


def test_ctrl_c_twice_says_what_brings_the_rest(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("move_to_free", "put_back"):
        monkeypatch.setattr(journal, name, stopped)
    with pytest.raises(Interrupted) as caught:
        journal.apply(root, STEPS, {})
    assert caught.value.message == "stopped in the midst of the update: some files may be new, some not yet"
    monkeypatch.undo()
    assert (journal.recover(root), files(root)) == ("taken back", BEFORE)


def stopped(*_: object) -> bool:
    raise KeyboardInterrupt


def test_what_could_not_be_kept_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(source: Path, target: Path) -> None:
        if target == root / journal.LAST:
            raise PermissionError(13, "a program holds it")
        source.rename(target)

    monkeypatch.setattr(journal, "move", held)
    assert journal.apply(root, STEPS, {}) is False
    assert files(root) == {"a.py": b"A\n", "b.py": b"b\n", "lib/deep/c.py": b"C\n"}
    with pytest.raises(UpdateRefused):
        last(root)


def test_each_user_has_a_key_that_nobody_else_reads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "_place", lambda: home / "state/journals.key")
    sealed = seal.seal(b"a journal")
    key = home / "state/journals.key"
    assert (key.stat().st_mode & 0o777, len(key.read_bytes())) == (0o600, 32)
    assert (seal.is_ours(b"a journal", sealed), seal.is_ours(b"another", sealed)) == (True, False)
    key.write_bytes(b"damaged")
    assert not seal.is_ours(b"a journal", sealed)
    seal.seal(b"another")
    assert (seal.is_ours(b"a journal", sealed), len(key.read_bytes())) == (False, 32)


def test_without_a_place_for_the_key_nothing_is_begun_that_nobody_could_end(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file/state/journals.key", Path("~/state/journals.key")):
        monkeypatch.setattr(seal, "_place", lambda place=place: place)
        with pytest.raises(UpdateRefused) as caught:
            journal.apply(root, STEPS, {})
        assert caught.value.code == "update-no-key"
        assert caught.value.message.endswith(f" cannot be kept in {place.parent}")
        assert sys.platform == "darwin" or caught.value.hint.endswith("export XDG_STATE_HOME=FOLDER")
        assert not seal.is_ours(b"a journal", "")
        assert (files(root), (root / ".scaffold").exists()) == (BEFORE, False)
    assert not Path("~").exists()


def test_a_key_that_is_there_needs_no_folder_that_can_be_written(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "_place", lambda: tmp_path / "state/journals.key")
    sealed = seal.seal(b"a journal")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refused)
    monkeypatch.setattr(Path, "mkdir", refused)
    assert (seal.seal(b"a journal"), seal.is_ours(b"a journal", sealed)) == (sealed, True)
