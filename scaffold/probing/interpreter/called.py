"""What ``pip`` and ``python`` start in this shell, and for which environment."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.interpreters.places import environment_of, is_shim, real_path
from scaffold.probing.interpreter.model import Called
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
            Called(name=name, path=str(program), python=str(python) if python else "", prefix=prefix)
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


def _python_of(system: System, pip: Path) -> Path | None:
    named = named_by(system, pip)
    if named:
        return Path(named)
    if re.search(rb"env python", system.read_bytes(pip, size=64) or b""):
        return system.which("python3") or system.which("python")
    return None
