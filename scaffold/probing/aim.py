"""Choose the Python that doctor looks at. Nothing is started, and nothing has to be whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.interpreters.managers import conda_roots
from scaffold.interpreters.places import is_shim
from scaffold.probing.target import Target
from scaffold.system import System

#: Environments that tools make in a project's folder.
_USUAL = (".venv", "venv", "env", ".env", ".conda")

#: Where an environment's program lies, this system's first.
_PROGRAMS = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")


def aim(system: System, folder: Path, *, python: Path | None = None, own: Path | None = None) -> Target:
    """The target in a folder.

    ``python`` was named by the user: a program, an environment's folder, a command on PATH, or the name of
    an environment of conda's. ``own`` is the environment of a project of ours. Otherwise: an environment in
    the folder, the one that the shell has activated, what PATH calls python.
    """
    if python is not None:
        return _named(system, folder, python)
    if own is not None:
        program = program_of(system, own)
        return Target(folder=folder, python=program, prefix=own, how="the project's environment", own=True)
    for prefix, how in _places(system, folder):
        if _is_environment(system, prefix):
            program = program_of(system, prefix) or expected(system, prefix)
            return Target(folder=folder, python=program, prefix=prefix, how=how)
    for name in ("python", "python3"):
        found = system.which(name)
        if found is not None:
            real = _behind(system, found, folder)
            return Target(folder=folder, python=real, prefix=prefix_of(real), how=f"{name} on PATH")
    return Target(folder=folder)


def known(system: System, python: Path) -> Path | None:
    """What ``--python`` names, a whole path; None where it names nothing.

    A link that leads nowhere is something: it is to be judged.
    """
    if _is_there(system, python):
        return python.absolute()
    return (system.which(str(python)) or _of_conda(system, python.name)) if len(python.parts) == 1 else None


def _named(system: System, folder: Path, python: Path) -> Target:
    """What the user means with ``--python``; a path that leads nowhere is what is to be judged."""
    if _is_environment(system, python):
        program = program_of(system, python) or expected(system, python)
        return Target(folder=folder, python=program, prefix=python, how="--python")
    program = _behind(system, python, folder)
    return Target(folder=folder, python=program, prefix=prefix_of(program), how="--python")


def program_of(system: System, prefix: Path) -> Path | None:
    """The interpreter of an environment's folder, also where it leads nowhere; None where none is named."""
    names = _PROGRAMS if system.platform.os != "windows" else (*_PROGRAMS[2:], *_PROGRAMS[:2])
    return next((prefix / name for name in names if _is_there(system, prefix / name)), None)


def expected(system: System, prefix: Path) -> Path:
    """Where an environment's interpreter should lie."""
    return prefix / ("Scripts/python.exe" if system.platform.os == "windows" else "bin/python")


def _is_there(system: System, path: Path) -> bool:
    return system.exists(path) or system.resolve_link(path) is not None


def _is_environment(system: System, prefix: Path) -> bool:
    """A folder with an interpreter, or with what is left of an environment."""
    marks = ("pyvenv.cfg", "conda-meta")
    return program_of(system, prefix) is not None or any(system.exists(prefix / one) for one in marks)


def _places(system: System, folder: Path) -> Iterator[tuple[Path, str]]:
    variable = system.environment.get("UV_PROJECT_ENVIRONMENT")
    if variable:
        yield folder / variable, "UV_PROJECT_ENVIRONMENT"
    yield from ((folder / name, f"{name} of the folder") for name in _USUAL)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        value = system.environment.get(name)
        if value:
            yield Path(value), name


def _of_conda(system: System, name: str) -> Path | None:
    """The folder of an environment that conda knows by its name."""
    roots = (root / "envs" / name for root in conda_roots(system))
    return next((one for one in roots if system.exists(one / "conda-meta")), None)


def _behind(system: System, program: Path, folder: Path) -> Path:
    """The interpreter behind one of pyenv's stand-ins, as pyenv would choose it; else the program itself."""
    if not is_shim(program):
        return program
    root = program.parent.parent
    versions = system.list_folder(root / "versions")
    for named in next(filter(None, _chosen(system, root, folder)), ()):
        fitting = [one for one in versions if one == named or one.startswith(f"{named}.")]
        for version in sorted(fitting, key=_number, reverse=True):
            found = root / "versions" / version / "bin" / program.name
            if system.exists(found):
                return found
    return program


def _chosen(system: System, root: Path, folder: Path) -> Iterator[list[str]]:
    """The versions that each place asks for, the nearest place first; pyenv takes the first that speaks."""
    yield [one for one in system.environment.get("PYENV_VERSION", "").split(":") if one]
    for place in (*(one / ".python-version" for one in (folder, *folder.parents)), root / "version"):
        yield (system.read_text(place) or "").split()


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version))


def prefix_of(program: Path) -> Path:
    """The folder above ``bin`` or ``Scripts``; on Windows also the program's own."""
    parent = program.parent
    return parent.parent if parent.name.lower() in ("bin", "scripts") else parent
