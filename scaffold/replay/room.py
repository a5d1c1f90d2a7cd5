"""Facts for `scaffold.probing.room` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scaffold.facts.told import Told
from scaffold.probing.room.model import SHARED, UNLIMITED, Limits, Place, RoomFacts
from scaffold.replay.places import places
from scaffold.replay.sizes import bytes_of, size_of, texts


def told(description: Told) -> RoomFacts:
    """What the description tells; everything else stays unknown."""
    system = description.below("os")
    limits = description.below("limits", "ulimit")
    memory = description.below("memory", "pagefile", "page_file")
    store = _store(description.below("python"))
    return RoomFacts(
        places=tuple(places(description)),
        shared_memory=_shared(description),
        limits=_limits(limits),
        cpu_quota=limits.number("cpus", "cpu_quota"),
        workers=_workers(description),
        swap=bytes_of(memory, "swap", "swap_gb"),
        commit_limit=bytes_of(memory, "commit_limit", "commit_limit_gb"),
        commit_free=bytes_of(memory, "commit_free", "commit_free_gb"),
        long_paths=_switch(description.below("registry"), "LongPathsEnabled"),
        store_python=store,
        charset=(charset := system.text("encoding", "code_page", "charset")),
        charset_source="what was told" if charset else "",
    )


def _store(python: Told) -> bool | None:
    told = " ".join(texts(python.facts))
    if not told:
        return None
    if re.search(r"microsoft store|windows ?apps|PythonSoftwareFoundation|\bstore\b", told, re.IGNORECASE):
        return True
    return False if python.has("source", "manager") else None


def _switch(told: Told, name: str) -> bool | None:
    for key in told.facts:
        if isinstance(key, str) and key.rsplit("\\", 1)[-1].lower() == name.lower():
            return told.flag(key)
    return None


def _workers(description: Told) -> int | None:
    return description.below("loader", "dataloader", "data_loader").whole("num_workers", "workers")


def _limits(limits: Told) -> Limits:
    def soft(*names: str) -> int | None:
        for name in names:
            value = limits.facts.get(name)
            if isinstance(value, str) and value.strip().lower() in ("unlimited", "infinity", "max"):
                return UNLIMITED
        return limits.whole(*names) if limits.has(*names) else None

    return Limits(
        open_files=soft("nofile_soft", "nofile", "open_files", "ulimit -n", "n"),
        open_files_hard=soft("nofile_hard", "open_files_hard"),
        processes=soft("nproc_soft", "nproc", "processes", "max_user_processes", "ulimit -u", "u"),
        tasks=soft("pids_max", "pids.max", "pids", "pids_limit", "TasksMax"),
        address_space=soft("address_space", "as", "virtual_memory"),
        file_size=soft("file_size", "fsize"),
        locked_memory=soft("memlock", "locked_memory"),
    )


def _shared(description: Told) -> Place | None:
    value = description.first("dev_shm", "shm", SHARED)
    disk = description.below("disk").facts.get(SHARED)
    value = disk if value is None else value
    if value is None:
        return None
    if not isinstance(value, Mapping):
        total = size_of(value)
        exists = False if re.search(r"missing|absent|not there", str(value)[:200]) else None
        return Place(role="shared-memory", path=SHARED, total=total, exists=exists)
    inner = Told(value, description.notes, "dev_shm.")
    return Place(
        role="shared-memory",
        path=SHARED,
        total=bytes_of(inner, "size", "size_mb", "size_gb", "total", "total_mb"),
        free=bytes_of(inner, "free", "free_mb", "free_gb", "available_mb"),
        exists=False if inner.flag("missing") else inner.flag("exists"),
        writable=inner.flag("writable"),
    )
