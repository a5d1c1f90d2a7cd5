"""From a lock to the plan of an environment that is exactly that."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.builds.model import BuildPlan
from scaffold.environments.condition.differences import differences
from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.condition.verify import damages
from scaffold.environments.installers.cached import cached, shares_cache
from scaffold.environments.installers.conda import conda_before, demand_conda
from scaffold.environments.installers.resolved import parse_pylock
from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import Place
from scaffold.environments.locking.choose import ChosenLock
from scaffold.environments.locking.groups import Declared
from scaffold.environments.locking.model import LockedPackage, ProjectLock, made_by_pip, pylock_name
from scaffold.environments.locking.text import packages_of_pylock, without_hashes
from scaffold.environments.locking.wheelhouse import by_name, wanted_here
from scaffold.environments.model import Backend, Download, EnvironmentPlan, InstallerName
from scaffold.environments.plan import conda_notices, disk_needed
from scaffold.environments.planned import read_packages
from scaffold.environments.state import is_ready
from scaffold.errors import OptionRefused
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import SourceSettings
from scaffold.sources.places import PYTORCH_INDEX
from scaffold.system import System


def plan_locked(
    system: System,
    *,
    place: Place,
    chosen: ChosenLock,
    project: Declared,
    interpreter: Interpreter,
    settings: SourceSettings,
    backend: Backend,
) -> EnvironmentPlan:
    """The environment that holds what the lock names for this Python on this machine, and nothing else.

    Raises OptionRefused where ``backend`` is not here.
    """
    lock = chosen.lock
    installer, told = _installer(system, backend, lock)
    downloads = downloads_of(lock, interpreter, system, settings)
    index = project.indexes.get(lock.group, "")
    text, notices = lock.path.read_text(encoding="utf-8-sig"), (*chosen.notices, *told)
    bare = [one.name for one in lock.packages if not one.hashes]
    if bare and installer == "pip":
        text = without_hashes(text)
        notices = (*notices, f"the lock has no hash of {', '.join(bare)}, so that pip can check none at all")
    plan = EnvironmentPlan(
        place=place,
        interpreter=interpreter,
        installer=installer,
        builds=tuple(sourced(one, index, settings) for one in chosen.builds),
        requirements=(),
        settings=settings,
        downloads=downloads,
        lock=text,
        exact=True,
        disk_needed=disk_needed(downloads, shared_cache=False),
        notices=notices,
        conda=demand_conda(system) if backend == "conda" else conda_before(place, system),
    )
    return replace(plan, notices=(*conda_notices(plan), *plan.notices))


def _installer(system: System, backend: Backend, lock: ProjectLock) -> tuple[InstallerName, tuple[str, ...]]:
    """What installs, and what is to be said of it.

    A lock that pip made names one file of each package, the one that pip takes; uv may take another one.
    """
    uv = None if backend == "pip" else find_uv(system)
    if uv is None and backend == "uv":
        raise OptionRefused("uv was asked for and is not here", hint="python -m pip install uv")
    if uv is None:
        return "pip", ()
    if not made_by_pip(lock):
        return "uv", ()
    told = f"pip made {lock.path.name}, and it names the one file of each package that pip takes"
    if backend == "uv":
        return "uv", (f"{told}: where uv takes another one, it will refuse it",)
    return "pip", (f"{told}: pip installs",)


def with_room(plan: EnvironmentPlan, lock: ProjectLock, system: System) -> EnvironmentPlan:
    """The plan with what is in uv's cache already, and the room on disk that is left to need."""
    uv = find_uv(system) if plan.installer == "uv" else None
    if uv is None:
        return plan
    # The strategy is the one with which it will be installed.
    options = ("--no-deps", "--offline", "--index-strategy", "unsafe-best-match")
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        here = cached(plan, uv, Path(folder), system, plan.lock, *options)
        if not here:  # one package that uv has never heard of, and it tells of none: a pylock needs no index
            here = cached(plan, uv, Path(folder), system, _pylock(lock), *options)
    downloads = tuple(replace(one, local=one.local or one.name in here) for one in plan.downloads)
    needed = disk_needed(downloads, shared_cache=shares_cache(plan, uv, system))
    return replace(plan, downloads=downloads, disk_needed=needed)


def downloads_of(
    lock: ProjectLock, interpreter: Interpreter, system: System, settings: SourceSettings
) -> tuple[Download, ...]:
    """What of the lock is installed here, sorted; sizes where the pylock beside it tells them."""
    rows = wanted_here(lock.packages, interpreter, system)
    sizes, here = _sizes(lock, interpreter.minor), _local_wheels(rows, interpreter, settings)
    found = []
    for name, version in sorted((one.name, one.version) for one in rows):
        wheel = here.get(name)
        found.append(
            Download(
                name=name,
                version=version,
                size=sizes.get((name, version)) if wheel is None else wheel.stat().st_size,
                source="" if wheel is None else str(wheel.parent),
                local=wheel is not None,
            )
        )
    return tuple(found)


def _local_wheels(
    rows: Sequence[LockedPackage], interpreter: Interpreter, settings: SourceSettings
) -> Mapping[str, Path]:
    """Package -> its wheel in a folder of this machine that the user's settings name."""
    folders = [Path(one.value) for one in settings.find_links if "://" not in one.value]
    return {
        name: path for folder in folders for name, path in by_name(folder, rows, interpreter.minor).items()
    }


def wheelhouse_of(settings: SourceSettings) -> Path | None:
    """The folder that everything comes from; None where indexes are asked, too."""
    if settings.no_index is None or not settings.find_links:
        return None
    return Path(settings.find_links[0].value)


def sourced(build: BuildPlan, index: str, settings: SourceSettings) -> BuildPlan:
    """The build with the place that it comes from: the group's index, or the user's mirror of it."""
    if build.package != "torch" or not index or settings.no_index is not None:
        return build
    mirror = settings.pytorch_mirror
    if mirror is not None and index.startswith(f"{PYTORCH_INDEX}/"):
        index = mirror.value.rstrip("/") + index.removeprefix(PYTORCH_INDEX)
        index += "/" if settings.pytorch_flat else ""
    return replace(build, source=index, source_kind="pytorch")


def _sizes(lock: ProjectLock, python: str) -> Mapping[tuple[str, str], int | None]:
    found = (one.download for one in parse_pylock(_pylock(lock), python))
    return {(one.name, one.version): one.size for one in found}


def _pylock(lock: ProjectLock) -> str:
    """The pylock beside a lock, where it holds the same versions; "" otherwise."""
    try:
        text = (lock.path.parent.parent / pylock_name(lock.group)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    held = {(one.name, one.version) for one in packages_of_pylock(text)[0]}
    return text if held == {(one.name, one.version) for one in lock.packages} else ""


def is_as_locked(plan: EnvironmentPlan, system: System) -> bool:
    """Whether the environment holds the lock and nothing else, whole, from that very Python."""
    found = inspect(plan.location, system)
    if found is None or not is_ready(plan.place) or is_orphaned(found, system):
        return False
    if plan.conda is not None and found.kind != "conda":
        return False
    builds = {one.package: one.requirement.partition("==")[2] for one in plan.builds}
    if found.version != plan.interpreter.version or dict(read_packages(plan.place)[0]) != builds:
        return False
    return not differences(plan, found) and not damages(plan.location)
