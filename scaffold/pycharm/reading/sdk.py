"""Interpreters as PyCharm knows them: by a name that is global to the IDE.

The name in ``.iml`` and ``misc.xml`` points into the IDE's ``jdk.table.xml``. Where no such entry
exists (it may only be written while the IDE is closed), PyCharm proposes an interpreter from the
name, and only a name of the form ``Python 3.12 (project)`` leads it to the project's environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.projects.folders import FURTHER, MAIN, python_in
from scaffold.results import read_json
from scaffold.system import System

#: PyInterpreterInspection's own pattern (PyCharm 2023.3 to 2025.2).
_NAME = re.compile(r"Python (?P<version>\d\.\d+)\s*(\((?P<project>.+?)\))?")

#: Where an environment is looked for, in this order, as PyCharm itself does.
_FOLDERS = (MAIN, "venv")

#: What stands behind a name that another interpreter has already.
_NUMBER = re.compile(r"(?<=\)) \(\d+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSdk:
    """What PyCharm reads out of an interpreter's name."""

    version: str  # 3.12
    project: str  # "" where any interpreter of that version will do


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentRecord:
    """The facts of our record that matter to whoever starts a program."""

    location: str = ""  # the environment's folder
    status: str = ""  # creating, ready
    adopted: bool = False  # the user made it


def sdk_name(python: str, module: str) -> str:
    """``Python 3.12 (cnn-project)`` for ``3.12.1``; "" where no version is known."""
    minor = ".".join(python.split(".")[:2])
    return f"Python {minor} ({module})" if minor else ""


def parse_sdk_name(name: str) -> NamedSdk | None:
    """Version and project in an interpreter's name; None for a name that tells PyCharm nothing.

    The number at the end, which tells two of one name apart, belongs to neither.

    >>> parse_sdk_name("Python 3.12 (cnn-project)")
    NamedSdk(version='3.12', project='cnn-project')
    >>> parse_sdk_name("Python 3.12 (cnn-project) (2)")
    NamedSdk(version='3.12', project='cnn-project')
    """
    match = _NAME.fullmatch(_NUMBER.sub("", name))
    return NamedSdk(version=match["version"], project=match["project"] or "") if match else None


def find_interpreter(
    root: Path, name: str, module: str, system: System, *, registered: Mapping[str, Path] | None = None
) -> Path | None:
    """The interpreter that a name means in this project, whose own module is called ``module``.

    An IDE's own table (``registered``: name -> interpreter) is asked first; then the further environment
    that the name means; then our record of the project's environment; then the folders in which PyCharm
    looks by itself. None where nothing is.
    """
    by_name = (registered or {}).get(name)
    if by_name is not None and system.exists(by_name):
        return by_name
    folders = (*_further(root, name, module, system), *environments(root, system))
    candidates = [_python_in(folder, system) for folder in folders]
    return next((python for python in candidates if system.exists(python)), None)


def is_own_name(root: Path, name: str, module: str, system: System) -> bool:
    """Whether a name is made as those of the project's environments are, its own or a further one."""
    named = parse_sdk_name(name)
    return named is not None and (named.project == module or bool(_further(root, name, module, system)))


def environments(root: Path, system: System) -> tuple[Path, ...]:
    """The folders that hold, or claim to hold, an environment of the project, best first.

    One that the user made and lent to the project comes first, wherever it lies. Another one that our
    record names outside the project comes last: the project may be a copy, and the record still speak of
    the original.
    """
    record = parse_record(system.read_text(root / ".scaffold" / "environment.json") or "")
    inside = [root / folder for folder in _FOLDERS]
    if record.location:
        place = root / record.location
        first = record.adopted or place.is_relative_to(root)
        inside = [place, *inside] if first else [*inside, place]
    return tuple(dict.fromkeys(place for place in inside if _is_environment(place, system)))


def is_unfinished(root: Path, python: Path, system: System) -> bool:
    """Whether our record says that making the environment of an interpreter was interrupted."""
    location = python.parent.parent
    ending = f"-{location.name}" if location.parent == root / FURTHER else ""
    record = parse_record(system.read_text(root / ".scaffold" / f"environment{ending}.json") or "")
    return record.status == "creating"


def _further(root: Path, name: str, module: str, system: System) -> tuple[Path, ...]:
    """``.envs/keras`` for ``Python 3.12 (cnn-project-keras)``, in the project cnn-project."""
    named = parse_sdk_name(name)
    if named is None:
        return ()
    folders = [one for one in system.list_folder(root / FURTHER) if named.project == f"{module}-{one}"]
    return tuple(root / FURTHER / one for one in folders)


def _is_environment(place: Path, system: System) -> bool:
    return system.exists(place / "pyvenv.cfg") or system.exists(place / "conda-meta")


def parse_record(text: str) -> EnvironmentRecord:
    """What ``.scaffold/environment.json`` says of the environment; empty where it says nothing.

    >>> parse_record('{"status": "ready", "location": "/home/ada/cnn-project/.venv", "python": "3.12.1"}')
    EnvironmentRecord(location='/home/ada/cnn-project/.venv', status='ready', adopted=False)
    """
    try:
        record = read_json(text)
    except ValueError:
        return EnvironmentRecord()
    values = record if isinstance(record, dict) else {}
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    return EnvironmentRecord(
        location=texts.get("location", ""),
        status=texts.get("status", ""),
        adopted=values.get("adopted") is True,
    )


def _python_in(environment: Path, system: System) -> Path:
    conda = system.exists(environment / "conda-meta")
    return python_in(environment, system.platform.os, conda=conda)
