"""``scaffold env lock``: pin everything that a project's environments hold, for every machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.environments.locking.changes import Change, changes, first_locks
from scaffold.environments.locking.groups import Declared, declared
from scaffold.environments.locking.model import UV_LOCK, pylock_name
from scaffold.environments.locking.text import any_python
from scaffold.environments.locking.upgrades import refuse_unknown_packages
from scaffold.environments.model import Backend
from scaffold.errors import LockUnusable, OptionRefused
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.environments.locking.files import LockFiles
    from scaffold.environments.locking.make import Asked, Further
    from scaffold.sources.model import SourceSettings

#: What the backend means for a lock.
CONDA = "conda makes environments alone: their packages are locked like any other's, from the index"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """The lock files as they will be, and what that changes."""

    root: Path
    groups: tuple[str, ...]
    files: Mapping[PurePosixPath, str]
    gone: tuple[PurePosixPath, ...]  # of groups that the project does not have any more
    changes: tuple[Change, ...]
    first: Mapping[str, int]  # groups that had no lock before -> how many packages theirs holds
    notices: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[PurePosixPath, ...]:
        """The files whose content is not yet so, the removed ones included.

        Which Python the project has here is no reason to write: colleagues' locks would change in turns.
        """
        there = {path: _text(self.root / path) for path in self.files}
        same = {path for path, text in self.files.items() if any_python(there[path]) == any_python(text)}
        return (*(path for path in self.files if path not in same), *self.gone)


def plan_lock(
    system: System,
    start: Path,
    *,
    group: str = "",
    upgrade: tuple[str, ...] = (),
    index: str = "auto",
    backend: Backend = "auto",
    check: bool = False,
    announce: Callable[[str], None] = lambda _: None,
) -> LockPlan:
    """Resolve the project around ``start`` for every machine. No file of the project changes.

    With ``check``, a lock that is older than what it was made from is an error before anything is asked.
    Raises NotAProject, OptionRefused, InstallFailed and its kin, SourceUnreachable, EnvironmentBusy,
    LockUnusable.
    """
    from scaffold.environments.locking.make import Asked
    from scaffold.environments.locking.read import refuse_file_for_folder
    from scaffold.environments.locking.write import recover_files
    from scaffold.environments.state import locked
    from scaffold.projects.record import project_root
    from scaffold.sources.authorization import refuse_unauthorized
    from scaffold.sources.settings import read_settings, with_wish

    root = project_root(start)
    settings = with_wish(read_settings(system), index)
    refuse_unauthorized(settings, system)
    with locked(root):
        recover_files(root)
        refuse_file_for_folder(root)
        project = declared(root)
        further = _further(project)
        _refuse_unknown(group, project, further)
        refuse_unknown_packages(upgrade, project)
        if check:
            refuse_older(project, (group,) if group else project.groups)
        announce("resolving for every machine" if not group else f"resolving {group} for every machine")
        asked = Asked(group=group, upgrade=upgrade)
        made = _made(system, project, settings, asked, further, backend, announce)
    gone = () if group or UV_LOCK not in made.files else _gone(root, made.files)
    return LockPlan(
        root=root,
        groups=made.groups,
        files=made.files,
        gone=gone,
        changes=changes(root, made.files, gone),
        first=first_locks(root, made.files),
        notices=(*made.notices, *((CONDA,) if backend == "conda" else ())),
    )


def carry_out(plan: LockPlan) -> tuple[PurePosixPath, ...]:
    """Write what differs, all or nothing; the files that were written. Raises NoSpace, NoPermission."""
    from scaffold.environments.locking.write import recover_files, write_files
    from scaffold.environments.state import locked

    with locked(plan.root):
        recover_files(plan.root)
        differing = plan.differing
        if differing:
            fresh = {path: text for path, text in plan.files.items() if path in differing}
            write_files(plan.root, fresh, plan.gone)
    return differing


def refuse_older(project: Declared, groups: tuple[str, ...]) -> None:
    """Raise LockUnusable where a group has no lock, or one that is older than what it was made from."""
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.read import missing, read_project_lock, stale, staleness

    for group in groups:
        lock = read_project_lock(Place(project.root), group)
        if lock is None:
            raise missing(project.root, group)
        reasons = staleness(lock, project)
        if reasons:
            raise stale(lock, reasons)


def refuse_stale(plan: LockPlan) -> None:
    """Raise LockUnusable (``lock-stale``) where the project's files are not as the plan would have them."""
    if plan.differing:
        raise LockUnusable(
            f"the lock of {plan.root.name} is not up to date",
            detail=(
                *(f"{path} would change" for path in plan.differing),
                *(change_text(one) for one in plan.changes[:20]),
            ),
            hint="bring it up to date: scaffold env lock",
            code="lock-stale",
        )


