"""What ``pip`` and ``python`` start in this shell, and for which environment."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.interpreters.places import environment_of, is_shim, real_path
from scaffold.probing.interpreter.model import Called
from scaffold.probing.interpreter.outside import FRAMEWORKS, listed
from scaffold.probing.interpreter.place import place_of
from scaffold.probing.interpreter.scripts import named_by
from scaffold.system import System

_NAMES = ("python", "python3", "pip", "pip3")


def called(system: System) -> tuple[Called, ...]:
    """The programs that PATH finds; stand-ins of version managers are left out: they choose by folder."""
    found = []
    for name in _NAMES:
        program = system.which(name)
        if program is None or is_shim(program):
            continue
        python = program if name.startswith("python") else _python_of(system, program)
        prefix = prefix_of(system, python) if python is not None else ""
        found.append(
            Called(
                name=name,
                path=str(program),
                python=str(python) if python else "",
                prefix=prefix,
                frameworks=_frameworks(system, python) if python is not None else (),
            )
        )
    return tuple(found)


def prefix_of(system: System, python: Path) -> str:
    """The environment or installation that an interpreter belongs to, links followed."""
    environment = environment_of(system, python)
    if environment is not None:
        return str(real_path(system, environment))
    real = real_path(system, python)
    above = real.parent.parent if real.parent.name.lower() in ("bin", "scripts") else real.parent
    return "/usr" if str(above) == "/" else str(above)


def _frameworks(system: System, python: Path) -> tuple[str, ...]:
    place = place_of(system, python, environment_of(system, python))
    names = (name for folder in place.site_packages for name, _ in listed(system.list_folder(folder)))
    return tuple(sorted(FRAMEWORKS.intersection(names)))


def placeholder(system: System) -> str:
    """What PATH calls python, where Windows answers it with its Store; "" where a Python is installed."""
    program = system.which("python") if system.platform.os == "windows" else None
    if program is None or program.parent.name.lower() != "windowsapps":
        return ""
    names = system.list_folder(program.parent)
    installed = any(name.startswith(("PythonSoftwareFoundation.", "PythonManager")) for name in names)
    return "" if installed else str(program)


def _python_of(system: System, pip: Path) -> Path | None:
    named = named_by(system, pip)
    if named:
        return Path(named)
    if re.search(rb"env python", system.read_bytes(pip, size=64) or b""):
        return system.which("python3") or system.which("python")
    return None
