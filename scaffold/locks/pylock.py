"""``pylock.toml`` (PEP 751): a list of packages, each with the markers of where it is installed."""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

from scaffold.locks.fields import file_name, header_lines, name_of, table, tables, text, texts
from scaffold.locks.model import Lock, Locked, Need


def is_pylock(data: dict[str, Any]) -> bool:
    """Whether a TOML document is one."""
    return isinstance(data.get("lock-version"), str) and "packages" in data


def read_pylock(source: str, data: dict[str, Any]) -> Lock:
    """The lock that a document says; ``source`` is its text, for the lines.

    >>> text = '''lock-version = "1.0"
    ... [[packages]]
    ... name = "torch"
    ... version = "2.14.1+cu126"
    ... marker = "sys_platform == 'linux'"
    ... index = "https://download.pytorch.org/whl/cu126"
    ... '''
    >>> from scaffold.toml import loads
    >>> read_pylock(text, loads(text)).packages[0].index
    'https://download.pytorch.org/whl/cu126'
    """
    rows = tables(data, "packages")
    lines = chain(header_lines(source, "packages"), repeat(0))
    packages = tuple(_package(row, line) for row, line in zip(rows, lines, strict=False))
    return Lock(
        format="pylock.toml",
        packages=packages,
        roots=tuple(
            Need(name=one.name, version=one.version, index=one.index, marker=text(row, "marker"))
            for one, row in zip(packages, rows, strict=True)
        ),
        default=tuple(f"group {name}" for name in texts(data, "default-groups")),
        choices=(
            *(f"extra {name}" for name in texts(data, "extras")),
            *(f"group {name}" for name in texts(data, "dependency-groups")),
        ),
        environments=texts(data, "environments"),
        requires_python=text(data, "requires-python"),
    )


def _package(row: dict[str, Any], line: int) -> Locked:
    wheels = [_file(wheel) for wheel in tables(row, "wheels")]
    direct = next((where for kind in ("archive", "vcs") if (where := _location(table(row, kind)))), "")
    return Locked(
        name=name_of(row),
        version=text(row, "version"),
        index=text(row, "index") or direct,
        wheels=tuple(one for one in wheels if one)
        or ((file_name(direct),) if direct.endswith(".whl") else ()),
        buildable="sdist" in row or not wheels,
        line=line,
    )


def _file(wheel: dict[str, Any]) -> str:
    return text(wheel, "name") or file_name(_location(wheel))


def _location(owner: dict[str, Any]) -> str:
    return text(owner, "url") or text(owner, "path")
