"""A project changes wholly or not at all: killed before every single thing that is done to the disk."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import NoSpace, UpdateRefused
from scaffold.projects.snapshot import Entry
from scaffold.threeway import journal
from scaffold.threeway.staging import Step
from scaffold.threeway.undo import last

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a fork is killed")

#: Audit events of what changes a disk.
CHANGING = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.chmod", "os.link"}

STEPS = (
    Step(PurePosixPath("a.py"), Entry(b"a\n"), Entry(b"A\n")),
    Step(PurePosixPath("b.sh"), Entry(b"b\n"), Entry(b"b\n", executable=True)),
    Step(PurePosixPath("gone/c.py"), Entry(b"c\n"), None),
    Step(PurePosixPath("room"), Entry(b"a file\n"), None),
    Step(PurePosixPath("room/d.py"), None, Entry(b"d\n")),
    Step(PurePosixPath("new/deep/e.py"), None, Entry(b"e\n")),
    Step(PurePosixPath("link"), None, Entry(b"a.py", "link")),
    Step(PurePosixPath("empty"), None, Entry(kind="folder")),
    Step(PurePosixPath(".scaffold/project.json"), Entry(b"1\n"), Entry(b"2\n")),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, text in {
        "a.py": "a\n", "b.sh": "b\n", "gone/c.py": "c\n", "room": "a file\n", ".scaffold/project.json": "1\n",
        "mine.txt": "mine\n",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "hollow").mkdir()
    return folder


def tree(root: Path) -> dict[str, tuple[str, int]]:
    """Everything but the journal itself."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".scaffold/update"):
            continue
        if path.is_symlink():
            found[name] = (f"-> {path.readlink()}", 0)
        else:
            found[name] = (path.read_text(encoding="utf-8") if path.is_file() else "/", path.stat().st_mode)
    return found


def in_child(root: Path, work: Callable[[], object], before: int) -> bool:
    """Whether a process that is killed before its n-th change of the disk lived to its end."""
    child = os.fork()
    if child == 0:
        seen = 0

        def kill(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if event not in CHANGING or (event == "open" and not changes(arguments)):
                return
            if str(root) in str(arguments[0]) or (arguments and not str(arguments[0]).startswith("/")):
                seen += 1
                if seen > before:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill)
        try:
            work()
        except BaseException:  # noqa: BLE001 - whatever it is, no second pytest may go on
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
    return os.waitstatus_to_exitcode(status) == 0


def changes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def test_all_steps_are_taken(root: Path) -> None:
    journal.apply(root, STEPS, {})
    after = tree(root)
    assert {name: text for name, (text, _) in after.items()} == {
        ".scaffold": "/", ".scaffold/project.json": "2\n", "a.py": "A\n", "b.sh": "b\n", "empty": "/",
        "hollow": "/", "link": "-> a.py", "mine.txt": "mine\n", "new": "/", "new/deep": "/",
        "new/deep/e.py": "e\n", "room": "/", "room/d.py": "d\n",
    }  # fmt: skip
    assert after["b.sh"][1] & 0o111
    assert journal.recover(root) == ""


def test_a_process_killed_anywhere_leaves_the_project_as_before_or_wholly_updated(
    root: Path, tmp_path: Path
) -> None:
    """The kill, then another one at some step of the recovery, then a recovery that lives."""
    before, copy = tree(root), tmp_path / "copy"
    shutil.copytree(root, copy)
    journal.apply(root, STEPS, {})
    after = tree(root)
    ends, number, lived = set(), 0, False
    while not lived:
        shutil.rmtree(root)
        shutil.copytree(copy, root)
        lived = in_child(root, lambda: journal.apply(root, STEPS, {}), number)
        in_child(root, lambda: journal.recover(root), number % 7)
        journal.recover(root)
        found = tree(root)
        assert found in (before, after), number
        ends.add("before" if found == before else "after")
        assert not journal.interrupted(root)
        number += 1
    assert ends == {"before", "after"}
    assert number > 35


@pytest.mark.parametrize("number", range(0, 30, 3))
def test_taking_back_survives_a_kill_too(root: Path, tmp_path: Path, number: int) -> None:
    """A file that is edited while the update is under way makes it turn round; then it is killed."""
    expected = {**tree(root)}

    def edited() -> None:
        (root / "new").mkdir()
        (root / "new/deep").write_text("mine\n", encoding="utf-8")
        journal.apply(root, STEPS, {})

    with_mine = {**expected, "new": ("/", 0), "new/deep": ("mine\n", 0)}
    in_child(root, edited_quietly(edited), number)
    journal.recover(root)
    found = {name: text for name, (text, _) in tree(root).items()}
    assert found in (
        {name: text for name, (text, _) in expected.items()},
        {**{name: text for name, (text, _) in expected.items()}, "new": "/"},
        {**{name: text for name, (text, _) in expected.items()}, "new": "/", "new/deep": ""},
        {name: text for name, (text, _) in with_mine.items()},
    )


