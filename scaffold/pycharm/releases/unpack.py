"""Archives into folders, tar and zip, by our own rules; a Mac's disk image: `image`."""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from scaffold.errors import DownloadFailed
from scaffold.files import not_written
from scaffold.pycharm.installations.product_info import NAME
from scaffold.pycharm.releases.members import Members, unsafe

#: What a broken archive raises, of either kind.
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

#: Called with bytes unpacked so far.
Report = Callable[[int], None]


def kind_of(filename: str) -> str:
    """``tar``, ``zip``, ``dmg`` or ``exe``, by the name; "" for what PyCharm never comes in.

    >>> kind_of("pycharm-2026.2.3-aarch64.tar.gz"), kind_of("pycharm-2026.2.3.win.zip"), kind_of("x.deb")
    ('tar', 'zip', '')
    """
    ends = {".tar.gz": "tar", ".tgz": "tar", ".tar.xz": "tar", ".zip": "zip", ".dmg": "dmg", ".exe": "exe"}
    return next((kind for end, kind in ends.items() if filename.lower().endswith(end)), "")


def unpack(archive: Path, kind: str, folder: Path, *, limit: int, report: Report) -> None:
    """Unpack a tar or zip archive into ``folder``, which is made; at most ``limit`` bytes.

    Raises DownloadFailed: download-unsafe, or download-damaged for an archive that cannot be read.
    """
    try:
        folder.mkdir(parents=True)
    except OSError as refusal:
        raise not_written(folder, refusal) from refusal
    members = Members(folder, limit)
    try:
        if kind == "tar":
            _tar(archive, members, report)
        else:
            _zip(archive, members, report)
    except _BROKEN as problem:
        raise DownloadFailed(
            f"{archive.name} cannot be unpacked",
            detail=(str(problem) or type(problem).__name__,),
            hint="download it again",
            code="download-damaged",
        ) from problem
    except OSError as problem:  # gzip's own, and a disk that cannot be read
        raise not_written(folder, problem) from problem
    members.finish()


def _tar(archive: Path, members: Members, report: Report) -> None:
    done = 0
    with tarfile.open(archive, "r|*") as tar:
        for member in tar:
            if member.isdir():
                members.folder(member.name)
            elif member.issym():
                members.link(member.name, member.linkname)
            elif member.islnk():
                members.copy(member.name, member.linkname)
            elif member.isreg():
                content = tar.extractfile(member)
                assert content is not None
                done += members.file(member.name, content, executable=bool(member.mode & stat.S_IXUSR))  # type: ignore[arg-type]
                report(done)
            else:
                raise unsafe(member.name, "is neither a file, a folder nor a link")


def _zip(archive: Path, members: Members, report: Report) -> None:
    done = 0
    with zipfile.ZipFile(archive) as container:
        for entry in container.infolist():
            mode = entry.external_attr >> 16
            if entry.is_dir():
                members.folder(entry.filename)
            elif stat.S_ISLNK(mode):
                if entry.file_size > 4096:
                    raise unsafe(entry.filename, "is a link with a target of many kilobytes")
                members.link(entry.filename, container.read(entry).decode("utf-8", errors="replace"))
            elif stat.S_IFMT(mode) in {0, stat.S_IFREG}:
                with container.open(entry) as content:
                    executable = bool(mode & stat.S_IXUSR)
                    done += members.file(entry.filename, content, executable=executable)  # type: ignore[arg-type]
                report(done)
            else:
                raise unsafe(entry.filename, "is neither a file, a folder nor a link")


def product_folder(folder: Path) -> Path | None:
    """Where in an unpacked archive PyCharm lies: in the folder itself (zip), in its only one, or an .app."""
    try:
        below = sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink())
    except OSError:
        return None
    for one in (folder, *below):
        if (one / NAME).is_file() or (one / "Contents" / "Resources" / NAME).is_file():
            return one
    return None
