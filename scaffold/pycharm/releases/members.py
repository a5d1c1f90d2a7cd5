"""What of an archive may be written, and where: files, folders and links, nothing outside its folder."""

from __future__ import annotations

import os
import posixpath
import shutil
from pathlib import Path
from typing import BinaryIO

from scaffold.errors import DownloadFailed
from scaffold.files import not_written

CHUNK = 1 << 20
#: PyCharm has some ten thousand.
MEMBERS = 500_000


def unsafe(name: str, why: str) -> DownloadFailed:
    """An archive that would do what unpacking must not do."""
    return DownloadFailed(
        f"The archive is not unpacked: {name!r} {why}",
        hint="take PyCharm from JetBrains: scaffold ide install without --from",
        code="download-unsafe",
    )


class Members:
    """An archive's members as they are written below ``root``, an empty folder of ours.

    The rules are those of Python's ``data`` filter (PEP 706), and stricter: nothing is written through a
    link, no name comes twice, all together has at most ``size`` bytes. Raises DownloadFailed
    (download-unsafe), NoSpace, NoPermission.
    """

    def __init__(self, root: Path, size: int) -> None:
        self._root, self._left, self._count = root, size, 0
        self._links: list[str] = []
        self._made: set[str] = set()

    def folder(self, name: str) -> None:
        """A folder; it may have been made already for what is in it."""
        place = self._place(name)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as refusal:
            raise _refused(name, place, refusal) from refusal

    def file(self, name: str, content: BinaryIO, *, executable: bool) -> int:
        """A file; how many bytes it has. Its rights are the user's own, whatever the archive says."""
        place = self._place(name)
        written = 0
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as stream:
                while chunk := content.read(CHUNK):
                    written += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise unsafe(name, "grows beyond what PyCharm may have")
                    stream.write(chunk)
            place.chmod(0o755 if executable else 0o644)
        except OSError as refusal:
            raise _refused(name, place, refusal) from refusal
        return written

    def link(self, name: str, target: str) -> None:
        """A symbolic link that stays inside."""
        place = self._place(name)
        clean = _normal(name)
        aim = posixpath.normpath(posixpath.join(posixpath.dirname(clean), target))
        if not target or target.startswith("/") or "\\" in target or ":" in target or aim.startswith(".."):
            raise unsafe(name, f"links to {target!r}, outside its folder")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)
        except OSError as refusal:
            raise _refused(name, place, refusal) from refusal
        self._links.append(clean)

    def copy(self, name: str, source: str) -> None:
        """A hard link, made a file of its own: what it names must have come before."""
        there = self._root / _normal(source)
        if _normal(source) not in self._made or there.is_symlink() or not there.is_file():
            raise unsafe(name, f"is a hard link to {source!r}, which is no file of the archive")
        with there.open("rb") as stream:
            self.file(name, stream, executable=os.access(there, os.X_OK))

    def finish(self) -> None:
        """Look where every link really leads; links that lead through each other may have got out."""
        root = os.path.realpath(self._root)
        for name in self._links:
            aim = os.path.realpath(self._root / name)
            if os.path.commonpath([root, aim]) != root:
                raise unsafe(name, "leads outside its folder")

    def _place(self, name: str) -> Path:
        clean = _normal(name)
        self._count += 1
        if self._count > MEMBERS:
            raise unsafe(name, f"is one of more than {MEMBERS:,} members")
        above = clean
        while above := posixpath.dirname(above):
            if above in self._links:
                raise unsafe(name, "lies behind a link")
        self._made.add(clean)
        return self._root / clean


def _normal(name: str) -> str:
    """A member's path below the root, with ``/``; raises where it would lie elsewhere.

    >>> _normal("./pycharm-2026.2/bin/pycharm"), _normal("bin//x/")
    ('pycharm-2026.2/bin/pycharm', 'bin/x')
    """
    odd = "\\" in name or "\0" in name or ":" in name
    if odd or name.startswith("/") or ".." in name.split("/"):
        raise unsafe(name, "would lie outside its folder")
    return posixpath.normpath(name)


def _refused(name: str, place: Path, refusal: OSError) -> Exception:
    if isinstance(refusal, FileExistsError):
        return unsafe(name, "comes twice, perhaps in other letters")
    return not_written(place, refusal)


def clear(folder: Path) -> None:
    """Remove a folder of ours with all in it; raises NoPermission and its kin where something cannot go."""
    try:
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink(missing_ok=True)
        else:
            shutil.rmtree(folder)
    except OSError as refusal:
        raise not_written(folder, refusal) from refusal
