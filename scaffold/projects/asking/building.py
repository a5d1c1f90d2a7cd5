"""The project itself as something to be installed: its name, and what builds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.projects.asking.files import by_hand
from scaffold.projects.asking.model import Read
from scaffold.projects.asking.setuptools import calls_setup, name_of_setup
from scaffold.projects.asking.tables import strings, table, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """What is known of a project that can be installed."""

    name: str
    requires: tuple[str, ...]
    backend: str
    implied: bool = False  # no file names the backend; it is setuptools


def building(document: Mapping[str, Any], read: Read) -> Building | None:
    """None where the project is none that can be installed, or does not say its name where it can be read.

    ``document`` is ``pyproject.toml``, empty where there is none.
    """
    name = text(table(document, "project").get("name"))
    name = name or text(table(table(document, "tool"), "poetry").get("name")) or name_of_setup(read)
    if not name:
        return None
    if isinstance(document.get("build-system"), Mapping):
        system = table(document, "build-system")
        return Building(
            name=name, requires=strings(system.get("requires")), backend=text(system.get("build-backend"))
        )
    # what PEP 517 has for a project that names no backend; a setup.cfg alone is nothing to an installer
    if calls_setup(read) or (document and name_of_setup(read)):
        return Building(name=name, requires=("setuptools",), backend="setuptools.build_meta", implied=True)
    return None


def unnamed(document: Mapping[str, Any], read: Read) -> str:
    """Why a project with a ``setup.py`` is not installed itself; "" where it is, or has none."""
    if not calls_setup(read) or building(document, read) is not None:
        return ""
    how = by_hand(".", "--editable")
    return f"setup.py names no project that could be read, so that none is installed; {how}"
