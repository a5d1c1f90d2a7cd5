"""``.idea/scaffold.json``: what we wrote below ``.idea``, so that the next time tells ours from theirs.

While files are being written, the record holds each one as it will be and, under ``under_way``, as it was:
whatever the moment of a kill, what a file holds tells which of the two is true.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

#: Where it stands, below the project.
RECORD = PurePosixPath(".idea/scaffold.json")

SCHEMA = "scaffold/idea/3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file as we left it."""

    sha256: str  # "" for one that was moved out of the way: it is not there
    whole: bool  # we made the file and nobody changed it; else our rows were laid into somebody's
    made: bool = False  # we made the file, whatever came into it since
    exact: bool = False  # as `original` has it (or gone, where we made it), nothing of anybody's is lost
    original: str = ""  # where it is kept as it was before us
    found: tuple[str, ...] = ()  # names of rows that stood there before us
    was: str = ""  # the interpreter's name that ours replaced
    base: str = ""  # a run configuration as we wrote it: what differs from it is somebody's
    rows: Mapping[str, str] | None = None  # None: written before rows were recorded, or a file without any

    @property
    def untouched(self) -> bool:
        """Whether the file is somebody's, and we never changed it."""
        return self.exact and not self.made and not self.original


def digest(content: bytes | None) -> str:
    """SHA-256 of a file's content, as the record holds it; "" where there is no file."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def to_bytes(files: Mapping[str, Written], before: Mapping[str, Written | None] | None = None) -> bytes:
    """The record of ``files`` (path below the project -> as we left it), byte-stable.

    ``before``: those that are about to be written, as the record has had them until now.
    """
    document: dict[str, Any] = {"schema": SCHEMA, "files": {path: _row(one) for path, one in files.items()}}
    if before:
        document["under_way"] = {path: one and _row(one) for path, one in before.items()}
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode()


def _row(one: Written) -> dict[str, Any]:
    row: dict[str, Any] = {"sha256": one.sha256, "whole": one.whole, "made": one.made, "exact": one.exact}
    row |= {"original": one.original} if one.original else {}
    row |= {"found": sorted(one.found)} if one.found else {}
    row |= {"was": one.was} if one.was else {}
    row |= {"base": one.base} if one.base else {}
    return row if one.rows is None else {**row, "rows": dict(one.rows)}


def parse(content: bytes | None, files: Mapping[str, bytes]) -> dict[str, Written]:
    """What we wrote of ``files`` (path -> content); of a record that cannot be read nothing.

    Everything counts as somebody's then.

    >>> parse(b'{"schema": "scaffold/idea/1", "files": {".idea/a.xml": "0f"}}', {})[".idea/a.xml"].sha256
    '0f'
    """
    written, before = _tables(content)
    for path, earlier in before.items():
        one = written.pop(path, None)
        if one is not None and one.sha256 == digest(files.get(path)):
            written[path] = one
        elif earlier is not None:
            written[path] = earlier
    return written


def paths(content: bytes | None) -> frozenset[str]:
    """The files that a record speaks of, and where originals are kept."""
    written, before = _tables(content)
    known = [*written.values(), *(one for one in before.values() if one is not None)]
    return frozenset((*written, *before, *(one.original for one in known if one.original)))


def _tables(content: bytes | None) -> tuple[dict[str, Written], dict[str, Written | None]]:
    """The files as they are left, and as they were where writing is under way."""
    try:
        document = json.loads(content or b"")
    except (ValueError, RecursionError):
        document = None
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict):
        return {}, {}
    read = {path: _parse_file(value) for path, value in files.items() if _is_inside(path)}
    earlier = document.get("under_way")
    earlier = earlier if isinstance(earlier, dict) else {}
    before = {path: _parse_file(value) for path, value in earlier.items() if _is_inside(path)}
    return {path: one for path, one in read.items() if one is not None}, before


def _parse_file(value: object) -> Written | None:
    if isinstance(value, str):  # schema 1: the hash alone
        return Written(sha256=value, whole=True, made=True, exact=True)
    if not isinstance(value, dict) or not isinstance(value.get("sha256"), str):
        return None
    rows = value.get("rows")
    if not isinstance(rows, dict) or not all(isinstance(row, str) for row in rows.values()):
        rows = None
    found, whole = value.get("found"), value.get("whole") is True
    names = tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()
    return Written(
        sha256=value["sha256"],
        whole=whole,
        made=value.get("made", whole) is True,
        exact=value.get("exact", whole) is True,  # schema 2 did not say
        original=_original(value.get("original")),
        found=names,
        was=value["was"] if isinstance(value.get("was"), str) else "",
        base=value["base"] if isinstance(value.get("base"), str) else "",
        rows=rows,
    )


def _original(value: object) -> str:
    """Where a copy may lie: nothing else is ever read, or deleted, as one."""
    named = PurePosixPath(value) if isinstance(value, str) else PurePosixPath()
    return str(named) if named.parent == PurePosixPath(".scaffold/idea") and named.name != ".." else ""


def _is_inside(path: str) -> bool:
    """What a record names may be deleted once it is outdated: that is a file in ``.idea``, or a module's."""
    one = PurePosixPath(path)
    inside = not one.is_absolute() and ".." not in one.parts and not set(path) & set("\\:")
    return inside and (one.parts[:1] == (".idea",) or one.suffix == ".iml")
