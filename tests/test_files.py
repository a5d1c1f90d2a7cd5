from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import FrameType

import pytest

from scaffold.errors import IdeFileBroken, NoPermission, NoSpace, ScaffoldError
from scaffold.files import NotReadable, clear_remains, open_regular, read_present, read_regular, replace_file
from scaffold.system import HostSystem

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


@posix
@pytest.mark.parametrize("link", [".scaffold", ".scaffold/idea", ".scaffold/idea/project.json"])
def test_what_is_ours_in_a_project_is_never_written_through_a_link(tmp_path: Path, link: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "p" / link).parent.mkdir(parents=True)
    (tmp_path / "p" / link).symlink_to(tmp_path / "outside/there")
    with pytest.raises(ScaffoldError) as caught:
        replace_file(tmp_path / "p/.scaffold/idea/project.json", b"new")
    assert caught.value.message == f"Cannot write to {tmp_path / 'p' / link}"
    assert caught.value.detail[0].startswith("it is a link")
    assert os.listdir(tmp_path / "outside") == []


def test_ctrl_c_at_any_moment_of_opening_closes_a_file_once(tmp_path: Path) -> None:
    """A number that is closed twice is an error, or by then another file's."""
    (tmp_path / "a").write_bytes(b"1")
    left = 0

    def stop(frame: FrameType, _event: str, _argument: object) -> object:
        nonlocal left
        frame.f_trace_opcodes = True
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return stop

    for number in range(9999):
        left, before = number, sys.gettrace()
        sys.settrace(stop)
        try:
            open_regular(tmp_path / "a").close()
        except KeyboardInterrupt:
            continue
        finally:
            sys.settrace(before)
        break
    assert 5 < number < 9998


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


@posix
def test_a_pipe_and_a_device_are_never_read_and_a_link_to_a_file_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    for name in ("pipe", "device"):
        with pytest.raises(NotReadable, match="it is a pipe or a device, and no file"):
            open_regular(tmp_path / name)
        with pytest.raises(IdeFileBroken, match=f"{name} cannot be read"):
            read_present(tmp_path / name)
        assert HostSystem().read_text(tmp_path / name) is None
    assert read_regular(tmp_path / "link") == read_present(tmp_path / "link") == b"content"
    assert HostSystem().read_text(tmp_path / "link") == "content"
    with pytest.raises(IsADirectoryError):
        read_regular(tmp_path)


def test_a_file_is_read_up_to_its_limit_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"12345")
    assert read_regular(tmp_path / "a.xml", limit=5) == b"12345"
    with pytest.raises(NotReadable, match="it is larger than 4 bytes"):
        read_regular(tmp_path / "a.xml", limit=4)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="/proc of Linux")
def test_files_of_the_kernel_that_tell_no_size_are_read() -> None:
    assert "Pid:" in (HostSystem().read_text("/proc/self/status") or "")
