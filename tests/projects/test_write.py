from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import BadRequest, NoPermission, NoSpace, ScaffoldError, TargetOccupied, TemplateBroken
from scaffold.projects import write
from scaffold.projects.snapshot import Entry, entries
from scaffold.projects.write import check_target, leftovers, write_project
from scaffold.shell import line

TREE = {
    PurePosixPath("README.md"): "# 猫\n".encode(),
    PurePosixPath(".run/train (PyTorch).run.xml"): b"<x/>",
    PurePosixPath("src/a/b/c.py"): b"",
}

FILES = entries(TREE)

root_writes_anywhere = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="this user may write everywhere"
)


def below(folder: Path) -> dict[PurePosixPath, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes() for path in files}


def alone(target: Path) -> bool:
    """Nothing stands beside the project."""
    return [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("name", ["cat-dog", "mit Leerzeichen & 猫", "x" * 200])
def test_a_new_folder_and_an_empty_one(tmp_path, name):
    for number, prepare in enumerate((lambda path: None, Path.mkdir)):
        target = tmp_path / str(number) / name
        target.parent.mkdir()
        prepare(target)
        write_project(target, FILES)
        assert below(target) == TREE
        assert alone(target)


def test_files_and_folders_have_the_modes_that_the_user_asks_for(tmp_path):
    old = os.umask(0o027)
    try:
        write_project(tmp_path / "x", FILES)
    finally:
        os.umask(old)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "x/README.md").stat().st_mode & 0o777 == 0o640


def test_an_occupied_folder_is_not_touched(tmp_path):
    target = tmp_path / "cat-dog"
    target.mkdir()
    for number in range(7):
        (target / f"file{number}").write_text("mine")
    before = below(target)
    with pytest.raises(TargetOccupied) as caught:
        write_project(target, FILES)
    assert below(target) == before
    assert caught.value.detail == ("it holds file0, file1, file2, file3, file4, and 2 more",)
    assert "mv cat-dog cat-dog-old" in caught.value.hint
    assert alone(target)


def test_a_file_or_a_link_in_the_way(tmp_path):
    file, link, dangling = tmp_path / "file", tmp_path / "link", tmp_path / "dangling"
    file.write_text("mine")
    (tmp_path / "empty").mkdir()
    link.symlink_to(tmp_path / "empty")
    dangling.symlink_to(tmp_path / "nowhere")
    for target, words in (
        (file, "is a file"),
        (link, "is a symbolic link"),
        (dangling, "is a symbolic link"),
    ):
        with pytest.raises(TargetOccupied, match=words):
            check_target(target)


def test_a_missing_parent_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(BadRequest) as caught:
        write_project(tmp_path / "no where" / "cat-dog", FILES)
    assert caught.value.code == "parent-missing"
    assert caught.value.hint == line("mkdir", "-p", tmp_path / "no where")


