"""Folders where a PyCharm that was unpacked or installed by itself is usually found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.pycharm.installations.model import How
from scaffold.pycharm.installations.places import (
    below_home,
    data_folder,
    folder_of,
    own_place,
    real,
    record_of,
    variable,
)
from scaffold.pycharm.products import COMMANDS, may_be_pycharm
from scaffold.system import System

#: Absolute paths, in quotes or without.
_PATHS = re.compile(r"[\"']((?:/|[A-Za-z]:\\)[^\"'\n]+)[\"']|(?<![\w\"'/.])(/[^\s\"'$]+)")


def candidates(system: System) -> Iterator[tuple[Path, How, str]]:
    """(folder, way, where it was looked for) of every folder by a likely name; PyCharm may not be in it."""
    yield from _ours(system)
    how: How = "bundle" if system.platform.os == "macos" else "standalone"
    for place in _places(system):
        for name in system.list_folder(place):
            if may_be_pycharm(name):
                yield place / name, how, str(place)


def on_path(system: System) -> Iterator[tuple[Path, str]]:
    """(folder, command) of what PATH finds: links are followed, and the Toolbox app's scripts."""
    for command in COMMANDS:
        found = system.which(command)
        if found is None:
            continue
        program = real(system, found)
        for one in (program, *map(folder_of, started_by(system.read_text(program) or ""))):
            for folder in (one, *one.parents[1:4]):  # bin/pycharm, PyCharm.app/Contents/MacOS/pycharm
                yield folder, f"{command} on PATH"


def started_by(script: str) -> tuple[str, ...]:
    r"""The absolute paths of PyCharm's that a script names, as the Toolbox app writes one beside its tools.

    >>> started_by('#!/bin/bash\nif :; then\n  nohup "/home/a da/apps/pycharm/bin/pycharm.sh" "$@" &\nfi\n')
    ('/home/a da/apps/pycharm/bin/pycharm.sh',)
    >>> started_by('@echo off\r\nstart "" "C:\\apps\\PyCharm\\bin\\pycharm64.exe" %*\r\n')
    ('C:\\apps\\PyCharm\\bin\\pycharm64.exe',)
    >>> started_by("\x7fELF /opt/pycharm/bin")
    ()
    """
    if not script.startswith(("#!", "@")):
        return ()
    named = (quoted or bare for quoted, bare in _PATHS.findall(script))
    return tuple(dict.fromkeys(path for path in named if may_be_pycharm(path)))


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
