"""Archives that try to get out of their folder, to grow without end, to be something else."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import DownloadFailed, NoSpace
from scaffold.pycharm.releases.unpack import product_folder, unpack
from tests.pycharm.releases.standin import PROGRAM, contents, member, pycharm_tar, pycharm_zip, tar_of

LIMIT = 50 << 20


def out_of(tmp_path: Path, body: bytes, kind: str = "tar", limit: int = LIMIT) -> Path:
    archive = tmp_path / "archive"
    archive.write_bytes(body)
    unpack(archive, kind, tmp_path / "out", limit=limit, report=lambda done: None)
    return tmp_path / "out"


def refused(tmp_path: Path, body: bytes, kind: str = "tar", limit: int = LIMIT) -> str:
    """Why; nothing was written outside of the folder."""
    with pytest.raises(DownloadFailed) as failed:
        out_of(tmp_path, body, kind, limit)
    assert failed.value.code == "download-unsafe"
    assert {one.name for one in tmp_path.iterdir()} <= {"archive", "out", "secret"}
    return failed.value.message


def tree(folder: Path) -> dict[str, str]:
    """Path -> link's target, or rights."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[path.relative_to(folder).as_posix()] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[path.relative_to(folder).as_posix()] = oct(path.stat().st_mode & 0o777)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="rights and links of POSIX")
def test_pycharm_for_linux(tmp_path: Path) -> None:
    folder = product_folder(out_of(tmp_path, pycharm_tar()))
    assert folder == tmp_path / "out" / "pycharm-2026.2.3"
    expected = {name: oct(mode) for name, (_, mode) in contents().items()}
    assert tree(folder) == {**expected, "jbr/lib/app.jar": "-> ../../lib/app.jar"}
    assert (folder / "bin/pycharm").read_bytes() == PROGRAM
    assert (folder / "jbr/lib/app.jar").read_bytes() == contents()["lib/app.jar"][0]


def test_pycharm_for_windows_has_no_folder_around_it(tmp_path: Path) -> None:
    folder = out_of(tmp_path, pycharm_zip(), "zip")
    assert product_folder(folder) == folder
    assert (folder / "bin" / "pycharm64.exe").read_bytes() == b"MZ"


def test_a_hard_link_becomes_a_file_of_its_own(tmp_path: Path) -> None:
    body = tar_of((member("p/a"), b"text"), (member("p/b", kind=tarfile.LNKTYPE, target="p/a"), b""))
    folder = out_of(tmp_path, body)
    assert (folder / "p/b").read_bytes() == b"text"
    assert (folder / "p/b").stat().st_ino != (folder / "p/a").stat().st_ino


def test_rights_beyond_the_users_own_are_not_given(tmp_path: Path) -> None:
    folder = out_of(tmp_path, tar_of((member("p/a", 0o6777), b"x"), (member("p/b", 0), b"x")))
    assert [oct(stat.S_IMODE((folder / name).stat().st_mode)) for name in ("p/a", "p/b")] == [
        "0o755",
        "0o644",
    ]


@pytest.mark.parametrize(
    "name",
    ["../evil", "p/../../evil", "/evil", "p/..", "C:/evil", "..\\evil", "p\\..\\..\\evil", "\\\\host\\evil"],
)
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_nothing_lies_outside(tmp_path: Path, name: str, kind: str) -> None:
    if kind == "tar":
        body = tar_of((member(name), b"x"))
    else:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as container:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            container.writestr(info, b"x")
        body = memory.getvalue()
    assert refused(tmp_path, body, kind).endswith("would lie outside its folder")


@pytest.mark.parametrize(
    "target", ["../../secret", "/etc/passwd", "..", "../..", "", "a/../../../secret", "C:\\x"]
)
def test_no_link_leads_out(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret").write_text("mine")
    name = "evil" if target in {"..", "../.."} else "p/evil"
    assert "links to" in refused(tmp_path, tar_of((member(name, kind=tarfile.SYMTYPE, target=target), b"")))


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_no_chain_of_links_leads_out(tmp_path: Path) -> None:
    body = tar_of(
        (member("p/d/up", kind=tarfile.SYMTYPE, target=".."), b""),
        (member("p/x/y", kind=tarfile.SYMTYPE, target="../d/up"), b""),
        (member("evil", kind=tarfile.SYMTYPE, target="p/d/up/../.."), b""),
    )
    assert "leads outside its folder" in refused(tmp_path, body)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    body = tar_of((member("p/l", kind=tarfile.SYMTYPE, target="d"), b""), (member("p/l/file"), b"x"))
    assert refused(tmp_path, body) == "The archive is not unpacked: 'p/l/file' lies behind a link"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_file_does_not_replace_a_link(tmp_path: Path) -> None:
    body = tar_of((member("p/l", kind=tarfile.SYMTYPE, target="d"), b""), (member("p/l"), b"x"))
    assert "comes twice" in refused(tmp_path, body)


@pytest.mark.parametrize("target", ["../secret", "p/later", "/etc/passwd"])
def test_no_hard_link_to_what_is_not_of_the_archive(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret").write_text("mine")
    refused(tmp_path, tar_of((member("p/b", kind=tarfile.LNKTYPE, target=target), b"")))


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_no_device(tmp_path: Path, kind: bytes) -> None:
    assert "neither a file" in refused(tmp_path, tar_of((member("p/device", kind=kind), b"")))


def zip_entry(mode: int, content: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as container:
        info = zipfile.ZipInfo("p/one")
        info.external_attr = mode << 16
        container.writestr(info, content)
    return memory.getvalue()


@pytest.mark.parametrize(
    ("mode", "content", "why"),
    [
        (stat.S_IFLNK | 0o777, b"../../secret", "links to"),
        (stat.S_IFLNK | 0o777, bytes(9999), "many kilobytes"),
        (stat.S_IFCHR | 0o666, b"", "neither a file"),
    ],
)
def test_no_link_or_device_in_a_zip_either(tmp_path: Path, mode: int, content: bytes, why: str) -> None:
    assert why in refused(tmp_path, zip_entry(mode, content), "zip")


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_bomb_goes_off_small(tmp_path: Path, kind: str) -> None:
    body = tar_of((member("p/a"), bytes(3 << 20))) if kind == "tar" else zip_entry(0o100644, bytes(3 << 20))
    assert "grows beyond" in refused(tmp_path, body, kind, limit=1 << 20)
    assert sum(one.stat().st_size for one in (tmp_path / "out").rglob("*") if one.is_file()) <= 1 << 20


def test_too_many_members_are_no_pycharm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scaffold.pycharm.releases.members.MEMBERS", 3)
    assert "more than 3" in refused(tmp_path, tar_of(*((member(f"p/{n}"), b"") for n in range(5))))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no archive", "tar"),
        (b"no archive", "zip"),
        (pycharm_tar()[:200_000], "tar"),
        (pycharm_zip()[:-40], "zip"),
        (pycharm_zip().replace(b"MZ", b"XX", 1), "zip"),
        (b"\x1f\x8b\x08" + bytes(100), "tar"),
        (b"", "tar"),
    ],
)
def test_a_broken_archive_is_told(tmp_path: Path, body: bytes, kind: str) -> None:
    with pytest.raises(DownloadFailed) as failed:
        out_of(tmp_path, body, kind)
    assert failed.value.code == "download-damaged"


def test_a_full_disk_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def full(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "x" in mode:
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(NoSpace):
        out_of(tmp_path, pycharm_tar())
