"""Limits of this process and of its container."""

from __future__ import annotations

import re

from scaffold.probing.room.model import UNLIMITED, Limits
from scaffold.system import System

#: sh answers at once or never.
SECONDS = 2.0

#: As /proc/self/limits calls them -> the field.
_ROWS = {
    "Max open files": "open_files",
    "Max processes": "processes",
    "Max address space": "address_space",
    "Max file size": "file_size",
    "Max locked memory": "locked_memory",
    "Max cpu time": "cpu_seconds",
}


def limits(system: System) -> Limits:
    """What doctor itself was started with: the same shell's programs have it too."""
    if system.platform.os == "linux":
        return parse_limits(system.read_text("/proc/self/limits") or "", tasks=tasks(system))
    if system.platform.os == "macos":
        said = system.run(
            ["/bin/sh", "-c", "ulimit -n; ulimit -Hn; ulimit -u"], timeout=SECONDS
        ).stdout.split()
        soft, hard, processes = ([_number(one) for one in said] + [None] * 3)[:3]
        return Limits(open_files=soft, open_files_hard=hard, processes=processes)
    return Limits()


def parse_limits(text: str, *, tasks: int | None = None) -> Limits:
    r"""The soft limits of /proc/self/limits.

    >>> parse_limits("Limit            Soft Limit   Hard Limit   Units\n"
    ...              "Max open files   1024         1048576      files\n").open_files_hard
    1048576
    """
    found: dict[str, int | None] = {}
    for title, field in _ROWS.items():
        row = re.search(rf"^{title} +(\d{{1,20}}|unlimited) +(\d{{1,20}}|unlimited)", text, re.MULTILINE)
        if row:
            found[field] = _number(row[1])
            if field == "open_files":
                found["open_files_hard"] = _number(row[2])
    return Limits(**found, tasks=tasks)


def tasks(system: System) -> int | None:
    """The fewest processes that this control group, or one above it, may have."""
    paths = [f"{folder}/pids.max" for folder in groups(system)]
    found = [
        _number((system.read_text(path) or "").strip()) for path in (*paths, "/sys/fs/cgroup/pids/pids.max")
    ]
    return min((one for one in found if one is not None and one < UNLIMITED), default=None)


def cpu_quota(system: System) -> float | None:
    """Processors' worth of time that this control group may use; 0 where there is no quota, None: unknown.

    cpu.max holds ``200000 100000``: microseconds of use in a period, or ``max``.
    """
    found = []
    for folder in groups(system):
        words = (system.read_text(f"{folder}/cpu.max") or "").split()
        if len(words) == 2 and words[1].isdecimal() and int(words[1]):
            found.append(int(words[0]) / int(words[1]) if words[0].isdecimal() else 0.0)
    old = [
        (system.read_text(f"/sys/fs/cgroup/cpu/cpu.cfs_{name}_us") or "").strip()
        for name in ("quota", "period")
    ]
    if old[0].isdecimal() and old[1].isdecimal() and int(old[1]):
        found.append(int(old[0]) / int(old[1]))
    return min((one for one in found if one), default=0.0 if found else None)


def groups(system: System) -> list[str]:
    """This process's control group (version 2) and those above it, innermost first."""
    match = re.search(r"^0::/(\S*)$", system.read_text("/proc/self/cgroup") or "", re.MULTILINE)
    parts = [part for part in (match[1] if match else "").split("/") if part not in {"", ".."}]
    return ["/".join(("/sys/fs/cgroup", *parts[:depth])) for depth in range(len(parts), -1, -1)]


def _number(text: str) -> int | None:
    if text in ("unlimited", "max"):
        return UNLIMITED
    return min(int(text), UNLIMITED) if text.isdecimal() and len(text) <= 20 else None
