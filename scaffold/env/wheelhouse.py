"""``scaffold env wheelhouse``: every wheel of this machine's lock in one folder, to go without a network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.env.sync import SyncPlan, SyncWishes, not_the_locks_file, plan_sync
from scaffold.environments.locking.wheelhouse import Contents, contents, wanted_here
from scaffold.environments.model import Report
from scaffold.errors import InstallFailed, NoSpace, OptionRefused
from scaffold.setup import Announce
from scaffold.system import System

#: Where the wheels go if nobody says otherwise.
FOLDER = "wheelhouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelhousePlan:
    """A folder, what it is to hold, and what it holds already; one of each an environment."""

    folder: Path
    sync: SyncPlan
    there: tuple[Contents, ...]

    @property
    def missing_size(self) -> int:
        """Bytes to be downloaded, as far as the lock tells."""
        return sum(
            one.size or 0
            for plan, found in zip(self.sync.setup.environments, self.there, strict=True)
            for one in plan.downloads
            if one.name in {missing.name for missing in found.missing}
        )


def plan_wheelhouse(
    system: System, start: Path, folder: Path | None, wishes: SyncWishes, announce: Announce
) -> WheelhousePlan:
    """What the folder lacks of this machine's lock. Raises what `plan_sync` does, OptionRefused, NoSpace."""
    sync = plan_sync(system, start, wishes, announce)
    target = folder.absolute() if folder else sync.root / FOLDER
    if target.exists() and not target.is_dir():
        raise OptionRefused(f"{target} is no folder", hint="name a folder, new or not")
    announce("checking the wheels that are there")
    there = tuple(
        contents(target, wanted_here(chosen.lock.packages, plan.interpreter, system), plan.interpreter.minor)
        for chosen, plan in zip(sync.chosen, sync.setup.environments, strict=True)
    )
    made = WheelhousePlan(folder=target, sync=sync, there=there)
    free = system.disk_free(target)
    if free is not None and free < made.missing_size:
        raise NoSpace(
            f"The wheels need about {made.missing_size / 1e9:.1f} GB and {free / 1e9:.1f} GB are free",
            detail=(f"folder: {target}",),
            hint="free some space, or name a folder on another disk",
        )
    return made


def carry_out(
    system: System, plan: WheelhousePlan, report: Report
) -> tuple[tuple[Contents, ...], tuple[str, ...]]:
    """Download what is missing: what the folder holds then, and the names of damaged wheels that went away.

    Raises InstallFailed and its kin, NoSpace, EnvironmentBusy; what arrived before stays.
    """
    from scaffold.environments.locking.download import fill
    from scaffold.environments.state import locked

    replaced: list[str] = []
    found: list[Contents] = []
    with locked(plan.sync.root):
        for chosen, environment in zip(plan.sync.chosen, plan.sync.setup.environments, strict=True):
            try:
                replaced += fill(environment, plan.folder, chosen.lock.packages, system, report)
            except InstallFailed as problem:
                if problem.code == "install-hash-mismatch":
                    raise not_the_locks_file(problem, (chosen,)) from problem
                raise
            rows = wanted_here(chosen.lock.packages, environment.interpreter, system)
            found.append(contents(plan.folder, rows, environment.interpreter.minor))
        _keep_out_of_git(plan)
    return tuple(found), tuple(replaced)


def _keep_out_of_git(plan: WheelhousePlan) -> None:
    """Gigabytes of wheels in the project's folder are one `git add` away from its history."""
    ignore = plan.folder / ".gitignore"
    if plan.folder.is_relative_to(plan.sync.root) and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
