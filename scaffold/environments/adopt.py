"""Environments that the user made: what they are, and what is done to them, which is nothing.

An adopted one may lie anywhere. The project's record names it (`scaffold.environments.state`), everything
that reads an environment uses it, and nothing writes to it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.layout import STATE_FOLDER, Place, adopted_location, is_environment
from scaffold.environments.model import Environment
from scaffold.environments.remaking import remake_hint
from scaffold.environments.state import is_ours, is_unfinished, read_state
from scaffold.errors import EnvironmentOccupied, OptionRefused
from scaffold.results import read_json
from scaffold.system import System, without

#: Names that people and tools give an environment in a project's folder.
USUAL = (".venv", "venv", "env", ".env", ".conda", "conda")

#: Seconds; an interpreter starts in a fraction of one, from a cold network disk in some.
TIME_LIMIT = 60.0

_TELL = (
    "import json, platform, sys; "
    "print(json.dumps({'version': platform.python_version(), 'prefix': sys.prefix}))"
)


def candidates(root: Path, system: System) -> tuple[Path, ...]:
    """Environments that a project may mean: in its folder, and what is active in this shell; each once.

    One that scaffold made itself is none of them.
    """
    inside = [root / name for name in USUAL]
    active = [
        Path(value) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if (value := system.environment.get(name))
    ]
    state = read_state(Place(root))
    ours = None if state is None or state.adopted else Place(root).own_location
    found: dict[Path, Path] = {}
    for one in (*inside, *active):
        if one != ours and is_environment(one) and not is_unfinished(one):
            found.setdefault(one.resolve(), one)
    return tuple(found.values())


def look_at(place: Place, path: Path, system: System) -> Environment:
    """The environment at ``path``, which may also be its interpreter, as its files tell it.

    Nothing of it is started: in a folder of strangers its Python may be any program. Raises OptionRefused:
    adopt-no-environment, adopt-ours, adopt-broken where its Python is not there.
    """
    location = _folder_of(path)
    environment = inspect(location, system)
    if environment is None or is_unfinished(location):
        raise OptionRefused(
            f"{path} is no Python environment",
            detail=(_what_it_is(location),),
            hint="name the folder that holds pyvenv.cfg or conda-meta; or make one: "
            f"{remake_hint(place.root)}",
            code="adopt-no-environment",
        )
    own = read_state(place)
    if own is not None and not own.adopted and location == place.own_location:
        raise OptionRefused(
            f"{location} is the environment that scaffold made for this project: there is nothing to adopt",
            hint="see it: scaffold env show",
            code="adopt-ours",
        )
    if is_orphaned(environment, system):
        raise _broken(environment, place, ("it is not there",))
    return environment


def _folder_of(path: Path) -> Path:
    """``/e`` of /e, /e/bin, /e/bin/python and /e/Scripts/python.exe."""
    path = path.expanduser().absolute()
    if path.name.lower().startswith("python") and not path.is_dir():
        path = path.parent
    if path.name in ("bin", "Scripts") and is_environment(path.parent):
        path = path.parent
    # The folder's own links are resolved, not those of the interpreter in it.
    return path.resolve() if is_environment(path) else path


def _what_it_is(location: Path) -> str:
    if not location.exists():
        return "there is nothing of that name"
    if not location.is_dir():
        return "it is a file"
    if is_unfinished(location):
        return "it is empty" if not any(location.iterdir()) else "the making of it was interrupted"
    if any(_is_program(location / name) for name in ("bin/python3", "python3", "python.exe")):
        return "a Python is installed there, for the whole machine and not for one project"
    return "neither pyvenv.cfg nor conda-meta lies in it"


def _is_program(path: Path) -> bool:
    """Not merely a name: /etc/python3 is a folder of settings."""
    return path.is_file() and (os.name == "nt" or os.access(path, os.X_OK))


def started(environment: Environment, place: Place, system: System) -> Environment:
    """With the version that its Python says of itself: it is started once.

    Raises OptionRefused (adopt-broken) where it does not start.
    """
    done = system.run(
        [environment.python, "-I", "-c", _TELL],
        timeout=TIME_LIMIT,
        environment=without(system.environment, "PYTHON", "VIRTUAL_ENV", "CONDA_"),
        cwd=environment.location,
    )
    version = parse_told(done.stdout) if done.ok else ""
    if not version:
        raise _broken(environment, place, [line for line in done.stderr.splitlines() if line.strip()][-3:])
    return replace(environment, version=version)


def _broken(environment: Environment, place: Place, said: Sequence[str]) -> OptionRefused:
    return OptionRefused(
        f"The environment in {environment.location} is broken: its Python does not start",
        detail=(f"interpreter: {environment.python}", *said),
        hint=f"mend it with the tool that made it, or let scaffold make one: {remake_hint(place.root)}",
        code="adopt-broken",
    )


def parse_told(output: str) -> str:
    r"""The version in what an interpreter printed; "" where there is none.

    >>> parse_told('{"version": "3.12.1", "prefix": "/e"}\n'), parse_told("[]"), parse_told("no")
    ('3.12.1', '', '')
    """
    try:
        told = read_json(output)
    except ValueError:
        return ""
    version = told.get("version") if isinstance(told, dict) else None
    return version if isinstance(version, str) else ""


def other_project(place: Place, location: Path) -> Path | None:
    """The project that an environment was made for, or that adopted it, where it lies in another one."""
    for folder in location.parents:
        if folder != place.root and (folder / STATE_FOLDER / "environment.json").is_file():
            return folder
    return None


def refuse_adopted(place: Place, doing: str) -> None:
    """Raise EnvironmentOccupied where the environment is the user's: we are ``doing`` nothing to it.

    For every command that writes into environments or removes them.
    """
    location = adopted_location(place.state_file)
    if location is not None:
        raise _adopted(place, location, doing)


def _adopted(place: Place, location: Path, doing: str) -> EnvironmentOccupied:
    return EnvironmentOccupied(
        f"This project uses an environment that you made, and scaffold does not {doing} it: {location}",
        hint="use the tool that made it; or have one made beside it, and that one forgotten: "
        f"{remake_hint(place.root, '--replace')}",
        code="environment-adopted",
    )


def in_the_way(place: Place) -> EnvironmentOccupied | None:
    """Why nobody may make an environment unasked: one that the user made would go, or be forgotten."""
    adopted = adopted_location(place.state_file)
    if adopted is not None and is_environment(adopted):
        return _adopted(place, adopted, "touch")
    location = place.own_location
    known = is_ours(place) or place.restore_folder.exists()
    if known or not is_environment(location) or is_unfinished(location):
        return None
    return EnvironmentOccupied(
        f"{location} is an environment that scaffold did not make, and was left alone",
        hint="use it as it is: scaffold env adopt\nor have another one made in its place: "
        f"{remake_hint(place.root, '--replace')}",
        code="environment-not-ours",
    )
