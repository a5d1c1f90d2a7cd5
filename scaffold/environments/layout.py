"""Where things lie in a project's environment, on every operating system."""

from __future__ import annotations

from pathlib import Path

from scaffold.system import OperatingSystem

#: What `scaffold` knows of a project's environment: its state, and the lock of whoever works on it.
STATE_FOLDER = ".scaffold"

#: Lies in an environment from its first byte on until it is whole.
UNFINISHED_MARK = ".scaffold-unfinished"


def python_of(location: Path, os: OperatingSystem) -> Path:
    """The interpreter of the environment at ``location``."""
    return location / "Scripts" / "python.exe" if os == "windows" else location / "bin" / "python"


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


def state_file(root: Path) -> Path:
    """The state of the project's environment, JSON."""
    return root / STATE_FOLDER / "environment.json"


def lock_file(root: Path) -> Path:
    """Held by the process that works on the project's environment."""
    return root / STATE_FOLDER / "environment.lock"


def restore_folder(root: Path) -> Path:
    """Where an environment waits while another one is built in its place.

    One level deeper than PyCharm looks for environments, and on the same disk, so that putting it
    back is a rename.
    """
    return root / STATE_FOLDER / "previous-environment"


def is_environment(location: Path) -> bool:
    """Whether a folder is a virtual environment, whole or not."""
    return (location / "pyvenv.cfg").is_file() or (location / UNFINISHED_MARK).is_file()
