"""``environment.yml``: conda's packages, and pip's among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from packaging.utils import canonicalize_name

from scaffold.locks.model import Lock, Locked, Need
from scaffold.locks.requirements import Include, read_entries
from scaffold.locks.yaml_nodes import check

if TYPE_CHECKING:
    from yaml import Node

#: What installs an entry; "": it was not understood.
By: TypeAlias = Literal["conda", "pip", ""]

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

    Nothing is constructed from the YAML: its nodes are looked at. Raises ValueError, with a sentence, for
    a document that unfolds without end or asks for Python objects.

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
    rows = [(_package(text, line), line) for text, line, by in entries if by == "conda"]
    own = [row for row, _ in rows if row is not None]
    python = next((row for row in own if row.name == "python"), None)
    packages = tuple(row for row in own if row.name != "python")
    inner = read_entries(((text, line) for text, line, by in entries if by == "pip"), include)
    lost = [line for row, line in rows if row is None] + [line for _, line, by in entries if not by]
    return Lock(
        format="environment.yml",
        packages=(*packages, *inner.packages),
        roots=(*(Need(name=one.name, version=one.version) for one in packages), *inner.roots),
        indexes=inner.indexes,
        python=_minor(python.version) if python else "",
        requires_python=_allowed(python) if python else "",
        notes=(*(f"line {line}: not understood" for line in lost), *inner.notes),
    )


def _dependencies(source: str) -> list[tuple[str, int, By]] | None:
    """(text, line, what installs it) for each entry; None where there is no such list."""
    import yaml

    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    check(root)
    for key, value in _pairs(root):
        if key == "dependencies" and isinstance(value, yaml.SequenceNode):
            return list(_entries(value.value))
    return None


def _entries(nodes: list[Any]) -> Iterator[tuple[str, int, By]]:
    import yaml

    for node in nodes:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            yield node.value.strip(), line, "conda"
        elif not isinstance(node, yaml.MappingNode):
            yield "", line, ""
        for key, value in _pairs(node):
            by: By = "pip" if key == "pip" and isinstance(value, yaml.SequenceNode) else ""
            listed = value.value if by else [value]
            for one in listed:
                scalar = isinstance(one, yaml.ScalarNode) and by
                yield one.value.strip() if scalar else "", one.start_mark.line + 1, by if scalar else ""


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


def _allowed(python: Locked) -> str:
    """What a conda spec leaves open, in Python's words: ``=3.11.*`` is ``==3.11.*``."""
    return "" if python.version else re.sub(r"^=(?!=)", "==", python.specifier)


def _minor(version: str) -> str:
    found = re.match(r"3\.\d+", version)
    return found.group() if found else ""
