"""From a lock to the plan of an environment that is exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scaffold.builds.model import BuildPlan
from scaffold.environments.condition.differences import differences
from scaffold.environments.condition.drift import versions_for
from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.condition.verify import damages
from scaffold.environments.installers.conda import conda_before
from scaffold.environments.installers.resolved import parse_pylock
from scaffold.environments.layout import Place
from scaffold.environments.locking.choose import ChosenLock
from scaffold.environments.locking.groups import Declared
from scaffold.environments.locking.model import ProjectLock, pylock_name
from scaffold.environments.locking.text import without_hashes
from scaffold.environments.model import Download, EnvironmentPlan, InstallerName
from scaffold.environments.plan import disk_needed
from scaffold.environments.planned import read_packages
from scaffold.environments.state import is_ready
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
    installer: InstallerName,
) -> EnvironmentPlan:
    """The environment that holds what the lock names for this Python on this machine, and nothing else."""
    lock = chosen.lock
    downloads = downloads_of(lock, interpreter, system, settings)
    index = project.indexes.get(lock.group, "")
    text, notices = lock.path.read_text(encoding="utf-8"), chosen.notices
    bare = [one.name for one in lock.packages if not one.hashes]
    if bare and installer == "pip":
        text = without_hashes(text)
        notices = (*notices, f"the lock has no hash of {', '.join(bare)}, so that pip can check none at all")
    return EnvironmentPlan(
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
        conda=conda_before(place, system),
    )


def downloads_of(
    lock: ProjectLock, interpreter: Interpreter, system: System, settings: SourceSettings
) -> tuple[Download, ...]:
    """What of the lock is installed here, sorted; sizes where the pylock beside it tells them."""
    sizes = _sizes(lock, interpreter.minor)
    folder = wheelhouse_of(settings)
    found = []
    for name, version in sorted(versions_for(lock.packages, interpreter.version, system.platform).items()):
        size = sizes.get((name, version))
        found.append(
            Download(
                name=name, version=version, size=size, source=str(folder or ""), local=folder is not None
            )
        )
    return tuple(found)


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
    try:
        text = (lock.path.parent.parent / pylock_name(lock.group)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    found = (one.download for one in parse_pylock(text, python))
    return {(one.name, one.version): one.size for one in found}


def is_as_locked(plan: EnvironmentPlan, system: System) -> bool:
    """Whether the environment holds the lock and nothing else, whole, from that very Python."""
    found = inspect(plan.location, system)
    if found is None or not is_ready(plan.place) or is_orphaned(found, system):
        return False
    builds = {one.package: one.requirement.partition("==")[2] for one in plan.builds}
    if found.version != plan.interpreter.version or dict(read_packages(plan.place)[0]) != builds:
        return False
    return not differences(plan, found) and not damages(plan.location)
