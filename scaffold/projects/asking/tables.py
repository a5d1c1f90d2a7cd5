"""``pyproject.toml``: the standard's tables, setuptools' dynamic ones, Poetry's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scaffold.projects.asking.files import of_requirements
from scaffold.projects.asking.model import Asked, Read

NAME = "pyproject.toml"

_VERSION = re.compile(r"\d+(?:\.\d+)*")


def of_project(document: Mapping[str, Any], read: Read) -> Asked:
    """``[project]``, and what setuptools reads from a file for it."""
    project = table(document, "project")
    python = text(project.get("requires-python"))
    lines = strings(project.get("dependencies"))
    if lines or "dependencies" not in strings(project.get("dynamic")):
        return Asked(lines=lines, place=NAME, python=python)
    dynamic = table(table(table(table(document, "tool"), "setuptools"), "dynamic"), "dependencies")
    files = dynamic.get("file")
    names = (files,) if isinstance(files, str) else strings(files)
    found = [one for name in names if (one := of_requirements(read, (name,))).place]
    return Asked(
        lines=tuple(dict.fromkeys(line for one in found for line in one.lines)),
        place=", ".join(one.place for one in found),
        python=python,
        notes=tuple(note for one in found for note in one.notes),
    )


def of_poetry(document: Mapping[str, Any]) -> Asked:
    """``[tool.poetry.dependencies]``: plain versions, extras and markers; the rest is told."""
    rows = table(table(table(document, "tool"), "poetry"), "dependencies")
    lines: list[str] = []
    notes: list[str] = []
    for name, value in rows.items():
        line = None if name == "python" else poetry_line(name, value)
        if line is not None:
            lines.append(line)
        elif name != "python" and not _is_optional(value):
            notes.append(f"{NAME}: {name} of a file, folder or repository is not taken over")
    python = rows.get("python")
    return Asked(
        lines=tuple(lines),
        place=f"{NAME}, [tool.poetry]" if rows else "",
        python=specifier(python) or "" if isinstance(python, str) else "",
        notes=tuple(notes),
    )


def poetry_line(name: str, value: object) -> str | None:
    """A row of Poetry's as PEP 508; None for what has no such form, and for what an extra alone brings.

    >>> poetry_line("torch", "^2.4"), poetry_line("x", {"version": "~1.2", "extras": ["a"], "markers": "m"})
    ('torch>=2.4,<3', 'x[a]>=1.2,<1.3; m')
    """
    row = value if isinstance(value, dict) else {"version": value}
    said = row.get("version")
    version = specifier(said) if isinstance(said, str) else None
    if version is None or _is_optional(row):
        return None
    extras = ",".join(strings(row.get("extras")))
    marker = text(row.get("markers"))
    return f"{name}{f'[{extras}]' if extras else ''}{version}" + (f"; {marker}" if marker else "")


def specifier(wanted: str) -> str | None:
    """Poetry's way of writing versions in the standard's; None for what has no such form.

    >>> [specifier(one) for one in ("^0.3.1", "~1", "*", "1.2", ">=2,<3", "^1 || ^2")]
    ['>=0.3.1,<0.4', '>=1,<2', '', '==1.2', '>=2,<3', None]
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    parts = [_part(one.strip()) for one in wanted.split(",")]
    joined = ",".join(filter(None, parts))
    try:
        SpecifierSet(joined)
    except InvalidSpecifier:
        return None
    return joined


def _part(wanted: str) -> str:
    if wanted in {"", "*"}:
        return ""
    found = _VERSION.match(wanted[1:])
    if wanted[0] in "^~" and not wanted.startswith("~=") and found and found[0] == wanted[1:]:
        numbers = [int(one) for one in found[0].split(".")]
        return f">={found[0]},<{_next(numbers, caret=wanted[0] == '^')}"
    return f"=={wanted}" if wanted[0].isdigit() else wanted


def _next(numbers: list[int], *, caret: bool) -> str:
    """The first version that is out: ``^`` keeps the leftmost number that is not 0, ``~`` the minor."""
    last = len(numbers) - 1
    kept = next((i for i, one in enumerate(numbers) if one), last) if caret else min(1, last)
    return ".".join(str(one) for one in (*numbers[:kept], numbers[kept] + 1))


def _is_optional(value: object) -> bool:
    return isinstance(value, dict) and bool(value.get("optional"))


def table(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table of a table; empty where it is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def strings(values: object) -> tuple[str, ...]:
    """The texts of a list; a group of requirements may also include other groups, which are tables."""
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()


def text(value: object) -> str:
    """A text; "" where it is none."""
    return value if isinstance(value, str) else ""
