"""``.idea/scaffold.json``: what we wrote below ``.idea``, so that the next time tells ours from theirs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

#: Where it stands, below the project.
RECORD = PurePosixPath(".idea/scaffold.json")

SCHEMA = "scaffold/idea/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file as we left it."""

    sha256: str
    whole: bool  # we made the file; else our rows were laid into somebody's
    found: tuple[str, ...] = ()  # names of rows that stood there before us
    rows: Mapping[str, str] | None = None  # None: written before rows were recorded, or a file without any


def digest(content: bytes) -> str:
    """SHA-256 of a file's content, as the record holds it."""
    return hashlib.sha256(content).hexdigest()


def to_bytes(files: Mapping[str, Written]) -> bytes:
    """The record of ``files`` (path below the project -> as we left it), byte-stable."""
    rows = {
        path: {
            "sha256": one.sha256,
            "whole": one.whole,
            **({"found": sorted(one.found)} if one.found else {}),
            **({} if one.rows is None else {"rows": dict(one.rows)}),
        }
        for path, one in files.items()
    }
    document = {"schema": SCHEMA, "files": rows}
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode()


def parse(content: bytes | None) -> dict[str, Written]:
    """What we wrote; of a record that cannot be read nothing: everything counts as somebody's then.

    >>> parse(b'{"schema": "scaffold/idea/1", "files": {".idea/misc.xml": "0f"}}')
    {'.idea/misc.xml': Written(sha256='0f', whole=True, found=(), rows=None)}
    """
    try:
        document = json.loads(content or b"")
    except (ValueError, RecursionError):
        return {}
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict):
        return {}
    read = {path: _parse_file(value) for path, value in files.items() if _is_inside(path)}
    return {path: one for path, one in read.items() if one is not None}


def _parse_file(value: object) -> Written | None:
    if isinstance(value, str):  # schema 1: the hash alone
        return Written(sha256=value, whole=True)
    if not isinstance(value, dict) or not isinstance(value.get("sha256"), str):
        return None
    rows = value.get("rows")
    if not isinstance(rows, dict) or not all(isinstance(row, str) for row in rows.values()):
        rows = None
    found = value.get("found")
    names = tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()
    return Written(sha256=value["sha256"], whole=value.get("whole") is True, found=names, rows=rows)


def _is_inside(path: str) -> bool:
    """What a record names may be deleted once it is outdated: that is a file in ``.idea``, or a module's."""
    one = PurePosixPath(path)
    inside = not one.is_absolute() and ".." not in one.parts and not set(path) & set("\\:")
    return inside and (one.parts[:1] == (".idea",) or one.suffix == ".iml")
