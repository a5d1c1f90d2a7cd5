r"""Editable installations in folders whose names are not ASCII.

Until 3.13, Python reads ``.pth`` files in the encoding of its locale, and build backends write UTF-8: on a
Windows that speaks Chinese, a project below ``C:\Users\张三`` either cannot be imported, or no interpreter
of its environment starts ("UnicodeDecodeError: 'gbk' codec can't decode byte" in site.py).
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from scaffold.environments.condition.verify import distribution_name
from scaffold.environments.layout import site_packages_of


def make_paths_readable(location: Path, distribution: str) -> None:
    """Spell the paths in a distribution's ``.pth`` files in ASCII, and its RECORD accordingly."""
    for metadata in _metadata(location, distribution):
        record = metadata / "RECORD"
        text = record.read_text(encoding="utf-8")
        for row in csv.reader(text.splitlines()):
            if row and row[0].endswith(".pth") and "/" not in row[0]:
                text = _rewritten(metadata.parent / row[0], text)
        _replace(record, text.encode())


def _metadata(location: Path, distribution: str) -> Iterator[Path]:
    folder = site_packages_of(location)
    for metadata in sorted(folder.glob("*.dist-info")) if folder else ():
        if canonicalize_name(distribution_name(metadata.name)) == canonicalize_name(distribution):
            yield metadata


def _rewritten(path: Path, record: str) -> str:
    """The RECORD after one file was spelt anew."""
    try:
        before = path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return record
    after = "".join(in_ascii(line) for line in before.splitlines(keepends=True)).encode()
    if after == before.encode():
        return record
    _replace(path, after)
    return with_row(record, path.name, after)


def in_ascii(line: str) -> str:
    r"""A line of a ``.pth`` file that means the same under every locale.

    >>> in_ascii("/home/li/src\n")
    '/home/li/src\n'
    >>> in_ascii("/home/李/src\n")
    "import os, sys; sys.path.append(os.fsdecode(b'/home/\\xe6\\x9d\\x8e/src'))\n"
    """
    path = line.rstrip("\r\n")
    if line.isascii() or line.startswith(("import ", "import\t", "#")):
        return line
    return f"import os, sys; sys.path.append(os.fsdecode({path.encode('utf-8')!r})){line[len(path) :]}"


def with_row(record: str, name: str, content: bytes) -> str:
    r"""A RECORD whose row for one file has that content's hash and size.

    >>> with_row("a.pth,sha256=x,1\na/RECORD,,\n", "a.pth", b"ab")
    'a.pth,sha256=-44g_C5MPySMYMOb1lLzwTRymLuXe4tNWQO4UFViBgM,2\na/RECORD,,\n'
    """
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    text = io.StringIO()
    rows = csv.reader(record.splitlines())
    changed = [[name, f"sha256={digest}", str(len(content))] if row[:1] == [name] else row for row in rows]
    csv.writer(text, lineterminator="\n").writerows(changed)
    return text.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """A new file in the old one's place: that one may be a link to the installer's cache."""
    mode = path.stat().st_mode
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(temporary).chmod(mode)
    Path(temporary).replace(path)
