"""``environment.yml``: conda's packages, and pip's among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from scaffold.locks.model import Lock, Locked, Need
from scaffold.locks.requirements import Include, read_requirements
from scaffold.sources.redact import redact

if TYPE_CHECKING:
    from yaml import Node

#: The reader is written in Python: an export of a large environment has 30 kB.
LIMIT = 1 << 20

#: ``conda-forge::pytorch=2.7.1=cuda126_py312``, ``python>=3.11``, ``cudatoolkit 11.8``
_SPEC = re.compile(
    r"(?:(?P<channel>[^\s:=<>!~]+(?:::?[^\s:=<>!~]+)*)::)?(?P<name>[A-Za-z0-9_.-]+)"
    r"(?:\s*(?P<specifier>[=<>!~]{1,2}.*)|\s+(?P<spaced>\S.*))?"
)
_EXACT = re.compile(r"={1,2}\s*(?P<version>[0-9][^=\s,|*<>]*)(?:\s*=\s*(?P<build>\S+))?")
_SPACED = re.compile(r"=?(?P<version>[0-9][^=\s,|*<>]*)(?:\s+(?P<build>\S+))?")


def read_conda(source: str, include: Include = lambda _: None) -> Lock | None:
    """The lock that such a file says; None where the text is no YAML with dependencies.

    Nothing is constructed from the YAML: its nodes are looked at, so a document that refers to itself
    a billion times costs what it is long.

    >>> lock = read_conda('''dependencies:
    ...   - python=3.11
    ...   - pytorch-cuda=12.1
    ...   - pip:
    ...       - torch==2.5.1
    ... ''')
    >>> [(one.shown, one.line, one.conda) for one in lock.packages], lock.python
    ([('pytorch-cuda 12.1', 3, True), ('torch 2.5.1', 5, False)], '3.11')
    """
    entries = _dependencies(source)
    if entries is None:
        return None
    packages: list[tuple[Locked, str]] = []
    notes: list[str] = []
    indexes: tuple[str, ...] = ()
    python = ""
    for text, line, by_pip in entries:
        if by_pip:
            inner = read_requirements("\n" * (line - 1) + text, include)
            if inner is None:
                notes.append(f"line {line}: not understood: {redact(text)[:80]}")
                continue
            packages += [(one, need.marker) for one, need in zip(inner.packages, inner.roots, strict=True)]
            indexes += inner.indexes
            notes += inner.notes
        elif (row := _package(text, line)) is None:
            notes.append(f"line {line}: not understood: {redact(text)[:80]}")
        elif row.name == "python":
            python = _minor(row.version)
        else:
            packages.append((row, ""))
    return Lock(
        format="environment.yml",
        packages=tuple(one for one, _ in packages),
        roots=tuple(
            Need(name=one.name, version=one.version, marker=marker, extras=one.extras)
            for one, marker in packages
        ),
        indexes=indexes,
        python=python,
        notes=tuple(notes),
    )


def _dependencies(source: str) -> list[tuple[str, int, bool]] | None:
    """(text, line, whether pip installs it) for each entry; None where there is no such list."""
    import yaml

    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    for key, value in _pairs(root):
        if key == "dependencies" and isinstance(value, yaml.SequenceNode):
            return list(_entries(value.value))
    return None


def _entries(nodes: list[Any]) -> Iterator[tuple[str, int, bool]]:
    import yaml

    for node in nodes:
        if isinstance(node, yaml.ScalarNode):
            yield node.value.strip(), node.start_mark.line + 1, False
        for key, value in _pairs(node):
            if key == "pip" and isinstance(value, yaml.SequenceNode):
                scalars = (one for one in value.value if isinstance(one, yaml.ScalarNode))
                yield from ((one.value.strip(), one.start_mark.line + 1, True) for one in scalars)


def _pairs(node: Node | None) -> Iterator[tuple[str, Node]]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


def _package(text: str, line: int) -> Locked | None:
    found = _SPEC.fullmatch(text)
    if found is None:
        return None
    specifier = found["specifier"] or found["spaced"] or ""
    exact = (_EXACT if found["specifier"] else _SPACED).fullmatch(specifier)
    return Locked(
        name=canonicalize_name(found["name"]),
        version=exact["version"] if exact else "",
        specifier=specifier,
        index=found["channel"] or "",
        conda=True,
        build=(exact["build"] or "") if exact else "",
        line=line,
    )


def _minor(version: str) -> str:
    found = re.match(r"3\.\d+", version)
    return found.group() if found else ""
