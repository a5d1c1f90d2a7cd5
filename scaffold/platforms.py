"""What Python's own modules tell of the host, on each operating system."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

OperatingSystem = Literal["linux", "macos", "windows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFacts:
    """What Python itself knows of the host, without reading a file."""

    os: OperatingSystem
    machine: str  # as the operating system spells it: x86_64, AMD64, arm64, aarch64
    release: str  # of the kernel: 6.1.0-18-amd64, 23.5.0, 10
    version: str  # of the operating system: "", 14.5, 10.0.22631
    libc: str  # "glibc 2.36", "musl 1.2.4", or ""
    cpu_count: int  # logical processors that this process may use


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The disk of a folder. Sizes in bytes; None: the platform does not tell."""

    total: int
    free: int  # for this user
    free_files: int | None = None  # how many more files it can name; None also where it has no such limit


def platform_facts() -> PlatformFacts:
    """Operating system, architecture, C library, processors."""
    names: dict[str, OperatingSystem] = {"darwin": "macos", "win32": "windows"}
    name, version = platform.libc_ver()
    operating_system = names.get(sys.platform, "linux")
    return PlatformFacts(
        os=operating_system,
        machine=platform.machine(),
        release=platform.release(),
        version=platform.mac_ver()[0]
        if operating_system == "macos"
        else platform.version()
        if operating_system == "windows"
        else "",
        libc=f"{name} {version}".strip() if operating_system == "linux" else "",
        cpu_count=_usable_processors(),
    )


def windows_language() -> str:
    """The language that Windows itself speaks to this user: zh_CN; "" where it does not tell."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


def _usable_processors() -> int:
    if hasattr(os, "sched_getaffinity"):  # a container or a batch system may allow fewer
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def volume_of(folder: Path) -> Volume | None:
    """The disk of an existing folder; None where it cannot be asked."""
    try:
        if not hasattr(os, "statvfs"):
            usage = shutil.disk_usage(folder)
            return Volume(total=usage.total, free=usage.free)
        found = os.statvfs(folder)
    except OSError:
        return None
    block = found.f_frsize or found.f_bsize
    files = found.f_favail if found.f_files else None  # btrfs and network shares count no files
    return Volume(total=found.f_blocks * block, free=found.f_bavail * block, free_files=files)


def windows_memory() -> tuple[int, int, int, int] | None:
    """GlobalMemoryStatusEx: total and available bytes of physical memory, then of what can be committed."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ["total", "available", "page", "page_free", "virtual", "free", "extended"]
        ]

    status = Status()
    status.length = ctypes.sizeof(Status)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.total), int(status.available), int(status.page), int(status.page_free)
