"""Main memory: what is there, less what a container or a batch system withholds."""

from __future__ import annotations

import re

from scaffold.system import System

#: sysctl and vm_stat answer at once or never.
SECONDS = 2.0


def memory(system: System, found: dict[str, str]) -> tuple[int | None, int | None]:
    """Total and available bytes, None where nobody tells; the source goes to ``found``."""
    if system.platform.os == "linux":
        return _linux(system, found)
    if system.platform.os == "macos":
        return _macos(system, found)
    answer = system.memory()
    if answer is None:
        return None, None
    found["memory_total"] = "GlobalMemoryStatusEx"
    return answer


def meminfo(text: str) -> tuple[int | None, int | None]:
    r"""Total and available bytes of /proc/meminfo.

    >>> meminfo("MemTotal:       16284380 kB\nMemFree:  1000 kB\nMemAvailable:   12345678 kB\n")
    (16675205120, 12641974272)
    """
    fields = {key: int(kib) * 1024 for key, kib in re.findall(r"^(\w+):\s+(\d{1,18}) kB", text, re.MULTILINE)}
    return fields.get("MemTotal"), fields.get("MemAvailable", fields.get("MemFree"))


def vm_stat_available(text: str) -> int | None:
    r"""Bytes that macOS could hand out at once.

    >>> vm_stat_available("Mach Virtual Memory Statistics: (page size of 16384 bytes)\n"
    ...                   "Pages free:      1000.\nPages inactive:  500.\nPages speculative: 20.\n")
    24903680
    """
    page = re.search(r"page size of (\d+) bytes", text)
    counts = dict(re.findall(r"^Pages (free|inactive|speculative):\s+(\d+)\.", text, re.MULTILINE))
    return int(page[1]) * sum(map(int, counts.values())) if page and counts else None


def _macos(system: System, found: dict[str, str]) -> tuple[int | None, int | None]:
    size = system.run(["sysctl", "-n", "hw.memsize"], timeout=SECONDS).stdout.strip()
    if not size.isdecimal():
        return None, None
    found["memory_total"] = "sysctl hw.memsize"
    available = vm_stat_available(system.run(["vm_stat"], timeout=SECONDS).stdout)
    if available is not None:
        found["memory_available"] = "vm_stat"
    return int(size), available


def _linux(system: System, found: dict[str, str]) -> tuple[int | None, int | None]:
    total, available = meminfo(system.read_text("/proc/meminfo") or "")
    if total is not None:
        found["memory_total"] = found["memory_available"] = "/proc/meminfo"
    limit, used, source = _control_group(system)
    # Without a limit, version 1 answers with a number near 2**63.
    if limit is None or (total is not None and limit >= total):
        return total, available
    found["memory_total"] = found["memory_available"] = source
    left = max(limit - (used or 0), 0)
    return limit, left if available is None else min(left, available)


def _control_group(system: System) -> tuple[int | None, int | None, str]:
    """The tightest memory limit of this process's control group and its parents, with what is used there."""
    places = [
        *((f"{folder}/memory.max", f"{folder}/memory.current") for folder in _groups(system)),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ]
    limits = [
        (limit, _number(system, used_path), limit_path)
        for limit_path, used_path in places
        if (limit := _number(system, limit_path)) is not None
    ]
    return min(limits, key=lambda found: found[0], default=(None, None, ""))


def _groups(system: System) -> list[str]:
    """This process's version 2 group and its parents, innermost first.

    /proc/self/cgroup holds ``0::/user.slice/user-1000.slice/session-2.scope``; in a container ``0::/``.
    """
    match = re.search(r"^0::/(\S*)$", system.read_text("/proc/self/cgroup") or "", re.MULTILINE)
    parts = [part for part in (match[1] if match else "").split("/") if part not in {"", ".."}]
    return ["/".join(("/sys/fs/cgroup", *parts[:depth])) for depth in range(len(parts), -1, -1)]


def _number(system: System, path: str) -> int | None:
    text = (system.read_text(path) or "").strip()
    return int(text) if text.isdecimal() else None