def change_text(one: Change) -> str:
    """``torch 2.14.1 -> 2.15.0 (cpu, cu126)``."""
    if not one.before:
        what = f"+ {one.name} {one.after}"
    elif not one.after:
        what = f"- {one.name} {one.before}"
    else:
        what = f"  {one.name} {one.before} -> {one.after}"
    return f"{what} ({', '.join(one.groups)})"


def _made(
    system: System,
    project: Declared,
    settings: SourceSettings,
    asked: Asked,
    further: tuple[Further, ...],
    backend: Backend,
    announce: Callable[[str], None],
) -> LockFiles:
    from scaffold.environments.installers.tools import find_uv
    from scaffold.environments.locking.make import UvLocker, oldest_python
    from scaffold.environments.locking.python import allowed_python

    uv = None if backend == "pip" else find_uv(system)
    if uv is None and backend == "uv":
        raise OptionRefused("uv was asked for and is not here", hint="python -m pip install uv")
    rather = _python(project)
    interpreter = allowed_python(system, project.requires_python, rather)
    if uv is not None:
        # uv only asks its version; but a version could lead it to a pyenv shim that is dead.
        python = interpreter.path if interpreter else None
        return UvLocker(system, uv, python, project, settings, rather, announce).make(asked, further)
    from scaffold.environments.locking.make_pip import make_with_pip, refuse_loss
    from scaffold.interpreters.choose import choose

    if backend != "pip":
        refuse_loss(project)
    from scaffold.interpreters.find import find

    if interpreter is None:
        interpreter = choose(find(system), oldest_python(project.requires_python) or "3")
    return make_with_pip(system, project, settings, interpreter, asked.group or project.groups[0])


def _python(project: Declared) -> str:
    """The Python that the lock is for: what a clone will take first."""
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.python import made_with, python_of_project
    from scaffold.environments.locking.read import project_locks
    from scaffold.environments.planned import read_packages

    kept, planned = "", read_packages(Place(project.root))[1]
    with contextlib.suppress(LockUnusable):  # damaged: it is made anew
        kept = next(filter(None, map(made_with, project_locks(Place(project.root)))), "")
    return python_of_project(project.root, project.requires_python, planned=planned, kept=kept)


def _further(project: Declared) -> tuple[Further, ...]:
    """Further environments: those planned on this machine, and those that have a lock already."""
    from scaffold.environments.locking.make import Further
    from scaffold.environments.locking.read import further_locks, head_of
    from scaffold.environments.planned import read_apart
    from scaffold.projects.declared import declared_requirements

    own = declared_requirements(project.root)
    found = {
        name: Further(name=name, requirements=tuple(dict.fromkeys((*lines, *own))), constraints=limits)
        for name, (lines, limits) in read_apart(project.root).items()
    }
    for name in further_locks(project.root):
        if name not in found:  # a damaged one tells what it is for all the same, and is made anew
            found[name] = Further.read(name, head_of(project.root, name), own)
    return tuple(found[name] for name in sorted(found))


def _refuse_unknown(group: str, project: Declared, further: tuple[Further, ...]) -> None:
    known = (*project.groups, *(one.name for one in further))
    if group and group not in known:
        raise OptionRefused(f"the project has no group {group}", hint=f"there are: {', '.join(known)}")


def _gone(root: Path, files: Mapping[PurePosixPath, str]) -> tuple[PurePosixPath, ...]:
    """Locks of ours whose group the user has removed."""
    from scaffold.environments.locking.read import is_ours

    found: list[PurePosixPath] = []
    for path in sorted((root / "requirements").glob("lock-*.txt")):
        relative = PurePosixPath("requirements") / path.name
        if relative in files or not is_ours(path):
            continue
        beside = pylock_name(path.stem.removeprefix("lock-"))
        found += [relative, *([beside] if (root / beside).is_file() else [])]
    return tuple(found)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
