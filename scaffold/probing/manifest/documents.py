"""Read ``pyproject.toml`` and files of requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from scaffold.locks.markers import applies
from scaffold.probing.manifest.model import IndexOf, ManifestFacts, Named
from scaffold.toml import TOMLDecodeError, loads

#: What is kept of a project's requirements.
FRAMEWORKS = frozenset((
    "torch", "torchvision", "torchaudio", "tensorflow", "tensorflow-cpu", "tensorflow-gpu", "jax", "keras",
))  # fmt: skip

_LINES = 20_000  # of a file; nobody asks for more


def read_pyproject(text: str, facts: Mapping[str, str]) -> ManifestFacts:
    r"""Requirements and indexes of ``pyproject.toml``; ``facts`` are those of markers. Never raises.

    >>> source = 'torch = { index = "cu128", marker = "sys_platform == \'linux\'" }'
    >>> text = f'[project]\ndependencies = ["torch>=2.7"]\n[tool.uv.sources]\n{source}\n'
    >>> found = read_pyproject(text, {"sys_platform": "win32", "os_name": "nt"})
    >>> found.named[0].specifier, found.index_of[0].holds
    ('>=2.7', False)
    """
    try:
        document = loads(text)
    except TOMLDecodeError:
        return ManifestFacts()
    project, tool = _table(document, "project"), _table(document, "tool")
    uv, poetry = _table(tool, "uv"), _table(tool, "poetry")
    places = {str(row.get("name")): str(row.get("url", "")) for row in _tables(uv.get("index"))}
    sources = {str(row.get("name")): str(row.get("url", "")) for row in _tables(poetry.get("source"))}
    return ManifestFacts(
        requires_python=_text(project.get("requires-python")),
        named=(*_declared(document, project, facts), *_of_poetry(poetry)),
        index_of=(*_uv_sources(uv, places, facts), *_poetry_sources(poetry, sources)),
        indexes=tuple(str(row.get("url", "")) for row in _tables(uv.get("index")) if not row.get("explicit")),
    )


def _declared(
    document: Mapping[str, Any], project: Mapping[str, Any], facts: Mapping[str, str]
) -> Iterator[Named]:
    lists = [("[project]", project.get("dependencies"))]
    lists += [(f"extra {name}", one) for name, one in _table(project, "optional-dependencies").items()]
    lists += [(f"group {name}", one) for name, one in _table(document, "dependency-groups").items()]
    for place, lines in lists:
        for line in lines[:_LINES] if isinstance(lines, list) else ():
            named = read_requirement(line, facts) if isinstance(line, str) else None
            if named is not None:
                yield Named(
                    package=named.package,
                    version=named.version,
                    specifier=named.specifier,
                    place=f"pyproject.toml, {place}",
                )


def read_requirement(line: str, facts: Mapping[str, str]) -> Named | None:
    """A framework that a line of PEP 508 asks for here; None for other lines."""
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return None
    name = canonicalize_name(requirement.name)
    if name not in FRAMEWORKS or (requirement.marker and not applies(str(requirement.marker), facts)):
        return None
    exact = re.fullmatch(r"==\s*([^*,\s]+)", str(requirement.specifier))
    return Named(
        package=name, version=exact[1] if exact else "", specifier=str(requirement.specifier), place=line
    )


def _of_poetry(poetry: Mapping[str, Any]) -> Iterator[Named]:
    for name, value in _table(poetry, "dependencies").items():
        if canonicalize_name(name) in FRAMEWORKS:
            wanted = _text(value.get("version") if isinstance(value, dict) else value)
            yield Named(
                package=canonicalize_name(name),
                specifier=wanted.replace("^", ">="),
                place="pyproject.toml, [tool.poetry]",
            )


def _uv_sources(
    uv: Mapping[str, Any], places: Mapping[str, str], facts: Mapping[str, str]
) -> Iterator[IndexOf]:
    for name, value in _table(uv, "sources").items():
        if canonicalize_name(name) not in FRAMEWORKS:
            continue
        for row in _tables(value if isinstance(value, list) else [value]):
            marker, index = _text(row.get("marker")), _text(row.get("index"))
            if index:
                yield IndexOf(
                    package=canonicalize_name(name),
                    url=places.get(index) or index,
                    marker=marker,
                    holds=applies(marker, facts) if marker else True,
                    place="pyproject.toml, [tool.uv.sources]",
                )


def _poetry_sources(poetry: Mapping[str, Any], sources: Mapping[str, str]) -> Iterator[IndexOf]:
    for name, value in _table(poetry, "dependencies").items():
        source = _text(value.get("source")) if isinstance(value, dict) else ""
        if source and canonicalize_name(name) in FRAMEWORKS:
            yield IndexOf(
                package=canonicalize_name(name),
                url=sources.get(source) or source,
                holds=True,
                place="pyproject.toml, [tool.poetry]",
            )


def _table(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
