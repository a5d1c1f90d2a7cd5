"""``uv.lock``: a graph with markers on its edges, forks, and a source a package."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from scaffold.locks.fields import file_name, header_lines, lists, name_of, table, tables, text, texts
from scaffold.locks.model import Lock, Locked, Need

#: The project's own packages: what is wanted is what these need.
_OWN = ("virtual", "editable")

#: uv installs this group unless the project says otherwise; newer locks repeat what it says.
DEFAULT_GROUPS = ("dev",)


def is_uv_lock(data: dict[str, Any]) -> bool:
    """Whether a TOML document is one: ``version = 1`` and packages, each with a source."""
    return isinstance(data.get("version"), int) and all("source" in one for one in tables(data, "package"))


def read_uv_lock(source: str, data: dict[str, Any]) -> Lock:
    """The lock that a document says; ``source`` is its text, for the lines.

    >>> text = '''version = 1
    ... requires-python = ">=3.11"
    ... [[package]]
    ... name = "torch"
    ... version = "2.15.0"
    ... source = { registry = "https://index.example/simple" }
    ... [[package]]
    ... name = "vision"
    ... source = { virtual = "." }
    ... dependencies = [{ name = "torch", marker = "sys_platform == 'linux'" }]
    ... '''
    >>> from scaffold.toml import loads
    >>> lock = read_uv_lock(text, loads(text))
    >>> lock.packages[0].shown, lock.packages[0].line, lock.roots[0].marker
    ('torch 2.15.0', 4, "sys_platform == 'linux'")
    """
    rows = tables(data, "package")
    lines = chain(header_lines(source, "package"), repeat(0))
    packages = tuple(_package(row, line) for row, line in zip(rows, lines, strict=False))
    own = [row for row in rows if any(kind in table(row, "source") for kind in _OWN)]
    names = {name_of(row) for row in own}
    roots = tuple(need for row in own for need in _wanted_by(row))
    choices = tuple(dict.fromkeys(when for need in roots for when in need.when))
    said = [group for row in own for group in texts(row, "default-groups")]
    defaults = said if any("default-groups" in row for row in own) else DEFAULT_GROUPS
    return Lock(
        format="uv.lock",
        packages=tuple(one for one in packages if one.name not in names),
        roots=roots if own else tuple(Need(name=one.name, version=one.version) for one in packages),
        default=tuple(f"group {name}" for name in defaults if f"group {name}" in choices),
        choices=choices,
        conflicts=tuple(_conflict(one) for one in lists(data, "conflicts")),
        environments=texts(data, "supported-markers"),
        requires_python=text(data, "requires-python"),
    )


def _package(row: dict[str, Any], line: int) -> Locked:
    source = table(row, "source")
    located = [text(wheel, "url") or text(wheel, "path") for wheel in tables(row, "wheels")]
    direct = text(source, "url") or text(source, "path")
    return Locked(
        name=name_of(row),
        version=text(row, "version"),
        marker=" or ".join(f"({one})" for one in texts(row, "resolution-markers")),
        index=text(source, "registry") or direct,
        wheels=tuple(file_name(one) for one in located if one)
        or ((file_name(direct),) if direct.endswith(".whl") else ()),
        buildable="sdist" in row or not located,
        line=line,
        needs=tuple(_needs(row, "dependencies")),
        optional={
            extra: tuple(_needs(table(row, "optional-dependencies"), extra))
            for extra in table(row, "optional-dependencies")
        },
    )


def _wanted_by(own: dict[str, Any]) -> Iterator[Need]:
    """What one of the project's own packages needs, always and for each extra and group."""
    yield from _needs(own, "dependencies")
    for extra in table(own, "optional-dependencies"):
        yield from _needs(table(own, "optional-dependencies"), extra, when=(f"extra {extra}",))
    for group in table(own, "dev-dependencies"):
        yield from _needs(table(own, "dev-dependencies"), group, when=(f"group {group}",))


def _needs(owner: dict[str, Any], key: str, when: tuple[str, ...] = ()) -> Iterator[Need]:
    for row in tables(owner, key):
        yield Need(
            name=name_of(row),
            version=text(row, "version"),
            index=text(table(row, "source"), "registry"),
            marker=text(row, "marker"),
            extras=texts(row, "extra"),
            when=when,
        )


def _conflict(items: list[Any]) -> tuple[str, ...]:
    named = ((kind, text(item, kind)) for item in items for kind in ("extra", "group"))
    return tuple(f"{kind} {name}" for kind, name in named if name)