@root_writes_anywhere
def test_a_closed_parent(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(NoPermission):
            check_target(tmp_path / "cat-dog")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, NoSpace),
        (errno.EROFS, NoPermission),
        (errno.EACCES, NoPermission),
        (errno.EBUSY, TargetOccupied),
        (errno.ENAMETOOLONG, BadRequest),
        (errno.EIO, ScaffoldError),
    ],
)
def test_what_the_system_refuses_leaves_nothing(tmp_path, monkeypatch, number, error):
    def refuse(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(write.os, "fsync", refuse)
    with pytest.raises(error) as caught:
        write_project(tmp_path / "cat-dog", FILES)
    assert type(caught.value) is error
    assert caught.value.detail == (os.strerror(number),)
    assert list(tmp_path.iterdir()) == []


def test_a_really_full_disk(tmp_path):
    script = (
        "from pathlib import Path, PurePosixPath\n"
        "from scaffold.errors import NoSpace\n"
        "from scaffold.projects.snapshot import Entry\n"
        "from scaffold.projects.write import write_project\n"
        "disk = Path('disk')\n"
        "try:\n"
        "    write_project(disk / 'x', {PurePosixPath('a'): Entry(b'1'), PurePosixPath('b'): Entry(bytes(1 << 20))})\n"
        "except NoSpace as problem:\n"
        "    print(problem.code, [one.name for one in disk.iterdir()])\n"
    )
    (tmp_path / "disk").mkdir()
    shell = 'mount -t tmpfs -o size=64k none disk && exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell, sys.executable, script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("this machine lets nobody mount a small disk")
    assert (done.stdout, done.stderr) == ("no-space []\n", "")


def test_ctrl_c_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(partial, folder):
        assert below(partial) == TREE
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "_take_place", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_project(tmp_path / "cat-dog", FILES)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from scaffold.projects import write
from scaffold.projects.snapshot import Entry
sys.path.insert(0, sys.argv[2])
from pathlib import PurePosixPath
write._take_place = lambda partial, folder: os.kill(os.getpid(), signal.SIGKILL)
write.write_project(Path(sys.argv[1]), {PurePosixPath("README.md"): Entry(b"half")})
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process by a signal")
def test_what_a_killed_process_left_is_cleared_by_the_next_one(tmp_path):
    target = tmp_path / "cat-dog"
    other = tmp_path / ".other.partial-12345678"
    other.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, target, Path(__file__).parents[2]],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert not target.exists()
    assert [below(left) for left in leftovers(target)] == [{PurePosixPath("README.md"): b"half"}]
    write_project(target, FILES)
    assert below(target) == TREE
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "cat-dog"]


def test_two_at_once_make_one_whole_project(tmp_path):
    target, results = tmp_path / "cat-dog", []

    def make():
        try:
            write_project(target, FILES)
            results.append("made")
        except TargetOccupied:
            results.append("occupied")

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["made", "occupied", "occupied", "occupied"]
    assert below(target) == TREE
    assert alone(target)


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "a\\b", "."])
def test_no_path_leads_out_of_the_project(tmp_path, path):
    with pytest.raises(TemplateBroken):
        write_project(tmp_path / "x", {PurePosixPath(path): Entry()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has neither modes nor links for everybody")
def test_programs_links_and_empty_folders_are_written_as_they_are(tmp_path):
    files = {
        PurePosixPath("bin/go"): Entry(b"#!/bin/sh\n", executable=True),
        PurePosixPath("docs/readme"): Entry(b"../README.md", kind="link"),
        PurePosixPath("empty/folder"): Entry(kind="folder"),
        PurePosixPath("README.md"): Entry(b"hello\n"),
    }
    old = os.umask(0o027)
    try:
        write_project(tmp_path / "x", files)
    finally:
        os.umask(old)
    root = tmp_path / "x"
    assert (root / "bin/go").stat().st_mode & 0o777 == 0o750
    assert (root / "docs/readme").readlink() == Path("../README.md")
    assert (root / "docs/readme").read_bytes() == b"hello\n"
    assert list((root / "empty/folder").iterdir()) == []


@pytest.mark.parametrize("target", ["/etc/passwd", "../x", "a/../../x", "C:/x", "a\\..\\x"])
def test_no_link_leads_out_of_the_project(tmp_path, target):
    with pytest.raises(TemplateBroken, match="leads out"):
        write_project(tmp_path / "x", {PurePosixPath("link"): Entry(target.encode(), kind="link")})
    assert list(tmp_path.iterdir()) == []


def test_a_project_of_ours_that_was_interrupted_is_gone_on_with(tmp_path):
    target = tmp_path / "cnn-project"
    (target / ".scaffold").mkdir(parents=True)
    (target / ".scaffold/project.json").write_text("{}")
    with pytest.raises(TargetOccupied) as caught:
        check_target(target)
    assert caught.value.hint == (
        f"it is a project that scaffold made; finish its environment: cd {target} && scaffold env create"
    )


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that holds no file of anybody's")
def test_a_folder_that_cannot_hold_a_lock_is_called_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scaffold.projects.write.os.access", lambda *_: True)  # whoever runs this
    with pytest.raises(ScaffoldError) as caught:
        write_project(Path("/proc/x"), {PurePosixPath("a"): Entry(b"a")})
    assert (caught.value.message, caught.value.detail) == (
        "Cannot write to /proc/x",
        ("No such file or directory",),
    )
