"""Room on disk, by what links really share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.environments.condition.usage import Usage, nearest, on_one_disk, usage

BLOCK = 64 << 10  # more than any file system keeps inside an inode


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(BLOCK))
    return path


@pytest.mark.skipif(os.name != "posix", reason="blocks are told on POSIX only")
def test_links_are_counted_once_and_shared_with_others_only(tmp_path: Path) -> None:
    here, there = tmp_path / "environment", tmp_path / "cache"
    put(here / "own.py")
    os.link(put(there / "torch.so"), here / "torch.so")
    os.link(put(here / "a/one.py"), here / "a/same.py")
    (here / "link").symlink_to(there)
    found = usage(here)
    assert (found.files, found.shared) == (4, BLOCK)
    assert found.freed == 2 * BLOCK + (here / "link").lstat().st_blocks * 512
    assert usage(here, there).shared == 0
    assert usage(there) == Usage(size=BLOCK, shared=BLOCK, files=1)


def test_what_is_not_there_takes_no_room(tmp_path: Path) -> None:
    assert usage(tmp_path / "nothing") == Usage()
    assert usage() == Usage()
    assert usage(put(tmp_path / "file")) == Usage()


def test_sums() -> None:
    assert Usage(size=3, shared=1, files=2) + Usage(size=4, files=1) == Usage(size=7, shared=1, files=3)


def test_disks(tmp_path: Path) -> None:
    assert nearest(tmp_path / "a/b") == tmp_path
    assert on_one_disk(tmp_path / "a/b", tmp_path) is True
    if Path("/proc").is_dir():
        assert on_one_disk(Path("/proc"), tmp_path) is False
