"""The project itself as something to be installed: its name, its build backend, what that needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.projects.asking.building import Building, building
from scaffold.projects.discovery.contents import read_in
from scaffold.toml import TOMLDecodeError, loads

#: Backends that ask for more, when they are started, than ``build-system.requires`` names (hatchling for
#: editables, mesonpy for ninja); installers ask them only for an isolated build.
_ASKING = ("hatchling", "pdm.", "mesonpy", "scikit_build_core", "maturin")


def build_requirements(root: Path) -> tuple[str, ...] | None:
    """What the project's build backend needs; None where the project is none that can be installed."""
    found = _installable(root)
    return None if found is None else found.requires


def project_distribution(root: Path) -> str | None:
    """The name under which the project itself is installed; None where it is none that can be."""
    found = _installable(root)
    return None if found is None else found.name


def needs_no_more(root: Path) -> bool:
    """Whether the project's build backend is content with what it names, so that no isolation is needed."""
    found = _installable(root)
    return found is None or not found.backend.startswith(_ASKING)


def _installable(root: Path) -> Building | None:
    read = read_in(root)
    try:
        document = loads(read("pyproject.toml") or "")
    except TOMLDecodeError:  # told by whoever reads the requirements
        return None
    return building(document, read)


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
