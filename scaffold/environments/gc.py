"""What can be freed: left-overs of a project's environments, and the caches that installers keep.

What a living environment links to takes no room of its own in a cache, so that deleting it there frees
nothing; every figure says how much really comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.environments.condition.inspect import inspect
from scaffold.environments.condition.remains import half_removed
from scaffold.environments.condition.usage import Usage, nearest, on_one_disk, usage
from scaffold.environments.discard import remove_tree
from scaffold.environments.installers.tools import find_uv, uv_cache
from scaffold.environments.layout import STATE_FOLDER, Place, is_environment, places, site_packages_of
from scaffold.environments.state import State, is_ours, is_ready, is_unfinished, read_state
from scaffold.errors import NoPermission, ScaffoldError
from scaffold.system import System

Kind = Literal["left-over", "waiting", "environment", "wheels", "cache"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeable:
    """Something that takes room. ``ours``: `delete` may take it away; for the rest there is ``command``.

    What is "waiting" an interrupted run put aside; ``command`` brings it back. A "cache" that is ours is of
    use, and goes only where the user says so.
    """

    kind: Kind
    path: Path
    why: str
    usage: Usage
    ours: bool = False
    command: tuple[str, ...] = ()


def freeable_of(root: Path) -> tuple[Freeable, ...]:
    """What a project's environments have left, and wheels that none of its locks names."""
    found = [*_discarded(root)]
    for place in places(root):
        found += _of_environment(place)
    return (*found, *_wheels(root))


def _discarded(root: Path) -> Iterator[Freeable]:
    for path in sorted((root / STATE_FOLDER).glob("discarded-*")):
        yield Freeable(
            kind="left-over",
            path=path,
            why="an environment whose removal was interrupted",
            usage=usage(path),
            ours=True,
        )


def _of_environment(place: Place) -> Iterator[Freeable]:
    location, state = place.own_location, read_state(place)
    if is_ready(place) and place.restore_folder.exists():
        yield Freeable(
            kind="left-over",
            path=place.restore_folder,
            why="an environment that another one has replaced",
            usage=usage(place.restore_folder),
            ours=True,
        )
    elif place.restore_folder.exists():
        yield Freeable(
            kind="waiting",
            path=place.restore_folder,
            why=f"the environment of before, put aside by a run that was interrupted or is at work; "
            f"the next one brings it back to {location}",
            usage=usage(place.restore_folder),
            command=("scaffold", "env", "sync" if _pins(place.root) else "create"),
        )
    if location.is_symlink() or not is_environment(location):
        return
    if is_unfinished(location):
        yield Freeable(
            kind="environment",
            path=location,
            why="the making of it was interrupted; the next run clears it away",
            usage=usage(location),
            command=("scaffold", "env", "remove", place.name or location.name),
        )
        return
    if state is None or not (state.adopted or is_ours(place)):
        yield Freeable(
            kind="environment",
            path=location,
            why="nobody wrote down that scaffold made it",
            usage=usage(location),
            command=("scaffold", "env", "remove", place.name or location.name, "--foreign"),
        )
    elif _has_moved(state, location):
        yield Freeable(
            kind="environment",
            path=location,
            why=f"the project was moved: its programs point at {state.location}",
            usage=usage(location),
            command=("scaffold", "env", "remove", place.name or location.name),
        )
    if state is None or not state.adopted:
        yield from _half_removed(location)


def _half_removed(location: Path) -> Iterator[Freeable]:
    folder = site_packages_of(location)
    for name in half_removed(folder) if folder else ():
        assert folder is not None
        yield Freeable(
            kind="left-over",
            path=folder / name,
            why="pip was ended while it removed this package",
            usage=usage(folder / name),
            ours=True,
        )


def _has_moved(state: State, location: Path) -> bool:
    return state.status == "ready" and not state.adopted and state.location != str(location)


