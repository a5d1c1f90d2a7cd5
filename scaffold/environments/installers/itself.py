"""The project itself as something to be installed: its name, its build backend, what that needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scaffold.toml import TOMLDecodeError, loads

#: Backends that ask for more, when they are started, than ``build-system.requires`` names (hatchling for
#: editables, mesonpy for ninja); installers ask them only for an isolated build.
_ASKING = ("hatchling", "pdm.", "mesonpy", "scikit_build_core", "maturin")


def build_requirements(root: Path) -> tuple[str, ...] | None:
    """What the project's build backend needs; None where the project is none that can be installed."""
    table = _installable(root)
    return None if table is None else tuple(str(one) for one in table["build-system"].get("requires", ()))


def project_distribution(root: Path) -> str | None:
    """The name under which the project itself is installed; None where it is none that can be."""
    table = _installable(root)
    name = None if table is None else _named(table).get("name")
    return None if name is None else str(name)


def _installable(root: Path) -> Mapping[str, Any] | None:
    try:
        table: Mapping[str, Any] = loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, TOMLDecodeError, UnicodeDecodeError):
        return None
    return table if isinstance(table.get("build-system"), Mapping) and _named(table) else None


def _named(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """What names the project: the standard's table, or Poetry's own, which is older."""
    tool = table.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, Mapping) else None
    found = table.get("project") or poetry
    return found if isinstance(found, Mapping) else {}


def needs_no_more(root: Path) -> bool:
    """Whether the project's build backend is content with what it names, so that no isolation is needed."""
    table = _installable(root)
    backend = "" if table is None else str(table["build-system"].get("build-backend", ""))
    return not backend.startswith(_ASKING)


def satisfied(requires: Sequence[str], here: Mapping[str, str]) -> bool:
    """Whether the environment holds what a build needs, so that nothing must be fetched for it.

    >>> satisfied(("flit_core>=3.11,<4",), {"flit-core": "3.12.0"})
    True
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        parsed = [Requirement(one) for one in requires]
    except InvalidRequirement:
        return False
    versions = [(one, here.get(canonicalize_name(one.name))) for one in parsed]
    return all(version is not None and one.specifier.contains(version) for one, version in versions)
