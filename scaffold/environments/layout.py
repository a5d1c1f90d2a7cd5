"""Where things lie in a project's environment, on every operating system."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from scaffold.files import read_regular
from scaffold.links import OURS
from scaffold.projects.folders import FURTHER, MAIN, python_in
from scaffold.system import OperatingSystem

#: What `scaffold` knows of a project's environments: their state, and the lock of whoever works on them.
STATE_FOLDER = OURS

#: Lies in an environment from its first byte on until it is whole.
UNFINISHED_MARK = ".scaffold-unfinished"

#: Lies in every environment that scaffold makes: one without it is the user's, whatever our records say.
MADE_MARK = ".scaffold-made"


def python_of(location: Path, os: OperatingSystem) -> Path:
    """The interpreter of the environment at ``location``."""
    return python_in(location, os, conda=is_conda(location))


def site_packages_of(location: Path) -> Path | None:
    """The folder that installed distributions lie in; None where there is none."""
    candidates = sorted(location.glob("lib/python3*/site-packages"))
    windows = location / "Lib" / "site-packages"
    if candidates:
        return candidates[0]
    return windows if windows.is_dir() else None


def pip_configuration_of(location: Path, os: OperatingSystem) -> Path:
    """The configuration that pip reads in this one environment, which beats the user's and the machine's."""
    return location / ("pip.ini" if os == "windows" else "pip.conf")


@dataclass(frozen=True, slots=True)
class Place:
    """One environment of a project: where it lies, and where what is known of it lies.

    ``name`` is "" for the project's own environment (``.venv``); ``keras`` lies in ``.envs/keras``.
    """

    root: Path
    name: str = ""

    @property
    def location(self) -> Path:
        """The environment's folder: below the project, or where one lies that the user made (adopted)."""
        return adopted_location(self.state_file) or self.own_location

    @property
    def own_location(self) -> Path:
        """The folder of an environment that is made for the project."""
        return self.root / FURTHER / self.name if self.name else self.root / MAIN

    @property
    def state_file(self) -> Path:
        """Its state, JSON."""
        return self.root / STATE_FOLDER / f"environment{self._ending}.json"

    @property
    def restore_folder(self) -> Path:
        """Where an environment waits while another one is built in its place.

        One level deeper than PyCharm looks for environments, and on the same disk, so that putting it
        back is a rename.
        """
        return self.root / STATE_FOLDER / f"previous-environment{self._ending}"

    @property
    def _ending(self) -> str:
        return f"-{self.name}" if self.name else ""


def adopted_location(state_file: Path) -> Path | None:
    """Where the environment lies that the user made and lent to the project; None where there is none."""
    try:
        state = json.loads(read_regular(state_file))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(state, dict) or state.get("adopted") is not True:
        return None
    location = state.get("location")
    return Path(location) if isinstance(location, str) and location else None


def places(root: Path) -> tuple[Place, ...]:
    """Every environment that a project has, or had begun: its own one first."""
    names = {path.name for path in (root / FURTHER).glob("*") if path.is_dir()}
    names |= {path.stem.partition("-")[2] for path in (root / STATE_FOLDER).glob("environment-*.json")}
    return (Place(root), *(Place(root, name) for name in sorted(names)))


def lock_file(root: Path) -> Path:
    """Held by the process that works on the project's environments."""
    return root / STATE_FOLDER / "environment.lock"


def is_environment(location: Path) -> bool:
    """Whether a folder is an environment, of virtualenv's kind or of conda's, whole or not."""
    marks = (location / "pyvenv.cfg", location / UNFINISHED_MARK)
    return is_conda(location) or any(mark.is_file() for mark in marks)


def is_conda(location: Path) -> bool:
    """Whether conda made the environment at ``location``."""
    return (location / "conda-meta").is_dir()
