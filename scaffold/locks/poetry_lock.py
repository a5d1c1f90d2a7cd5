"""``poetry.lock``: a list of packages with groups, markers and sources."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from packaging.utils import canonicalize_name

from scaffold.locks.fields import file_name, header_lines, name_of, table, tables, text, texts
from scaffold.locks.model import Lock, Locked, Need


def is_poetry_lock(data: dict[str, Any]) -> bool:
    """Whether a TOML document is one: PDM's has ``lock_version`` there."""
    return "lock-version" in table(data, "metadata") or "python-versions" in table(data, "metadata")


def read_poetry_lock(source: str, data: dict[str, Any]) -> Lock:
    """The lock that a document says; ``source`` is its text, for the lines.

    Every group counts as installed: which of them are optional stands in the project, not here.

    >>> text = '''[[package]]
    ... name = "torch"
    ... version = "2.13.0+cpu"
    ... optional = false
    ... groups = ["main"]
    ... files = [{file = "torch-2.13.0+cpu-cp312-cp312-win_amd64.whl", hash = "sha256:00"}]
    ... [package.source]
    ... type = "legacy"
    ... url = "https://download.pytorch.org/whl/cpu"
    ... [metadata]
    ... lock-version = "2.1"
    ... python-versions = ">=3.11"
    ... '''
    >>> from scaffold.toml import loads
    >>> lock = read_poetry_lock(text, loads(text))
    >>> lock.packages[0].shown, lock.packages[0].index, lock.requires_python
    ('torch 2.13.0+cpu', 'https://download.pytorch.org/whl/cpu', '>=3.11')
    """
    rows = tables(data, "package")
    lines = chain(header_lines(source, "package"), repeat(0))
    packages = tuple(_package(row, line) for row, line in zip(rows, lines, strict=False))
    extras = _members(table(data, "extras"))
    return Lock(
        format="poetry.lock",
        packages=packages,
        roots=tuple(
            need
            for one, row in zip(packages, rows, strict=True)
            for need in _wanted(one, row, extras.get(one.name, ()))
        ),
        choices=tuple(f"extra {name}" for name in table(data, "extras")),
        requires_python=text(table(data, "metadata"), "python-versions"),
    )


def _package(row: dict[str, Any], line: int) -> Locked:
    names = [text(one, "file") for one in tables(row, "files")]
    source = table(row, "source")
    wheels = tuple(file_name(one) for one in names if one.endswith(".whl"))
    return Locked(
        name=name_of(row),
        version=text(row, "version"),
        index=text(source, "url"),
        wheels=wheels,
        buildable=len(wheels) < len(names) or not wheels,
        line=line,
    )


def _wanted(one: Locked, row: dict[str, Any], extras: tuple[str, ...]) -> Iterator[Need]:
    """One need a group: its marker may differ by group."""
    optional = row.get("optional") is True
    markers = row.get("markers")
    conditions = (
        [markers]
        if isinstance(markers, str)
        else list(markers.values())
        if isinstance(markers, dict)
        else [""]
    )
    for marker in conditions:
        yield Need(
            name=one.name,
            version=one.version,
            index=one.index,
            marker=marker if isinstance(marker, str) else "",
            when=extras or ("extra",) if optional and "extra" not in str(marker) else (),
        )


def _members(extras: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Package -> the extras that name it: ``torch (>=2)`` stands for torch."""
    found: dict[str, tuple[str, ...]] = {}
    for extra in extras:
        for entry in texts(extras, extra):
            name = str(canonicalize_name(entry.split("(")[0].split("[")[0].strip()))
            found[name] = (*found.get(name, ()), f"extra {extra}")
    return found
