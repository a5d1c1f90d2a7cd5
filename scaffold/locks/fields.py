"""Values out of data that somebody else wrote: of the right type, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from packaging.utils import canonicalize_name


def text(table: Any, key: str) -> str:
    """A string, or ""."""
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, str) else ""


def table(owner: Any, key: str) -> dict[str, Any]:
    """A table, or an empty one."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, dict) else {}


def tables(owner: Any, key: str) -> list[dict[str, Any]]:
    """The tables of an array, in order, whatever else stands in it."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def lists(owner: Any, key: str) -> list[list[Any]]:
    """The arrays of an array."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return [one for one in value if isinstance(one, list)] if isinstance(value, list) else []


def texts(owner: Any, key: str) -> tuple[str, ...]:
    """The strings of an array."""
    value = owner.get(key) if isinstance(owner, dict) else None
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def name_of(owner: Any) -> str:
    """A package's name, normalised; "" where it has none."""
    return str(canonicalize_name(text(owner, "name")))


def file_name(location: str) -> str:
    """The last part of a URL or path, decoded.

    >>> file_name("https://host/whl/cu126/torch-2.14.1%2Bcu126-cp312-cp312-linux_x86_64.whl#sha256=ab")
    'torch-2.14.1+cu126-cp312-cp312-linux_x86_64.whl'
    """
    return unquote(re.split(r"[/\\]", re.split(r"[#?]", location, maxsplit=1)[0])[-1])


def header_lines(source: str, header: str) -> Iterator[int]:
    """The line of each ``[[header]]``'s name, from 1: what TOML readers do not tell."""
    pattern = re.compile(rf"\s*\[\[\s*{header}\s*\]\]")
    lines = source.splitlines()
    for number, line in enumerate(lines, start=1):
        if pattern.match(line):
            follows = lines[number] if number < len(lines) else ""
            yield number + 1 if follows.lstrip().startswith("name") else number
