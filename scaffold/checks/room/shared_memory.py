"""Shared memory: data loaders' workers hand their batches through it, and NCCL its messages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.room.model import SHARED, Place
from scaffold.words import size

#: A container gets 64 MiB unless it asks for more. A batch of 32 pictures of 3 x 512 x 512 numbers is 100 MB,
#: each worker holds two, and NCCL takes about 10 MB for every pair of GPUs.
ENOUGH = 1 << 30
#: Less than this left of a large one: something fills it.
NEARLY_NOTHING = 64 << 20


def large_enough(facts: Facts) -> Iterator[Finding]:
    """Workers of a data loader find room in /dev/shm."""
    place = facts.room.shared_memory if facts.room else None
    if place is None or _has_no_loader(facts):
        return
    if place.exists is False or place.writable is False:
        yield _closed(place)
    elif place.total is not None and place.total < ENOUGH:
        yield _small(facts, place)
    elif place.free is not None and place.free < NEARLY_NOTHING:
        yield _filled(facts, place)
    elif place.total is not None:
        yield Finding(id="sys.shm", level="ok", title=f"Shared memory has {size(place.total)}")


def is_short(facts: Facts) -> bool:
    """Whether what is known of shared memory is too little for data loaders."""
    return any(one.level == "warning" for one in large_enough(facts))


def may_be_meant(line: str) -> bool:
    """Whether a message of a full disk may be about shared memory: it names that, or no file at all."""
    named = re.search(r"'(/[^'\n]+)'", line)
    return named is None or named[1].startswith(SHARED)


def _has_no_loader(facts: Facts) -> bool:
    """Nothing that loads data with processes of its own is installed, as far as is known."""
    packages = facts.packages
    return packages is not None and packages.complete and not packages.version("torch")


def _small(facts: Facts, place: Place) -> Finding:
    container = facts.machine.host.container
    remedy = (
        "start the container with --shm-size=8g (or --ipc=host); docker compose: shm_size: 8gb; "
        "Kubernetes: an "
        "emptyDir with medium: Memory on /dev/shm; in PyCharm: Docker container settings of the "
        "run configuration. Until then: num_workers=0"
        if container
        else "mount it larger: sudo mount -o remount,size=8G /dev/shm; inside a container: "
        "--shm-size=8g; until then: num_workers=0"
    )
    return Finding(
        id="sys.shm",
        level="warning",
        title=f"Shared memory has {size(place.total)}; data loaders with worker processes need "
        f"{size(ENOUGH)} or more",
        detail="DataLoader workers hand batches through /dev/shm, and NCCL connects GPUs through "
        "it: they die with "
        '"Bus error", "unable to allocate shared memory" or [Errno 28] No space left on device',
        cause="shm-too-small",
        evidence=(
            Evidence(source=f"statvfs {place.path}", value=f"{size(place.total)} in all"),
            *_full(facts),
        ),
        not_the_cause=("main memory and the GPU's memory: they are not what runs out",),
        remedy=Remedy(text=remedy),
    )


def _full(facts: Facts) -> tuple[Evidence, ...]:
    """The message of a full disk: shared memory is one."""
    sign = facts.log.sign("no-space") if facts.log else None
    if facts.log is None or sign is None or not may_be_meant(sign.text):
        return ()
    return (Evidence(source=f"{facts.log.source}:{sign.line}", value=sign.text),)


def _filled(facts: Facts, place: Place) -> Finding:
    left = facts.room.leftovers if facts.room else None
    dead = f"; {left} files there belong to torch or NCCL, perhaps of programs that died" if left else ""
    return Finding(
        id="sys.shm",
        level="warning",
        title=f"Shared memory is nearly full: {size(place.free)} of {size(place.total)} are left",
        detail=f"DataLoader workers hand batches through /dev/shm{dead}",
        cause="shm-full",
        evidence=(Evidence(source=f"statvfs {place.path}", value=f"{size(place.free)} free"), *_full(facts)),
        remedy=Remedy(
            text="end the programs that hold it, then remove what is left of dead ones (torch_*, "
            "nccl-*, psm_*)",
            commands=(("ls", "-la", "/dev/shm"),),  # noqa: S108 - the place itself is meant
        ),
    )


def _closed(place: Place) -> Finding:
    why = "is missing" if place.exists is False else "may not be written to"
    return Finding(
        id="sys.shm",
        level="warning",
        title=f"{place.path} {why}: no process can share memory or a lock with another",
        detail="multiprocessing and data loaders with workers fail with Errno 2, 13 or 38",
        cause="shm-missing",
        evidence=(Evidence(source=place.path, value=why),),
        remedy=Remedy(
            text="mount it: sudo mount -t tmpfs -o mode=1777 tmpfs /dev/shm (in a container: "
            "--shm-size=8g); until then num_workers=0"
        ),
    )
