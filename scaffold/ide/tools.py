"""``scaffold ide tools``: scaffold's commands in PyCharm's Tools menu."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from scaffold.errors import IdeFileBroken, IdeMissing, OptionRefused, ScaffoldError
from scaffold.files import not_written, read_present, replace_file
from scaffold.pycharm.configs import ConfigFolder
from scaffold.pycharm.tools import FILE, Program, ToolChange
from scaffold.system import System

ToolsOutcome = Literal["write", "remove", "unchanged", "open", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsStep:
    """What becomes of the menu of one PyCharm."""

    folder: ConfigFolder
    outcome: ToolsOutcome
    before: bytes | None = None
    after: bytes | None = None
    changes: tuple[ToolChange, ...] = ()
    why: str = ""  # that it is open, or what failed
    backup: Path | None = None  # once it is carried out

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder.path / FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsPlan:
    """Every PyCharm on this machine, the newest first."""

    program: Program
    steps: tuple[ToolsStep, ...]


def plan_tools(system: System, *, ide: Path | None = None, undo: bool = False) -> ToolsPlan:
    """Decide for every PyCharm that has run on this machine, or for one: where it or its settings are.

    Nothing is written, and what cannot be read is told in its step. Raises IdeMissing, OptionRefused.
    """
    from scaffold.pycharm.configs import config_folders
    from scaffold.pycharm.running import running_ides

    running = running_ides(system)
    folders = config_folders(system, running=running)
    if ide is not None:
        folders = (_chosen(system, folders, ide),)
    if not folders:
        raise IdeMissing(
            "No PyCharm has run on this machine yet",
            detail=("there is no folder of its settings",),
            hint="start PyCharm once and close it, or install it: scaffold ide install",
        )
    program = starter(system)
    steps = (_step(system, folder, program, undo=undo) for folder in folders)
    return ToolsPlan(program=program, steps=tuple(steps))


def carry_out(system: System, plan: ToolsPlan) -> ToolsPlan:
    """Write what is to be written, each file backed up first; the plan with what came of it.

    Raises nothing because of one PyCharm: its step says what failed. Raises ScaffoldError (ide-busy).
    """
    from scaffold.pycharm.registration.store import locked

    if all(step.outcome not in ("write", "remove") for step in plan.steps):
        return plan
    with locked(system):
        return replace(plan, steps=tuple(_tried(system, step) for step in plan.steps))


def starter(system: System) -> Program:
    """What starts this very scaffold from any folder.

    Its own script is better than ``python -m scaffold``, which would take a folder of that name in the
    project for it.
    """
    from scaffold.pycharm.registration.paths import native

    python = Path(sys.executable)
    script = python.with_name("scaffold.exe" if system.platform.os == "windows" else "scaffold")
    if system.exists(script):
        return Program(command=native(script, system))
    return Program(command=native(python, system), arguments=("-m", "scaffold"))


def _chosen(system: System, folders: tuple[ConfigFolder, ...], ide: Path) -> ConfigFolder:
    """The settings that are meant: by their folder, its name (``PyCharm2026.2``), or the PyCharm itself."""
    from scaffold.ide.open import chosen

    wanted = ide.absolute()
    found = next((one for one in folders if one.path in (ide, wanted) or one.path.name == str(ide)), None)
    if found is not None:
        return found
    known = tuple(f"{one.title}: {one.path}" for one in folders)
    try:
        installation = chosen(system, ide)[0]
    except OptionRefused as refusal:
        raise OptionRefused(refusal.message, detail=(*refusal.detail, *known), hint=refusal.hint) from refusal
    found = next((one for one in folders if one.path == installation.config_folder), None)
    if found is None:
        raise IdeMissing(
            f"{installation.title} has never been started: it has no settings yet",
            detail=known,
            hint="start it once and close it, then call the command again",
        )
    return found


def _step(system: System, folder: ConfigFolder, program: Program, *, undo: bool) -> ToolsStep:
    from scaffold.projects.menu import ENTRIES, menu
    from scaffold.pycharm.running import is_running
    from scaffold.pycharm.tools import with_tools, without_tools

    try:
        before = read_present(folder.path / FILE)
        if undo:
            result = without_tools(before, ENTRIES, folder.path / FILE)
        else:
            result = with_tools(before, menu(), program, folder.path / FILE)
    except ScaffoldError as problem:
        return ToolsStep(folder=folder, outcome="failed", why=_words(problem))
    step = ToolsStep(
        folder=folder,
        outcome="unchanged",
        before=before,
        after=result.content,
        changes=result.changes,
    )
    if result.content == before:
        return step
    evidence = is_running(folder, system)
    if evidence:
        return replace(step, outcome="open", why=evidence)
    return replace(step, outcome="write" if result.content is not None else "remove")


def _tried(system: System, step: ToolsStep) -> ToolsStep:
    from scaffold.pycharm.running import is_running

    if step.outcome not in ("write", "remove"):
        return step
    evidence = is_running(step.folder, system)  # time has passed since the plan
    if evidence:
        return replace(step, outcome="open", why=evidence)
    try:
        return _written(system, step)
    except ScaffoldError as problem:
        return replace(step, outcome="failed", why=_words(problem))


def _written(system: System, step: ToolsStep) -> ToolsStep:
    from scaffold.pycharm.registration.store import back_up

    if read_present(step.path) != step.before:
        raise IdeFileBroken(f"{step.path} was changed while this command looked at it: run it again")
    backup = back_up(system, step.path, step.before) if step.before is not None else None
    if step.after is not None:
        replace_file(step.path, step.after)
    else:
        try:
            step.path.unlink(missing_ok=True)
        except OSError as problem:
            raise not_written(step.path, problem) from problem
    return replace(step, backup=backup)


def _words(problem: ScaffoldError) -> str:
    return "; ".join(filter(None, (problem.message, *problem.detail, problem.hint)))
