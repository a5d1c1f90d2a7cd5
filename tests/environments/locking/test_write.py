"""A set of files arrives whole, whatever happens: tried at every operation on the file system."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath

import pytest

from scaffold.environments.locking.write import has_remains, recover_files, unchanged_file, write_files
from scaffold.errors import LockUnusable, ScaffoldError

NEW = {PurePosixPath("uv.lock"): "new", PurePosixPath("requirements/lock-cpu.txt"): "new\n"}
GONE = (PurePosixPath("pylock.cu126.toml"),)
WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.copyfile", "shutil.rmtree"}


def old_set(root: Path) -> dict[str, str]:
    (root / ".scaffold").mkdir(parents=True)
    (root / "uv.lock").write_text("old")
    (root / "pylock.cu126.toml").write_text("old")
    return contents(root)


def contents(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".scaffold" not in path.parts
    }


COMPLETE = {"uv.lock": "new", "requirements/lock-cpu.txt": "new\n"}


def test_all_of_it(tmp_path):
    old_set(tmp_path)
    write_files(tmp_path, NEW, GONE)
    assert contents(tmp_path) == COMPLETE
    assert not has_remains(tmp_path)


def test_none_of_it_where_one_file_cannot_be_written(tmp_path):
    old_set(tmp_path)
    (tmp_path / "requirements").write_text("a file where a folder should be")
    before = contents(tmp_path)
    with pytest.raises(ScaffoldError):
        write_files(tmp_path, NEW, GONE)
    assert contents(tmp_path) == before
    assert not has_remains(tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("fails", [False, True], ids=["writing", "taking back"])
def test_killed_at_every_operation(tmp_path, fails):
    """The next run finds the old set or the new one, and makes the new one all the same."""
    killed = 0
    for moment in range(200):
        root = tmp_path / str(moment)
        before = old_set(root)
        if fails:
            (root / "requirements").write_text("in the way")
            before = contents(root)
        if not killed_at(root, moment):
            break
        killed += 1
        recover_files(root)
        assert contents(root) in ([before] if fails else [before, COMPLETE]), moment
        assert not has_remains(root)
    assert killed > 15


def killed_at(root: Path, moment: int) -> bool:
    """Write in a child that dies at its nth operation below the root; whether it came to that."""
    child = os.fork()
    if child == 0:
        left = moment

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in WATCHED and arguments and str(root) in str(arguments[0]):
                if left == 0:
                    os._exit(7)
                left -= 1

        sys.addaudithook(hook)
        try:
            write_files(root, NEW, GONE)
        except ScaffoldError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("before", ["old", None], ids=["was there", "was not there"])
def test_killed_while_a_tool_writes_in_the_project(tmp_path, before):
    if before is not None:
        old_set(tmp_path)
    found = contents(tmp_path)
    process = os.fork()
    if not process:
        with unchanged_file(tmp_path, PurePosixPath("uv.lock")):
            (tmp_path / "uv.lock").write_text("half")
            os._exit(0)
    os.waitpid(process, 0)
    assert contents(tmp_path) == {**found, "uv.lock": "half"}
    recover_files(tmp_path)
    assert contents(tmp_path) == found
    assert not has_remains(tmp_path)


def test_what_a_tool_wrote_in_the_project_is_undone(tmp_path):
    found = old_set(tmp_path)

    def interrupted() -> None:
        with unchanged_file(tmp_path, PurePosixPath("uv.lock")):
            (tmp_path / "uv.lock").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert contents(tmp_path) == found
    assert not has_remains(tmp_path)


@pytest.mark.parametrize(
    "rows",
    [
        "[" * 100000, "{}x", "3", "[3]", '[{"path": "../mine", "new": "new-0", "old": ""}]',
        '[{"path": "../mine", "new": "", "old": ""}]', '[{"path": "a", "new": "../../mine", "old": ""}]',
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["files.json", "undone.json"])
def test_a_list_that_came_with_a_clone_moves_nothing_out_of_the_project(tmp_path, rows, name) -> None:
    (tmp_path / "mine").write_text("mine")
    remains = tmp_path / "project/.scaffold/locking"
    remains.mkdir(parents=True)
    (remains / "new-0").write_text("theirs")
    (remains / name).write_text(rows)
    with pytest.raises(LockUnusable) as caught:
        recover_files(tmp_path / "project")
    assert caught.value.code == "lock-remains-damaged"
    assert (tmp_path / "mine").read_text() == "mine"
