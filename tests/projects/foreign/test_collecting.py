"""What was rendered, read back: attacks that need no renderer."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.foreign.collecting import collect, reserved
from scaffold.projects.origins.model import Fetched, Location
from scaffold.projects.snapshot import Entry

FETCHED = Fetched(
    location=Location(kind="folder", text="t", where="/t"), folder=Path("/t"), kind="copier", version=""
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The project's folder."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("path", "first"),
    [
        (".git/config", ".git"),
        (".GIT/hooks/post-checkout", ".git"),
        ("sub/.git/config", ".git"),
        (".git. /config", ".git"),
        ("git~1/config", ".git"),
        (".g\u200cit/config", ".git"),
        (".git::$INDEX_ALLOCATION/config", ".git"),
        (".Scaffold/run_scaffold.py", ".scaffold"),
        (".venv/bin/python", ".venv"),
        (".envs/keras/pyvenv.cfg", ".envs"),
        (".gitignore", ""),
        ("git/hooks/x", ""),
        ("docs/.scaffold", ""),
        (".github/workflows/ci.yml", ""),
    ],
)
def test_names_that_are_taken(path: str, first: str) -> None:
    assert reserved(PurePosixPath(path)) == first


def test_what_hooks_made_is_left_out_and_told(root: Path) -> None:
    for name in (".git/HEAD", ".venv/pyvenv.cfg", "a"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    assert collect(root, FETCHED, trust=True) == (
        {PurePosixPath("a"): Entry()},
        (
            ".git is left out: git runs programs that are named there",
            ".venv is left out: a project's environment is made on its machine",
        ),
    )


def test_what_is_told(root: Path) -> None:
    for name in (".envrc", ".idea/workspace.xml", "NUL.txt", "a:b", "Read.me", "read.me", "end."):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    files, told = collect(root, FETCHED, trust=False)
    assert len(files) == 7
    assert told == (
        "it brings .idea, which PyCharm acts upon when the project is opened: look at it first",
        "it brings .envrc, which direnv acts upon when the project is opened: look at it first",
        "Windows cannot have these names: NUL.txt, a:b, end.",
        "Windows and macOS take Read.me and read.me for one file",
    )


@pytest.mark.parametrize("target", ["/etc/hostname", "../x", "down/../../x", "here/.."])
def test_links_that_lead_out(root: Path, target: str) -> None:
    (root / "here").symlink_to(".")  # the text of here/.. does not lead out, and the link itself does
    (root / "link").symlink_to(target)
    with pytest.raises(TemplateBroken, match="is a link that leads out of the project"):
        collect(root, FETCHED, trust=True)


def test_links_inside_stay(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs" / "link").symlink_to("../README.md")
    files, _told = collect(root, FETCHED, trust=False)
    assert files == {PurePosixPath("docs/link"): Entry(b"../README.md", kind="link")}


@pytest.mark.parametrize("name", [b"a\\b", b"a\nb", b"a\x1b[2K", b"\xff"])
@pytest.mark.skipif(os.name != "posix", reason="no other system has such names")
def test_names_that_no_file_should_have(root: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("")
    with pytest.raises(TemplateBroken):
        collect(root, FETCHED, trust=True)


@pytest.mark.skipif(os.name != "posix", reason="pipes are files on POSIX only")
def test_pipes_and_devices(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(TemplateBroken, match="pipe is a pipe, a socket or a device"):
        collect(root, FETCHED, trust=True)
