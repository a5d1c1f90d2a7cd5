"""What a template may be at most, and what nothing in it may be: one place for every kind of origin.

A template comes from anybody. Before one is read, it was looked at here: no path and no link leads out of it,
nothing is a device or a pipe, no two names differ in case only, and its size is bounded. One name in two
spellings of its accents (NFC and NFD) is refused where the disk cannot hold both.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from scaffold.errors import TemplateUnsafe
from scaffold.projects.portable import OneFile, as_disks_take, forms_are_one, has_odd_letters, is_device
from scaffold.projects.snapshot import Entry
from scaffold.projects.write import leads_out

#: Files and folders; the largest template that is known has some 500.
MEMBERS = 20_000
#: Bytes, unpacked: of one file, and of all. Data is fetched by a project, and not brought by its template.
LARGEST, ALL = 64 << 20, 256 << 20
#: Bytes of an archive as it comes.
PACKED = 128 << 20
#: Bytes of a repository as it is fetched: with its history, where a server gives no single commit.
FETCHED = 1 << 30
#: Bytes of a list of names that git prints.
LISTED = 32 << 20
#: An archive that grows by more than this, beyond `HARMLESS` bytes, was made to.
RATIO, HARMLESS = 100, 16 << 20
#: Characters of a path: Windows opens 260, and a project lies in a folder of its own.
PATH, DEPTH = 200, 32
#: Bytes of a link's target.
TARGET = 1024

Kind = Literal["file", "folder", "link", "other"]

#: Not of a template: what git, Python and macOS keep beside it. Nothing of this is looked at or read.
PASSED_OVER = frozenset({".git", "__pycache__", "__MACOSX"})

_MARKERS = ("{{", "{%", "[[", "[%", "<<", "<%")


def unsafe(name: str, why: str) -> TemplateUnsafe:
    """Something in a template that nothing of it is taken for."""
    return TemplateUnsafe(
        f"the template is not used: {name!r} {why}",
        hint="tell its author; a template that you trust can be used from a folder, without it",
    )


@dataclass(slots=True)
class Guard:
    """Asked about every path of a template, in any order; raises TemplateUnsafe."""

    windows: bool = os.name == "nt"
    _members: int = 0
    _bytes: int = 0
    _names: OneFile = field(default_factory=lambda: OneFile(forms=forms_are_one()))

    def admit(self, name: str, kind: Kind, *, size: int = 0, target: str = "") -> PurePosixPath:
        """A path that may stand in a template; ``target`` is a link's."""
        path = self._path(name)
        self._members += 1
        if self._members > MEMBERS:
            raise unsafe(name, f"is one of more than {MEMBERS:,} files")
        if kind == "other":
            raise unsafe(name, "is neither a file, a folder nor a link")
        if kind == "link" and any("\udc80" <= letter <= "\udcff" for letter in target):
            raise unsafe(name, f"is a link to {target!r}, which is not text in UTF-8")
        if kind == "link" and (not target or leads_out(path, Entry(target.encode(), kind="link"))):
            raise unsafe(name, f"is a link to {target!r}, which leads out of the template")
        self.weigh(name, size)
        return path

    def weigh(self, name: str, size: int, *, of: int = 0) -> None:
        """So many bytes more; of a file that comes in pieces, ``of`` is what there is of it by now."""
        self._bytes += size
        if max(size, of) > LARGEST:
            raise unsafe(name, f"is larger than {LARGEST >> 20} MB")
        if self._bytes > ALL:
            raise unsafe(name, f"brings the template beyond {ALL >> 20} MB")

    def _path(self, name: str) -> PurePosixPath:
        parts = [part for part in name.rstrip("/").split("/") if part != "."]
        if name.startswith("/") or not parts or ".." in parts or "\\" in name:
            raise unsafe(name, "would lie outside its folder")
        for part in parts:
            why = odd(part, windows=self.windows)
            if why:
                raise unsafe(name, why)
        if len(name) > PATH or len(parts) > DEPTH:
            raise unsafe(name, f"is longer than {PATH} characters, or deeper than {DEPTH} folders")
        path = PurePosixPath(*parts)
        clash = self._names.clash(path)
        if clash is not None:
            raise unsafe(clash[0], f"is {clash[1]!r} in other letters, and one file on Windows and macOS")
        return path


def odd(part: str, *, windows: bool) -> str:
    """Why a name cannot be everywhere; "" where it can.

    >>> odd("aux.py", windows=False)
    'has a name that Windows keeps for a device'
    >>> odd("{{ name|lower }}.py", windows=False), odd("a|b", windows=False)
    ('', 'has a name that Windows cannot have')
    >>> odd(".git:{{ stream }}", windows=False)
    'would change a git repository'

    Names that are rendered first, as ``{{ name|lower }}``, may hold more, except on Windows itself.
    """
    if not part or not part.isprintable():
        return "has an empty name, or one with characters that cannot be seen"
    if as_disks_take(part) == ".git":
        return "would change a git repository"
    if is_device(part):
        return "has a name that Windows keeps for a device"
    rendered = not windows and any(marker in part for marker in _MARKERS)
    if not rendered and has_odd_letters(part):
        return "has a name that Windows cannot have"
    return ""


def check_tree(root: Path) -> None:
    """Look at every path below a folder, links not followed. Raises TemplateUnsafe, or OSError."""
    guard = Guard()
    for path, found in _walk(root):
        name = path.relative_to(root).as_posix()
        kind = _kind(found)
        target = os.readlink(path) if kind == "link" else ""
        guard.admit(name, kind, size=found.st_size if kind == "file" else 0, target=target)
        if kind == "link" and not inside(root, path):
            raise unsafe(name, f"is a link to {target!r}, which leads out of the template")


def inside(root: Path, path: Path) -> bool:
    """Whether what a path really leads to lies in a folder: links may lead out through each other."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _walk(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with os.scandir(root) as found:
        for one in sorted(found, key=lambda entry: entry.name):
            if one.name in PASSED_OVER:
                continue
            path = Path(one.path)
            yield path, one.stat(follow_symlinks=False)
            if one.is_dir(follow_symlinks=False):
                yield from _walk(path)


def _kind(found: os.stat_result) -> Kind:
    reparse = getattr(found, "st_file_attributes", 0) & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)
    if stat.S_ISLNK(found.st_mode):
        return "link"
    if reparse:  # a junction of Windows leads anywhere
        return "other"
    return "folder" if stat.S_ISDIR(found.st_mode) else "file" if stat.S_ISREG(found.st_mode) else "other"