def edited_quietly(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - it is refused, if it lives to that
            return

    return run


def test_a_file_that_was_edited_since_the_plan_stops_everything(root: Path) -> None:
    (root / ".scaffold/project.json").write_text("edited\n", encoding="utf-8")
    before = tree(root)
    with pytest.raises(UpdateRefused) as caught:
        journal.apply(root, STEPS, {})
    assert caught.value.code == "update-file-changed"
    assert caught.value.message == ".scaffold/project.json was changed while the update was under way"
    assert tree(root) == before


def test_what_an_editor_saves_in_the_last_moment_is_not_lost(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def saved_meanwhile(path: Path, target: Path) -> Path:
        if path == root / "a.py":
            path.write_text("saved\n", encoding="utf-8")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", saved_meanwhile)
    before = tree(root)
    with pytest.raises(UpdateRefused):
        journal.apply(root, STEPS, {})
    assert tree(root) == {**before, "a.py": ("saved\n", before["a.py"][1])}


@pytest.mark.parametrize("number", range(0, 40, 2))
def test_a_disk_that_fills_up_changes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Everything that needs room fails from the n-th on: new files, folders, what is written into them."""
    count = 0

    def full(function):
        def refusing(*arguments, **more):
            nonlocal count
            count += 1
            if count > number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return function(*arguments, **more)

        return refusing

    before = tree(root)
    for name in ("mkdir", "open", "touch", "symlink_to", "write_bytes"):
        monkeypatch.setattr(Path, name, full(getattr(Path, name)))
    try:
        journal.apply(root, STEPS, {})
    except NoSpace:
        monkeypatch.undo()
        assert tree(root) == before
        assert journal.recover(root) in ("", "discarded")
        assert tree(root) == before
    else:
        assert number > 12


def test_a_file_edited_between_death_and_recovery_stays_and_the_rest_is_taken_back(
    root: Path, tmp_path: Path
) -> None:
    """Edited before its turn, it stops everything; edited after, what it was lies beside it."""
    before, copy = tree(root), tmp_path / "copy"
    shutil.copytree(root, copy)
    seen = set()
    for number in range(20, 60, 2):
        shutil.rmtree(root)
        shutil.copytree(copy, root)
        in_child(root, lambda: journal.apply(root, STEPS, {}), number)
        if not journal.interrupted(root) or not (root / "a.py").exists():
            continue
        was = (root / "a.py").read_text(encoding="utf-8")
        (root / "a.py").write_text("edited\n", encoding="utf-8")
        ended = journal.recover(root)
        seen.add((ended, was))
        found = {name: text for name, (text, _) in tree(root).items()}
        unchanged = {name: text for name, (text, _) in before.items()}
        if ended == "finished":  # it was moved long ago, and edited where it now is
            assert was == "A\n"
            assert (found["a.py"], found["room/d.py"]) == ("edited\n", "d\n")
        else:
            beside = {"a.py.before-update": "a\n"} if was == "A\n" else {}
            assert found == {**unchanged, "a.py": "edited\n", **beside}, number
    assert {("taken back", "a\n"), ("finished", "A\n")} <= seen


def test_the_last_update_can_be_taken_back_and_brought_again(root: Path) -> None:
    before = tree(root)
    journal.apply(root, STEPS, {"from": "1.0", "to": "2.0"})
    after = tree(root)
    for expected in (before, after, before):
        steps, _ = last(root)
        journal.apply(root, steps, {})
        assert tree(root) == expected


def test_taking_back_is_refused_where_a_file_was_changed_since(root: Path) -> None:
    journal.apply(root, STEPS, {})
    (root / "a.py").write_text("resolved\n", encoding="utf-8")
    with pytest.raises(UpdateRefused) as caught:
        last(root)
    assert caught.value.code == "update-file-changed"
    assert caught.value.detail[0].startswith("a.py: before the update it was .scaffold/updated/old/")
    assert (root / caught.value.detail[0].rsplit(" ", 1)[1]).read_text(encoding="utf-8") == "a\n"


def test_what_a_program_wrote_into_a_file_that_it_had_open_is_said_to_be_there(root: Path) -> None:
    with (root / "a.py").open("r+", encoding="utf-8") as held:
        journal.apply(root, STEPS, {})
        held.write("TYPED\n")
    with pytest.raises(UpdateRefused) as caught:
        last(root)
    assert caught.value.code == "update-file-changed"
    place = caught.value.detail[0].rsplit(" ", 1)[1]
    assert (root / place).read_text(encoding="utf-8") == "TYPED\n"


def test_without_an_update_there_is_nothing_to_take_back(root: Path) -> None:
    with pytest.raises(UpdateRefused) as caught:
        last(root)
    assert caught.value.code == "update-nothing-to-undo"


@pytest.mark.parametrize("text", ['{"schema": "scaffold/update-journal/9"}', "[" * 100000])
def test_a_journal_that_cannot_be_read_is_no_reason_to_guess(root: Path, text: str) -> None:
    (root / ".scaffold/update").mkdir()
    (root / ".scaffold/update/journal.json").write_text(text)
    with pytest.raises(UpdateRefused) as caught:
        journal.recover(root)
    assert caught.value.code == "update-journal-damaged"
