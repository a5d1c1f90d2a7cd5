"""The folders that a training writes to, and the disks that they lie on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from scaffold.interpreters.places import real_path
from scaffold.probing.room.model import SHARED, Place, Role
from scaffold.probing.room.mounts import Mount, mount_of, mounts
from scaffold.probing.room.names import ROLES
from scaffold.probing.scene import Scene

#: Seconds in which a disk tells what it has: a local one needs none, one across the world less.
PATIENCE = 2.0

#: Variables whose readers expand ``~``; the others are taken as they stand.
EXPANDED = ("HF_HOME", "TORCH_HOME", "PIP_CACHE_DIR", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")

#: Read before the folders that they would otherwise be.
_CACHES: tuple[tuple[Role, str], ...] = (
    ("hub", "huggingface"),
    ("torch", "torch"),
    ("pip", "pip"),
    ("uv", "uv"),
)


def places(scene: Scene) -> tuple[Place, ...]:
    """Every folder that a training writes to, with what its disk has left."""
    table = mounts(scene.system.read_text("/proc/self/mounts") or "") if _linux(scene) else ()
    silent: set[str] = set()
    found = [(one, _within_the_limit(one, scene, table, silent)) for one in _named(scene)]
    return tuple(seen for one, seen in found if seen.exists or not _only_where_it_is(one))


def _only_where_it_is(place: Place) -> bool:
    """A cache at its usual place is no place of this user's until it is there."""
    return place.role in ("hub", "torch", "pip", "uv", "keras") and not place.variable


def _within_the_limit(place: Place, scene: Scene, table: tuple[Mount, ...], silent: set[str]) -> Place:
    """What is seen of a place; a network disk that is gone answers nobody, and is asked once.

    The thread that waits for it is left behind: nothing ends a system call of a disk that is gone.
    """
    mount = mount_of(place.path, table)
    disk = mount.point if mount else "/".join(Path(place.path).parts[:3])
    if disk in silent:
        return place
    answers: SimpleQueue[Place] = SimpleQueue()
    Thread(target=lambda: answers.put(_seen(place, scene, table)), daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except Empty:
        silent.add(disk)
        return replace(place, mount=disk, file_system=mount.file_system if mount else "", silent=True)


def shared_memory(scene: Scene) -> Place | None:
    """The memory that processes share; None where the system has no folder for it."""
    if not _linux(scene):
        return None
    table = mounts(scene.system.read_text("/proc/self/mounts") or "")
    if not table:
        return None
    place = _seen(Place(role="shared-memory", path=SHARED), scene, table)
    return place if place.exists else Place(role="shared-memory", path=SHARED, exists=False)


def leftovers(scene: Scene) -> int:
    """Files of torch and NCCL in shared memory."""
    names = scene.system.list_folder(SHARED) if _linux(scene) else ()
    return sum(one.startswith(("torch_", "nccl-", "psm_", "pymp-")) for one in names)


def _linux(scene: Scene) -> bool:
    return scene.system.platform.os == "linux"


def _named(scene: Scene) -> Iterator[Place]:
    system, target = scene.system, scene.target
    yield from _environment(scene)
    yield Place(role="project", path=str(target.folder))
    set_roles: set[Role] = set()
    for variable, role in ROLES.items():
        written = system.environment.get(variable, "")
        if (
            not written
            or (role == "temporary" and "temporary" in set_roles)
            or variable == "UV_PROJECT_ENVIRONMENT"
        ):
            continue
        set_roles.add(role)
        path = _expanded(written, scene) if variable in EXPANDED else written
        if role == "temporary" and system.platform.os == "windows":
            written = ""  # the system sets it for everybody
        yield Place(role=role, path=path, variable=variable, written=written)
    home = system.home
    if "temporary" not in set_roles and system.platform.os != "windows":
        yield Place(role="temporary", path="/tmp")  # noqa: S108 - looked at, not written to
    if home is not None:
        yield Place(role="home", path=str(home))
        caches = Path(system.environment.get("XDG_CACHE_HOME") or home / ".cache")
        for cache, name in _CACHES:
            if cache not in set_roles:
                yield Place(role=cache, path=str(caches / name))
        if "keras" not in set_roles:
            yield Place(role="keras", path=str(home / ".keras"))


def _environment(scene: Scene) -> Iterator[Place]:
    """The environment that is there, or the place where one would be made; not an installation of Python."""
    system, target = scene.system, scene.target
    prefix = target.prefix
    if prefix is not None and any(system.exists(prefix / name) for name in ("pyvenv.cfg", "conda-meta")):
        works = target.python is not None and system.exists(target.python)
        yield Place(role="environment", path=str(prefix), works=works)
        return
    written = system.environment.get("UV_PROJECT_ENVIRONMENT", "")
    path = target.folder / written if written else target.folder / ".venv"
    yield Place(role="environment", path=str(path), variable="UV_PROJECT_ENVIRONMENT" if written else "")


def _expanded(written: str, scene: Scene) -> str:
    home = scene.system.home
    if written == "~" or written.startswith("~/"):
        return f"{home}{written[1:]}" if home else written
    return written


def _seen(place: Place, scene: Scene, table: tuple[Mount, ...]) -> Place:
    system = scene.system
    path = place.path if system.platform.os == "windows" else str(scene.target.folder / place.path)
    exists = system.exists(path)
    volume = system.volume(path)
    mount = mount_of(str(real_path(system, Path(path))), table) if table else None
    return replace(
        place,
        exists=exists,
        writable=system.is_accessible(path) if exists else None,
        total=volume.total if volume else None,
        free=volume.free if volume else None,
        free_files=volume.free_files if volume else None,
        file_system=mount.file_system if mount else "",
        mount=mount.point if mount else "",
        options=mount.options if mount else (),
    )
