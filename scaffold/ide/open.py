"""``scaffold ide open``: the project made ready, PyCharm started on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import IdeMissing, LaunchFailed, NotAProject, OptionRefused, ScaffoldError
from scaffold.files import absolute
from scaffold.pycharm.installations.find import at, installations
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.installations.starting import argv_of, demand_screen, is_windows_program, windows_side
from scaffold.pycharm.model import IdeaReport
from scaffold.pycharm.products import COMMANDS
from scaffold.system import System

#: Told before the folder opens: PyCharm itself would say that no interpreter is configured.
_NO_ENVIRONMENT = "there is no environment that works in this project; make one there:  scaffold env create"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """What is started, and on what."""

    root: Path
    ours: bool  # scaffold made the project: its files for PyCharm are brought up to date first
    installation: Installation
    argv: tuple[str, ...]
    reasons: tuple[str, ...]


def plan_open(system: System, start: Path, ide: Path | None = None) -> OpenPlan:
    """Which PyCharm opens which folder.

    Raises OptionRefused, IdeMissing, and LaunchFailed (no-screen) where no window could open.
    """
    root, ours = _root(start)
    installation, why = chosen(system, ide)
    if not is_windows_program(installation):
        demand_screen(system)
    return OpenPlan(
        root=root,
        ours=ours,
        installation=installation,
        argv=argv_of(system, installation, root),
        reasons=(why,),
    )


def prepare(system: System, plan: OpenPlan) -> tuple[IdeaReport | None, tuple[str, ...]]:
    """What `scaffold ide pycharm` does; a project of somebody else's is left as it is.

    What could not be done, or will not work, comes back in words: the folder opens all the same.
    """
    from scaffold.ide import pycharm
    from scaffold.pycharm.registration.plan import Wish, plan_registration

    if not plan.ours:
        known = plan_registration(system, plan.root, (), Wish(trust=False))
        broken = (one for one in known.steps if one.outcome == "failed")
        return None, tuple(f"{one.folder.title}: {one.why}" for one in broken)
    try:
        ready = pycharm.plan_pycharm(system, plan.root, Wish())
        missing = () if ready.project.sdk_name else (_NO_ENVIRONMENT,)
        return pycharm.carry_out(system, ready), missing
    except ScaffoldError as problem:
        return None, (f"{problem.message}; {problem.hint}" if problem.hint else problem.message,)


def carry_out(system: System, plan: OpenPlan) -> int:
    """Start it, to live on without us; its process's number. Raises LaunchFailed."""
    from scaffold.processes import start_detached

    try:
        started, status = start_detached(plan.argv, environment=system.environment, cwd=plan.root)
    except (OSError, ValueError) as refusal:
        raise _not_started(plan, str(refusal)) from refusal
    if status:
        raise _not_started(plan, f"it ended at once, with status {status}")
    return started


def _not_started(plan: OpenPlan, why: str) -> LaunchFailed:
    from scaffold.shell import line

    return LaunchFailed(
        f"{plan.installation.title} cannot be started",
        detail=(why,),
        hint=f"see what it says: {line(*plan.argv)}",
        code="ide-not-started",
    )


def _root(start: Path) -> tuple[Path, bool]:
    """The project around a folder, and whether it is ours; any other folder is opened as it is."""
    from scaffold.projects.record import project_root

    if not start.is_dir():
        raise OptionRefused(f"There is no folder {start}", hint="name the project's folder")
    try:
        return project_root(start), True
    except NotAProject:
        return absolute(start), False


def _has_settings(installation: Installation, ide: Path) -> bool:
    """Whether ``ide`` is its folder of settings, or that folder's name: ``PyCharm2026.2``."""
    folder = installation.config_folder
    return folder is not None and (folder == ide.absolute() or folder.name == str(ide))


def chosen(system: System, ide: Path | None) -> tuple[Installation, str]:
    """The PyCharm that is meant, and why; raises OptionRefused, IdeMissing."""
    if ide is not None:
        folder = ide.absolute()
        found = (
            at(system, folder, reason=f"--ide {ide}")
            or at(system, folder.parent, reason=f"--ide {ide}")
            or next((one for one in installations(system) if _has_settings(one, ide)), None)
        )
        if found is None:
            raise OptionRefused(
                f"{ide} is no PyCharm",
                detail=("it has no product-info.json of PyCharm's",),
                hint="name the folder that holds bin and lib, or that of its settings, or leave --ide out",
            )
        return found, "--ide names it"
    there = installations(system)
    if there:
        more = f", the newest of {len(there)}" if len(there) > 1 else ""
        return there[0], f"{there[0].reason}{more}"
    on_windows = windows_side(system)
    if on_windows:
        return on_windows[0], on_windows[0].reason
    raise IdeMissing(
        "No PyCharm was found on this machine",
        detail=(
            "looked at: the Toolbox app, snap, Flatpak, the usual folders, PATH",
            *_leading_nowhere(system),
        ),
        hint="get it: scaffold ide install\nor, if it is elsewhere: scaffold ide open --ide FOLDER",
    )


def _leading_nowhere(system: System) -> tuple[str, ...]:
    """Commands of PyCharm's name that lead to no PyCharm: somebody's own scripts."""
    found = dict.fromkeys(one for name in COMMANDS if (one := system.which(name)) is not None)
    return tuple(f"{one} is on PATH, and leads to no folder with a product-info.json" for one in found)
