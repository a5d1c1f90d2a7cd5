"""Whether a PyCharm is open: it keeps its settings in memory, and writes them over ours when it ends.

Evidence, in words: processes, and the lock that an IDE holds on its folder of settings. From 2023.1 on
every IDE writes ``.lock`` there with its process's number before it does anything else, and deletes it
when it ends; a lock whose process is gone, or is no IDE, is stale, and the IDE itself passes over it, too.
Source: intellij-community's DirectoryLock and SpecialConfigFiles (read 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.pycharm.ide_processes import (
    RunningIde,
    base_name,
    is_installed_ide,
    program_of,
    running_ides,
)
from scaffold.pycharm.products import LAUNCHERS, may_be_pycharm

if TYPE_CHECKING:
    from scaffold.pycharm.configs import ConfigFolder
    from scaffold.system import System

__all__ = ["IdeState", "RunningIde", "is_running", "look", "running_ides"]

#: In the IDE's own terminal its settings are never written, whatever else can be seen.
_IDE_TERMINAL = "JetBrains-JediTerm"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeState:
    """Whether the PyCharm of a folder of settings is open, and what speaks for it."""

    is_open: bool
    why: str


def is_running(folder: ConfigFolder, system: System, *, running: tuple[RunningIde, ...] | None = None) -> str:
    """Why the PyCharm of a folder of settings must be taken for open, in words; "" where it is closed."""
    state = look(folder, system, running=running)
    return state.why if state.is_open else ""


def look(folder: ConfigFolder, system: System, *, running: tuple[RunningIde, ...] | None = None) -> IdeState:
    """Whether the PyCharm of a folder of settings is open. Where nothing speaks for it, it is closed."""
    if system.environment.get("TERMINAL_EMULATOR") == _IDE_TERMINAL:
        return IdeState(
            is_open=True, why=f"this terminal is an IDE's own (TERMINAL_EMULATOR={_IDE_TERMINAL})"
        )
    processes = running_ides(system) if running is None else running
    for ide in processes:
        if ide.config == folder.path or (ide.config is None and _same(ide, folder)):
            return IdeState(is_open=True, why=f"{ide.words} is open")
    silent = next((ide for ide in processes if not ide.selector and ide.config is None), None)
    text = system.read_text(folder.path / ".lock")
    if text is not None:
        return _locked(folder, system, text.strip(), silent)
    if silent is not None and _locks_otherwise(folder, system):
        return IdeState(is_open=True, why=f"{silent.words} is open and does not tell which version it is")
    return IdeState(is_open=False, why="it is closed")


def _same(ide: RunningIde, folder: ConfigFolder) -> bool:
    if not ide.selector or folder.how == "moved" or ide.selector != folder.path.name:
        return False
    return ide.usual in (None, folder.path)


def _locked(folder: ConfigFolder, system: System, number: str, silent: RunningIde | None) -> IdeState:
    lock = folder.path / ".lock"
    if folder.how == "flatpak":  # the number is one of the sandbox, which means nothing outside of it
        if silent is not None:
            return IdeState(is_open=True, why=f"{lock} is there, and {silent.words} is open")
        return IdeState(is_open=False, why=f"it is closed: {lock} is there, and no PyCharm runs")
    program = program_of(system, number) if number.isdecimal() else ""
    if _may_be_ide(program) or (program and is_installed_ide(system, number, program)):
        return IdeState(is_open=True, why=f"{lock} names process {number} ({program}), which is alive")
    if not number.isdecimal():
        return IdeState(is_open=False, why=f"it is closed: {lock} names no process")
    gone = f"is {program}" if program else "is gone"
    return IdeState(is_open=False, why=f"it is closed: {lock} names process {number}, which {gone}")


def _locks_otherwise(folder: ConfigFolder, system: System) -> bool:
    """Before 2023.1 it was another file, which every end of the IDE deletes, a crash excepted."""
    return system.exists(folder.path / "port.lock")


def _may_be_ide(program: str) -> bool:
    """As the IDE itself decides: a number can have gone to another program in the meantime."""
    name = base_name(program)
    return name in LAUNCHERS or name in {"java", "java.exe"} or may_be_pycharm(program)