def _wheels(root: Path) -> Iterator[Freeable]:
    """Folders of wheels below the project that hold what no lock of it names any more."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    pins = _pins(root)
    for folder in sorted({path.parent for path in root.glob("*/*.whl")} if pins else ()):
        old: list[Path] = []
        for path in sorted(folder.glob("*.whl")):
            try:
                name, version, _, _ = parse_wheel_filename(path.name)
            except InvalidWheelFilename:
                continue
            if (name, str(version)) not in pins:
                old.append(path)
        if old:
            size = sum(path.stat().st_size for path in old)
            yield Freeable(
                kind="wheels",
                path=folder,
                why=f"{len(old)} wheels that no lock of the project names: {old[0].name}"
                + (", ..." if len(old) > 1 else ""),
                usage=Usage(size=size, files=len(old)),
            )


def _pins(root: Path) -> set[tuple[str, str]]:
    """Every pin of every lock; nothing where a lock cannot be read: then nothing counts as superseded."""
    from scaffold.environments.locking.read import further_locks, project_locks, read_project_lock

    try:
        locks = [*project_locks(Place(root))]
        locks += [one for name in further_locks(root) if (one := read_project_lock(Place(root, name), name))]
    except ScaffoldError:
        return set()
    return {(row.name, row.version) for one in locks for row in one.packages}


def caches(root: Path | None, system: System) -> tuple[Freeable, ...]:
    """Uv's cache, pip's and our own, as far as they are there. Walking uv's takes seconds."""
    from scaffold.interpreters.find import default_cache_folder

    found: list[Freeable] = []
    uv = find_uv(system)
    folder = uv_cache(uv, system.environment, system) if uv else None
    if folder is not None and folder.is_dir():
        found.append(
            Freeable(
                kind="cache",
                path=folder,
                why="uv's cache; what environments share with it frees nothing. Prune takes what no install "
                "can use any more; all of it goes, to be downloaded again, with: uv cache clean",
                usage=usage(folder),
                command=("uv" if system.which("uv") else str(uv), "cache", "prune"),
            )
        )
    pip = pip_cache(system)
    if pip.is_dir():
        python = inspect(Place(root).location, system) if root else None
        program = str(python.python) if python else "python"
        found.append(
            Freeable(
                kind="cache",
                path=pip,
                why="pip's cache: what it downloaded",
                usage=usage(pip),
                command=(program, "-m", "pip", "cache", "purge"),
            )
        )
    own = default_cache_folder()
    if own.is_dir():
        found.append(
            Freeable(
                kind="cache",
                path=own,
                why="what scaffold knows of this machine's Pythons, so that it finds them at once",
                usage=usage(own),
                ours=True,
                command=("scaffold", "env", "gc", "--delete", "--caches"),
            )
        )
    return tuple(found)


def pip_cache(system: System) -> Path:
    """Where pip keeps what it downloaded."""
    from platformdirs import user_cache_path

    said = system.environment.get("PIP_CACHE_DIR")
    return Path(said) if said else user_cache_path("pip", appauthor=False)


def advice(root: Path, system: System) -> tuple[str, ...]:
    """Why environments take more room than they need to, where they do."""
    uv = find_uv(system)
    if uv is None:
        return ("without uv, every environment holds copies of its own: python -m pip install uv",)
    folder = uv_cache(uv, system.environment, system)
    found: list[str] = []
    if folder is not None and on_one_disk(folder, root) is False:
        found.append(
            f"uv's cache ({folder}) and the project lie on different disks, so that every environment is a "
            f"copy: set UV_CACHE_DIR to a folder on the disk of {nearest(root)}"
        )
    mode = system.environment.get("UV_LINK_MODE", "")
    if mode == "copy":
        found.append("UV_LINK_MODE is copy, so that every environment is a copy: unset it where you can")
    return tuple(found)


def delete(found: Freeable) -> None:
    """Take away what is ours. Needs the project's lock for what lies in one. Raises NoPermission."""
    assert found.ours, "what is not ours is the user's to delete"
    remove_tree(found.path)
    if found.path.exists():
        raise NoPermission(
            f"{found.path} could not be deleted wholly",
            hint="check who owns it, and close programs that use it",
        )
