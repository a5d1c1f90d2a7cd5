"""Resolve everything that an environment will hold, before anything is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from scaffold.builds.model import BuildPlan
from scaffold.environments.condition.usage import unpacked_share
from scaffold.environments.installers.resolved import Resolved, unreadable
from scaffold.environments.installers.retry import Tell, silent
from scaffold.environments.layout import Place
from scaffold.environments.model import Backend, CondaProgram, Download, EnvironmentPlan
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import SourceSettings
from scaffold.system import System

#: pip, its metadata and the launchers.
EMPTY_ENVIRONMENT = 30_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What an installer answered: every distribution, and the same in its own terms."""

    found: tuple[Resolved, ...]
    lock: str
    shared_cache: bool = False  # the installer links files from a cache on the same disk
    notices: tuple[str, ...] = ()


def plan_environment(
    system: System,
    *,
    place: Place,
    interpreter: Interpreter,
    builds: tuple[BuildPlan, ...],
    requirements: tuple[str, ...],
    settings: SourceSettings,
    backend: Backend = "auto",
    tell: Tell = silent,
) -> EnvironmentPlan:
    """Pins, hashes and sizes of everything that the environment will hold.

    ``tell`` hears when a bad network makes the installer try again. Nothing is written but the
    installers' caches. What the sources cannot give is an error here
    (`InstallFailed`, `NoBuild`, `SourceUnreachable`, each with a code of its own), not half-way
    through an installation.
    """
    from scaffold.environments.installers.tools import find_uv

    conda = _conda(backend, place, system)
    uv = None if backend == "pip" else find_uv(system)
    if uv is None and backend == "uv":
        raise _uv_missing()
    plan = EnvironmentPlan(
        place=place,
        interpreter=interpreter,
        installer="pip" if uv is None else "uv",
        builds=builds,
        requirements=requirements,
        settings=settings,
        conda=conda,
    )
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        resolution = _resolve(plan, uv, Path(folder), system, tell)
    if wanted(plan) and not resolution.found:
        raise unreadable(plan.installer, f"asked for: {', '.join(wanted(plan))}; found: nothing")
    downloads = measured(resolution.found, builds, settings, system)
    return replace(
        plan,
        downloads=downloads,
        lock=resolution.lock,
        disk_needed=disk_needed(downloads, shared_cache=resolution.shared_cache),
        notices=(*conda_notices(plan), *resolution.notices),
    )


def _conda(backend: Backend, place: Place, system: System) -> CondaProgram | None:
    from scaffold.environments.installers.conda import conda_before, demand_conda

    if backend == "conda":
        return demand_conda(system)
    return conda_before(place, system) if backend == "auto" else None


def conda_notices(plan: EnvironmentPlan) -> tuple[str, ...]:
    """What differs from what the interpreter's line says."""
    if plan.conda is None:
        return ()
    from scaffold.environments.installers.conda_file import is_ours, path_of

    where = " and ".join(plan.conda.channels) or "the channels of your conda"
    told = (
        f"{plan.conda.kind} ({plan.conda.path}) makes it, with Python {plan.interpreter.minor} from {where}"
    )
    target = path_of(plan)
    kept = () if is_ours(target) else (f"{target.name} is there and not ours: it stays as it is",)
    return (told, *kept)


def _resolve(plan: EnvironmentPlan, uv: Path | None, folder: Path, system: System, tell: Tell) -> Resolution:
    if uv is None:
        from scaffold.environments.installers.resolve_pip import resolve as with_pip

        return with_pip(plan, folder, system, tell=tell)
    from scaffold.environments.installers.resolve_uv import resolve as with_uv

    return with_uv(plan, uv, folder, system, tell=tell)


def _uv_missing() -> Exception:
    from scaffold.errors import InstallFailed

    return InstallFailed(
        "uv was asked for and is not here",
        hint="python -m pip install uv, or leave the installer to scaffold: it falls back on pip",
        code="install-uv-missing",
    )


def wanted(plan: EnvironmentPlan) -> tuple[str, ...]:
    """Everything to be asked for directly: the frameworks' builds, their companions, the project's own."""
    chosen = (one for build in plan.builds for one in (build.requirement, *build.companions))
    return tuple(dict.fromkeys((*chosen, *plan.requirements)))


def constraints(plan: EnvironmentPlan) -> tuple[str, ...]:
    """What must hold of packages that others bring in."""
    return tuple(dict.fromkeys(one for build in plan.builds for one in build.constraints))


def measured(
    found: Sequence[Resolved], builds: Iterable[BuildPlan], settings: SourceSettings, system: System
) -> tuple[Download, ...]:
    """The downloads with their sizes: from the index, else from the build plan, else as the server tells."""
    planned = {build.package: build.download_size for build in builds}
    known = [replace(one.download, size=one.download.size or planned.get(one.download.name)) for one in found]
    unknown = {one.name: resolved.url for one, resolved in zip(known, found, strict=True) if one.size is None}
    sizes = ask_sizes(unknown, settings, system)
    return tuple(replace(one, size=one.size or sizes.get(one.name)) for one in known)


def ask_sizes(urls: Mapping[str, str], settings: SourceSettings, system: System) -> Mapping[str, int | None]:
    """Sizes of wheels by HEAD requests; a server that does not answer one is not asked for more."""
    from concurrent.futures import ThreadPoolExecutor

    from scaffold.sources.listing import wheel_size
    from scaffold.sources.model import Source, Wheel

    def ask(name: str) -> int | None:
        place = Source(kind="index", location=urls[name])
        wheel = Wheel(project=name, version="", filename="", url=urls[name], source=place)
        return wheel_size(system, wheel, settings)

    first = {urlsplit(url).netloc: name for name, url in urls.items() if "://" in url}
    sizes = {name: ask(name) for name in first.values()}
    silent = {host for host, name in first.items() if sizes[name] is None}
    others = [n for n, url in urls.items() if n not in sizes and urlsplit(url).netloc not in {*silent, ""}]
    with ThreadPoolExecutor(max_workers=8) as pool:
        return {**sizes, **dict(zip(others, pool.map(ask, others), strict=True))}


def disk_needed(downloads: Iterable[Download], *, shared_cache: bool) -> int:
    """Bytes that the installation will take, estimated.

    With a cache on the same disk (uv links files from it) what is cached already takes no more room.
    """
    unpacked = sum(
        (one.size or 0) * unpacked_share(one.name)
        for one in downloads
        if not (shared_cache and one.local and not Path(one.source).is_absolute())
    )
    return EMPTY_ENVIRONMENT + int(unpacked)
