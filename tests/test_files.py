from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from scaffold.errors import NoPermission, NoSpace, ScaffoldError
from scaffold.files import clear_remains, read_present, replace_file

posix = pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")


def test_a_new_file_in_a_new_folder(tmp_path: Path) -> None:
    replace_file(tmp_path / "a/b.xml", b"<a/>")
    assert (tmp_path / "a/b.xml").read_bytes() == b"<a/>"
    assert os.listdir(tmp_path / "a") == ["b.xml"]


@posix
def test_mode_and_link_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.xml", tmp_path / "link.xml"
    real.write_bytes(b"old")
    real.chmod(0o600)
    link.symlink_to("real.xml")
    replace_file(link, b"new")
    assert (link.is_symlink(), real.read_bytes(), real.stat().st_mode & 0o777) == (True, b"new", 0o600)


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, NoSpace), (errno.EACCES, NoPermission)])
def test_a_refusal_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    target = tmp_path / "a.xml"
    target.write_bytes(b"old")

    def refuse(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(error, match=r"a\.xml"):
        replace_file(target, b"new")
    assert (target.read_bytes(), os.listdir(tmp_path)) == (b"old", ["a.xml"])


def test_what_kills_left_goes_and_nothing_else(tmp_path: Path) -> None:
    names = {".a.xml.abcd_123", ".a.xml.ABCD", ".a.xml.old", "a.xml", ".b.xml.abcd_123"}
    for name in names:
        (tmp_path / name).write_bytes(b"")
    clear_remains(tmp_path / "a.xml")
    assert set(os.listdir(tmp_path)) == names - {".a.xml.abcd_123"}
    assert read_present(tmp_path / "a.xml") == b""
    assert read_present(tmp_path / "c.xml") is None
    with pytest.raises(ScaffoldError, match="Cannot write to"):
        read_present(tmp_path)
