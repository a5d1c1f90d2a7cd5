"""The rows of a ``pylock.toml`` (PEP 751): one reader for all, since users may edit the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from scaffold.toml import TOMLDecodeError, loads


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A wheel or a source distribution."""

    name: str = ""  # tqdm-4.70.1-py3-none-any.whl
    place: str = ""  # a URL, or a path
    size: int | None = None  # bytes
    hashes: tuple[str, ...] = ()  # sha256:...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One distribution; without files where it comes from a repository or a folder."""

    name: str
    version: str
    marker: str = ""
    wheels: tuple[File, ...] = ()
    sdist: File | None = None


def pylock_rows(text: str) -> tuple[Row, ...]:
    r"""Every distribution that has a name; what is not as PEP 751 has it is left out.

    >>> row, = pylock_rows('[[packages]]\nname = "a"\nwheels = ["x", {url = "https://h/a-1.whl", size = ""}]')
    >>> row.name, row.version, row.wheels
    ('a', '', (File(name='a-1.whl', place='https://h/a-1.whl', size=None, hashes=()),))
    >>> pylock_rows("packages = 3"), pylock_rows("<<<<<<<"), pylock_rows("[[packages]]\nversion = '1'")
    ((), (), ())
    """
    try:
        rows = loads(text).get("packages")
    except TOMLDecodeError:
        return ()
    return tuple(found for row in _tables(rows) if (found := _row(row)))


def _row(row: Mapping[str, Any]) -> Row | None:
    sdist = row.get("sdist")
    if not _text(row, "name"):
        return None
    return Row(
        name=_text(row, "name"),
        version=_text(row, "version"),
        marker=_text(row, "marker"),
        wheels=tuple(_file(one) for one in _tables(row.get("wheels"))),
        sdist=_file(sdist) if isinstance(sdist, dict) else None,
    )


def _file(row: Mapping[str, Any]) -> File:
    place, size, hashes = _text(row, "url") or _text(row, "path"), row.get("size"), row.get("hashes")
    known = sorted(hashes.items()) if isinstance(hashes, dict) else ()
    return File(
        name=unquote((_text(row, "name") or place).rsplit("/", 1)[-1]),
        place=place,
        size=size if isinstance(size, int) and size >= 0 else None,
        hashes=tuple(f"{kind}:{value}" for kind, value in known if isinstance(value, str)),
    )


def _tables(rows: Any) -> Iterator[Mapping[str, Any]]:
    yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
