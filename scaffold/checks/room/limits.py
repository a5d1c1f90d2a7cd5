"""Limits that the system sets a process: open files, processes, address space, time."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.room.model import UNLIMITED
from scaffold.words import size

#: Systems start programs with 256 (macOS), 1024 (Linux). Every batch on its way from a worker holds several.
HARDLY_ANY, FEW_FILES, ENOUGH_FILES = 256, 1024, 4096
#: Threads count: a loader's worker starts as many as there are processors, in each library that has a pool.
FEW_PROCESSES = 512
#: The CUDA driver maps the memory of every GPU and more: tens of gigabytes that are never used.
LITTLE_ADDRESS_SPACE = 64 << 30
SMALL_FILE = 4 << 30
SHORT_TIME = 24 * 3600

_SHARING = "torch.multiprocessing.set_sharing_strategy('file_system') at the start of the program"
_RAISING = (
    "raise the limit: ulimit -n 65535 in the shell that starts the program (macOS: also "
    "launchctl limit maxfiles)"
)
_WHOSE = (
    "PyCharm's programs have the limit of PyCharm, not of a terminal: start PyCharm from a shell with the "
    "higher limit"
)


def open_files(facts: Facts) -> Iterator[Finding]:
    """Batches on their way from workers do not use up the open files."""
    room = facts.room
    if room is None:
        return
    sign = facts.log.sign("open-files", "ancdata") if facts.log else None
    limit = room.limits.open_files
    if limit is None:
        if sign is not None:
            yield _ran_out()
        return
    failed = sign is not None or bool(room.workers)
    if sign is not None and limit >= ENOUGH_FILES:
        yield _used_up(facts, limit)
    elif limit < HARDLY_ANY or (failed and limit < ENOUGH_FILES):
        yield _few(facts, limit, room.limits.open_files_hard, level="warning")
    elif limit <= FEW_FILES:
        yield _few(facts, limit, room.limits.open_files_hard, level="info")
    else:
        yield Finding(id="sys.nofile", level="ok", title=f"A process may open {_count(limit)} files")


def _ran_out() -> Finding:
    return Finding(
        id="sys.nofile",
        level="warning",
        title="Open files ran out: batches come from a data loader's workers as open files, one a tensor",
        detail="the limit of the process that really runs counts",
        cause="fd-limit",
        remedy=Remedy(text=f"{_SHARING}; or {_RAISING}. {_WHOSE}"),
    )


def _where(facts: Facts, limit: str) -> str:
    """Whose limit was looked up: a program that another one started (PyCharm, a service) may have its own."""
    return limit if facts.told else f"{limit} of the shell that started doctor"


def _used_up(facts: Facts, limit: int) -> Finding:
    return Finding(
        id="sys.nofile",
        level="info",
        title=f"Open files ran out although the limit is {_count(limit)}: batches are shared as "
        "open files, one a tensor"
        if facts.told
        else "Open files ran out: batches are shared as open files, one a tensor; in the shell that started "
        f"doctor the limit is {_count(limit)}, the program's own may be another",
        detail="a raised limit is not what helps here: another way to share is; or tensors that "
        "are kept in a list keep their files open: clone them",
        cause="fd-limit",
        evidence=(Evidence(source=_where(facts, "ulimit -n"), value=_count(limit)),),
        not_the_cause=(f"the limit itself, where {_count(limit)} is also what the program was started with",),
        remedy=Remedy(text=f"{_SHARING}; {_WHOSE}"),
    )


def _few(facts: Facts, limit: int, hard: int | None, *, level: str) -> Finding:
    hard_text = f" (up to {_count(hard)} may be asked for)" if hard is not None and hard > limit else ""
    return Finding(
        id="sys.nofile",
        level="warning" if level == "warning" else "info",
        title=f"A process may open {limit} files; data loaders with several workers can need more "
        f"than {ENOUGH_FILES}",
        detail='they fail with "Too many open files" or "received 0 items of ancdata"',
        cause="fd-limit",
        evidence=(Evidence(source=_where(facts, "ulimit -n"), value=f"{limit}{hard_text}"),),
        remedy=Remedy(text=f"{_RAISING}; or {_SHARING}. {_WHOSE}", commands=(("ulimit", "-n", "65535"),)),
    )


def processes(facts: Facts) -> Iterator[Finding]:
    """Loaders and libraries may start their threads."""
    limits = facts.room.limits if facts.room else None
    if limits is None:
        return
    for number, source, cure in (
        (
            limits.processes,
            _where(facts, "ulimit -u"),
            "raise it: ulimit -u 4096 (or ask who runs the machine)",
        ),
        (limits.tasks, "pids.max", "start the container with --pids-limit=-1 (Kubernetes: podPidsLimit)"),
    ):
        if number is not None and number < FEW_PROCESSES:
            yield Finding(
                id="sys.processes",
                level="warning",
                title=f"Only {number} processes and threads may run; a training with data loaders "
                "can start more",
                detail='it then fails with "can\'t start new thread" or "pthread_create failed: '
                "Resource temporarily "
                'unavailable"',
                cause="process-limit",
                evidence=(Evidence(source=source, value=str(number)),),
                remedy=Remedy(text=f"{cure}; or start fewer: OMP_NUM_THREADS=1, fewer num_workers"),
            )
            return


def further(facts: Facts) -> Iterator[Finding]:
    """No limit on memory addresses, on a file's size or on time ends a training."""
    limits = facts.room.limits if facts.room else None
    if limits is None:
        return
    gpu = any(one.status == "ok" for one in facts.machine.accelerators)
    if limits.address_space is not None and limits.address_space < LITTLE_ADDRESS_SPACE:
        yield _limit(
            "sys.address-space",
            f"A process may map {size(limits.address_space)} of addresses; "
            + ("CUDA alone reserves more" if gpu else "frameworks reserve far more than they use"),
            "address-space-limit",
            (_where(facts, "ulimit -v"), size(limits.address_space)),
            "lift it: ulimit -v unlimited; on a cluster's login node it is meant: start the "
            "training as a job",
        )
    if limits.file_size is not None and limits.file_size < SMALL_FILE:
        yield _limit(
            "sys.file-size",
            f"No file may be larger than {size(limits.file_size)}; checkpoints and data sets are",
            "file-size-limit",
            (_where(facts, "ulimit -f"), size(limits.file_size)),
            "lift it: ulimit -f unlimited",
        )
    if limits.cpu_seconds is not None and limits.cpu_seconds < SHORT_TIME:
        yield _limit(
            "sys.cpu-time",
            f"A process is ended after {limits.cpu_seconds} s of processor time; trainings take longer",
            "cpu-time-limit",
            (_where(facts, "ulimit -t"), f"{limits.cpu_seconds} s"),
            "this is a login node: start the training as a job of the cluster (sbatch, qsub)",
        )


def _limit(check: str, title: str, cause: str, seen: tuple[str, str], cure: str) -> Finding:
    return Finding(
        id=check,
        level="warning",
        title=title,
        cause=cause,
        evidence=(Evidence(source=seen[0], value=seen[1]),),
        remedy=Remedy(text=cure),
    )


def processors(facts: Facts) -> Iterator[Finding]:
    """Programs see as many processors as they may use."""
    quota = facts.room.cpu_quota if facts.room else None
    seen = facts.machine.host.cpu_count
    if quota and seen >= 4 and quota * 2 <= seen:
        threads = max(1, round(quota))
        yield Finding(
            id="sys.cpu-quota",
            level="info",
            title=f"This container may use {quota:g} processors and sees {seen}: libraries start "
            f"{seen} threads that "
            "wait for each other",
            cause="cpu-quota",
            evidence=(Evidence(source="cpu.max", value=f"{quota:g} processors"),),
            remedy=Remedy(text=f"set OMP_NUM_THREADS={threads} and num_workers to at most {threads}"),
        )


def _count(number: int) -> str:
    return "unlimited" if number >= UNLIMITED else str(number)
