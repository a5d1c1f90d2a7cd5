"""Choose the Python that doctor looks at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scaffold.probing.target import Target
from scaffold.system import System

#: Environments that tools make in a project's folder.
_USUAL = (".venv", "venv", "env", ".env")


def aim(system: System, folder: Path, *, python: Path | None = None, own: Path | None = None) -> Target:
    """The target in a folder.

    ``python`` was named by the user: a program, or an environment's folder. ``own`` is the environment of a
    project of ours. Otherwise: an environment in the folder, the one that the shell has activated, what PATH
    calls python.
    """
    if python is not None:
        program = python if python.is_file() else program_of(python)
        return Target(
            folder=folder, python=program or python, prefix=_prefix(program or python), how="--python"
        )
    if own is not None:
        return Target(
            folder=folder, python=program_of(own), prefix=own, how="the project's environment", own=True
        )
    for prefix, how in _places(system, folder):
        program = program_of(prefix)
        if program is not None:
            return Target(folder=folder, python=program, prefix=prefix, how=how)
    for name in ("python", "python3"):
        found = system.which(name)
        if found is not None:
            return Target(folder=folder, python=found, prefix=_prefix(found), how=f"{name} on PATH")
    return Target(folder=folder)


def program_of(prefix: Path) -> Path | None:
    """The interpreter of an environment's folder, also where it leads nowhere; None where none is named."""
    for name in ("bin/python", "Scripts/python.exe", "python.exe", "bin/python3"):
        program = prefix / name
        if os.path.lexists(program):
            return program
    return None


def _places(system: System, folder: Path) -> Iterator[tuple[Path, str]]:
    yield from ((folder / name, f"{name} of the folder") for name in _USUAL)
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        value = system.environment.get(variable)
        if value:
            yield Path(value), variable


def _prefix(program: Path) -> Path:
    """The folder above ``bin`` or ``Scripts``; on Windows also the program's own."""
    parent = program.parent
    return parent.parent if parent.name.lower() in ("bin", "scripts") else parent
