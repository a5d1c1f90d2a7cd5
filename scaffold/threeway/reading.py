"""What a project's folder holds of the paths that an update is about."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from scaffold.files import NotReadable, not_read, read_regular
from scaffold.links import is_link
from scaffold.projects.portable import CASE_ONLY, folded
from scaffold.projects.snapshot import LARGEST, Entry, Snapshot
from scaffold.threeway import pairing

WINDOWS = os.name == "nt"

#: The "content" of a folder that is not empty.
_FULL = b"full"

#: Where no renamed file is looked for: made on this machine, or another tool's.
_SKIPPED = frozenset({"__pycache__", "node_modules", "data", "runs", "site-packages"})

#: Files that are looked at for a renamed one; a project of more has its data among its code.
_MOST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The user's side."""

    entries: Snapshot
    blocked: Mapping[PurePosixPath, str]  # paths at which nothing can be put, and what is in the way


#: Whether the user left an entry of the base as it was.
Untouched = Callable[[Entry, Entry], bool]


def read_project(root: Path, base: Snapshot, new: Snapshot, untouched: Untouched) -> Found:
    """Every path of two renderings that is there, and other files that may be one of the base, renamed.

    Links are not followed. Raises NoPermission.
    """
    entries: dict[PurePosixPath, Entry] = {}
    blocked: dict[PurePosixPath, str] = {}
    reader = _Reader(root)
    for path in sorted({*base, *new}):
        try:
            found = reader.entry(path)
            if found is not None and found.kind == "folder" and found.content:
                found = _filled(found, base.get(path), new.get(path))
            if found is None and path not in base:
                reader.refuse_other_case(path, {*base, *new})
        except _Blocked as obstacle:
            blocked[path] = str(obstacle)
        else:
            entries.update({path: found} if found is not None else {})
    going = {
        path
        for path, one in base.items()
        if path not in new and path in entries and untouched(one, entries[path])
    }
    free = {path for path in blocked if path in new and _makes_room(root, path, base, going)}
    if any(path not in entries and path not in blocked for path in base):
        entries.update(reader.others({*base, *new}))
    return Found(entries=entries, blocked={path: why for path, why in blocked.items() if path not in free})


def entry_at(target: Path) -> Entry | None:
    """What is at a path; of a folder the content tells whether it is empty. Raises OSError, ValueError."""
    try:
        found = target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(found.st_mode):
        leads = os.readlink(target)
        if WINDOWS:  # the system has its own way to write what `put_entry` was given
            leads = leads.removeprefix("\\\\?\\").replace("\\", "/")
        return Entry(os.fsencode(leads), kind="link")
    if stat.S_ISDIR(found.st_mode):
        return Entry(_FULL if any(target.iterdir()) else b"", kind="folder")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is a pipe or a device")
    return Entry(read_regular(target, LARGEST), executable=bool(found.st_mode & 0o100))


class _Blocked(Exception):
    """Something of the user's is where a file or a folder should be."""


class _Reader:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._names = cache(_names)
        self._folded = cache(lambda folder: {folded(one): one for one in sorted(_names(folder))})

    def refuse_other_case(self, path: PurePosixPath, known: set[PurePosixPath]) -> None:
        """Raise `_Blocked` for a file of the user's own that is the same one on Windows and macOS.

        Of paths that a rendering has, the plan knows whether they go.
        """
        name = self._folded(self._root / path.parent).get(folded(path.name))
        if name is not None and path.with_name(name) not in known:
            raise _Blocked(f"{path.with_name(name)} {CASE_ONLY}")

    def entry(self, path: PurePosixPath) -> Entry | None:
        """What is there under exactly this name: elsewhere readme.md may be README.md. Raises `_Blocked`."""
        folder = self._root
        for part in path.parts[:-1]:
            if _spelt(part) not in self._names(folder):
                return None
            folder /= part
            here = folder.relative_to(self._root).as_posix()
            if is_link(folder):
                raise _Blocked(f"{here} is a link, and what is behind it is not the project's")
            if not folder.is_dir():
                raise _Blocked(f"{here} is a file, not a folder")
        if _spelt(path.name) not in self._names(folder):
            return None
        try:
            return entry_at(folder / path.name)
        except ValueError as problem:
            raise _Blocked(str(problem)) from problem
        except NotReadable as problem:  # the template's own are never that large
            raise _Blocked(f"{problem.strerror}, and cannot be compared") from problem
        except OSError as refusal:
            raise not_read(folder / path.name, refusal) from refusal

    def others(self, known: set[PurePosixPath]) -> Iterator[tuple[PurePosixPath, Entry]]:
        """Files that no rendering has."""
        count = 0
        for above, folders, names in os.walk(self._root):
            folders[:] = sorted(
                one
                for one in folders
                if one not in _SKIPPED and one[:1] != "." and not self._is_odd(above, one)
            )
            for name in sorted(names):
                path = PurePosixPath(Path(above, name).relative_to(self._root).as_posix())
                count += 1
                if count > _MOST:
                    return
                if path not in known and (entry := _small(Path(above, name))) is not None:
                    yield path, entry

    def _is_odd(self, above: str, name: str) -> bool:
        folder = Path(above, name)
        return folder.is_symlink() or (folder / "pyvenv.cfg").exists()


def _filled(found: Entry, base: Entry | None, new: Entry | None) -> Entry:
    """A folder with something in it, where the template wants an empty one: it has it. Raises `_Blocked`."""
    if new is not None and new.kind == "folder":
        return new
    if new is None and base is not None and base.kind == "folder":
        return found
    raise _Blocked("a folder has its name")


def _small(path: Path) -> Entry | None:
    try:
        size = path.lstat().st_size
        return entry_at(path) if pairing.SMALLEST <= size <= pairing.LARGEST else None
    except (OSError, ValueError):  # it cannot be a renamed one
        return None


def _names(folder: Path) -> frozenset[str]:
    """As they are spelt in the folder; macOS may have taken accents off their letters."""
    try:
        return frozenset(map(_spelt, os.listdir(folder)))
    except OSError:
        return frozenset()


def _spelt(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _makes_room(root: Path, path: PurePosixPath, base: Snapshot, going: Collection[PurePosixPath]) -> bool:
    """Whether all that is in the way is the template's own, and goes: a file for a folder, or the reverse."""
    above = next((one for one in path.parents if one in base), None)
    if above is not None:
        return above in going
    below = {_spelt(str(one)) for one in going if path in one.parents}
    return bool(below) and _holds_only(root, path, below)


def _holds_only(root: Path, folder: PurePosixPath, files: Collection[str]) -> bool:
    """Whether nothing but these files, and the folders that they are in, is in a folder."""
    known = {*files, *(str(above) for one in files for above in PurePosixPath(one).parents)}
    for here, folders, names in os.walk(root / folder):
        found = (_spelt(Path(here, one).relative_to(root).as_posix()) for one in (*folders, *names))
        if any(one not in known for one in found):
            return False
    return True
