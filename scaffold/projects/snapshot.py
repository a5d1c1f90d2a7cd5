"""A project's files as values: what a template rendered, what the user made of it, what is to be written.

A snapshot packs into a few tens of kilobytes: the pristine rendering that a project keeps, so that an update
can tell what its user changed.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from scaffold.errors import NotAProject
from scaffold.projects.model import Tree
from scaffold.projects.portable import as_disks_take

Kind = Literal["file", "link", "folder"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of a project."""

    content: bytes = b""  # of a link: where it leads, as written, in UTF-8
    kind: Kind = "file"  # "folder": an empty one; others come with what lies in them
    executable: bool = False


#: Path below the project's root -> what is there.
Snapshot = Mapping[PurePosixPath, Entry]

#: The pristine rendering of a project, below its root. It belongs into version control, like the record.
PRISTINE = PurePosixPath(".scaffold/pristine.tar.gz")

#: Bytes. A template of text has some hundred kilobytes; what unpacks to more is no rendering of ours.
LARGEST = 256 << 20


def entries(tree: Tree) -> Snapshot:
    """A tree of plain files.

    >>> entries({PurePosixPath("a"): b"1"})
    {PurePosixPath('a'): Entry(content=b'1', kind='file', executable=False)}
    """
    return {path: Entry(content) for path, content in tree.items()}


def pack(snapshot: Snapshot) -> bytes:
    """A snapshot as one file: the same snapshot gives the same bytes, whoever packs it and when."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, entry in sorted(snapshot.items()):
            member = tarfile.TarInfo(str(path))
            member.mode = 0o755 if entry.executable or entry.kind == "folder" else 0o644
            if entry.kind == "link":
                member.type, member.linkname = tarfile.SYMTYPE, entry.content.decode("utf-8")
            elif entry.kind == "folder":
                member.type = tarfile.DIRTYPE
            else:
                member.size = len(entry.content)
            archive.addfile(member, io.BytesIO(entry.content) if entry.kind == "file" else None)
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=0)


def outside(path: PurePosixPath) -> str:
    """Why a path that somebody else wrote down is not one of a project's files; "" where it is.

    >>> outside(PurePosixPath("src/a.py")), outside(PurePosixPath("../a.py"))
    ('', 'does not lie in the project')
    >>> outside(PurePosixPath("sub/.GIT/hooks/pre-commit"))
    'would change a git repository'
    """
    odd = os.name == "nt" and set(str(path)) & set(":\\")
    if path.is_absolute() or ".." in path.parts or not path.parts or odd:
        return "does not lie in the project"
    return "would change a git repository" if ".git" in map(as_disks_take, path.parts) else ""


def unpack(packed: bytes) -> Snapshot:
    """What `pack` was given. Nothing is written anywhere, whatever paths an archive names.

    Raises NotAProject (code ``pristine-damaged``).
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(packed)), mode="r:") as archive:
            members = tuple(_measured(archive))
            return {PurePosixPath(member.name): _entry(archive, member) for member in members}
    except (OSError, EOFError, tarfile.TarError, zlib.error, UnicodeError, ValueError) as problem:
        raise NotAProject(
            f"the project's pristine rendering, {PRISTINE}, cannot be read",
            detail=(f"{type(problem).__name__}: {problem}",),
            hint=f"bring it back from version control: git checkout -- {PRISTINE}",
            code="pristine-damaged",
        ) from problem


def _inflated(packed: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it unpacks to more than {LARGEST >> 20} MB")
    return content


def _measured(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Of a sparse file a few bytes tell of any size: `pack` makes none."""
    size = 0
    for member in archive:
        size += member.size
        if member.issparse() or size > LARGEST:
            raise ValueError(f"{member.name!r} is larger than it looks")
        yield member


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    why = outside(PurePosixPath(member.name))
    if why:
        raise ValueError(f"{member.name!r} {why}")
    if member.issym():
        return Entry(member.linkname.encode("utf-8"), kind="link")
    if member.isdir():
        return Entry(kind="folder")
    stream = archive.extractfile(member) if member.isreg() else None
    if stream is None:
        raise ValueError(f"{member.name!r} is no file")
    return Entry(stream.read(), executable=bool(member.mode & 0o100))
