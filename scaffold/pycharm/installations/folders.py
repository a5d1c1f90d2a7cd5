"""Folders where a PyCharm that was unpacked or installed by itself is usually found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scaffold.pycharm.installations.model import How
from scaffold.pycharm.installations.places import (
    below_home,
    data_folder,
    own_place,
    real,
    record_of,
    variable,
)
from scaffold.pycharm.products import COMMANDS, may_be_pycharm
from scaffold.system import System


def candidates(system: System) -> Iterator[tuple[Path, How, str]]:
    """(folder, way, where it was looked for) of every folder by a likely name; PyCharm may not be in it."""
    yield from _ours(system)
    how: How = "bundle" if system.platform.os == "macos" else "standalone"
    for place in _places(system):
        for name in system.list_folder(place):
            if may_be_pycharm(name):
                yield place / name, how, str(place)


def on_path(system: System) -> Iterator[tuple[Path, str]]:
    """(folder, command) of what PATH finds, links followed. A script beside it tells no folder."""
    for command in COMMANDS:
        found = system.which(command)
        if found is None:
            continue
        program = real(system, found)
        for folder in program.parents[1:4]:  # bin/pycharm, PyCharm.app/Contents/MacOS/pycharm
            yield folder, f"{command} on PATH"


def _ours(system: System) -> Iterator[tuple[Path, How, str]]:
    place = own_place(system)
    for name in system.list_folder(place) if place is not None else ():
        if place is not None and system.exists(record_of(place / name)):
            yield place / name, "ours", f"scaffold ide install put it into {place}"


def _places(system: System) -> tuple[Path, ...]:
    """Folders that hold one folder (or .app) a program."""
    if system.platform.os == "macos":
        return _known(Path("/Applications"), below_home(system, "Applications"))
    data = data_folder(system)
    if system.platform.os == "windows":
        programs = [variable(system, name) for name in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)")]
        deeper = [one / "JetBrains" for one in programs if one is not None]
        mine = [data / "Programs", data / "JetBrains"] if data else []
        return _known(*deeper, *mine, *(one / "JetBrains" for one in mine[:1]))
    home = [
        below_home(system, *parts) for parts in ((), ("opt",), (".local", "opt"), ("apps",), ("Downloads",))
    ]
    shared = [data, data / "JetBrains", data / "JetBrains" / "Toolbox" / "apps"] if data else []
    system_wide = [
        Path(one) for one in ("/opt", "/opt/JetBrains", "/usr/local", "/usr/local/share", "/usr/share")
    ]
    return _known(*system_wide, *shared, *home)


def _known(*places: Path | None) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(place for place in places if place is not None))
