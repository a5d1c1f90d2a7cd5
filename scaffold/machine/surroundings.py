"""What a computer runs inside: a container, WSL, a translated process, a processor quota."""

from __future__ import annotations

import math
import re
from pathlib import Path

from scaffold.system import System


def container(system: System, found: dict[str, str]) -> str:
    """``docker``, ``podman``, ``kubernetes``, ``lxc`` or ``""``; the evidence goes to ``found``."""
    kind, source = _container(system)
    if kind:
        found["container"] = source
    return kind


def container_of_group(groups: str) -> str:
    r"""What the control groups of a process tell about its container.

    >>> container_of_group("12:memory:/kubepods/burstable/pod1f2e/9f86d081\n")
    'kubernetes'
    >>> container_of_group("0::/user.slice/user-1000.slice/session-2.scope\n")
    ''
    """
    words = {"kubepods": "kubernetes", "libpod": "podman", "docker": "docker", "lxc": "lxc"}
    for word, kind in words.items():
        # "docker.service" is the daemon on a host, not a container.
        if re.search(rf"/{word}[/\-.](?!service)", groups) or re.search(rf"/{word}$", groups, re.MULTILINE):
            return kind
    return ""


def wsl(system: System, found: dict[str, str]) -> int:
    """Which Windows Subsystem for Linux this is: 0 (none), 1 or 2."""
    version = wsl_of_kernel(system.platform.release)
    if version:
        found["wsl"] = f"kernel {system.platform.release}"
    return version


def wsl_of_kernel(release: str) -> int:
    """WSL 1 pretends to be ``4.4.0-19041-Microsoft``; WSL 2 is a kernel built by Microsoft.

    >>> wsl_of_kernel("5.15.167.4-microsoft-standard-WSL2"), wsl_of_kernel("4.4.0-19041-Microsoft")
    (2, 1)
    """
    if "microsoft" not in release.lower():
        return 0
    return 1 if release.endswith("-Microsoft") else 2


#: Where WSL shows Windows' own disk, unless wsl.conf says otherwise.
WINDOWS_DISK = Path("/mnt/c")


def windows_homes(system: System) -> tuple[Path, ...]:
    """In WSL: the homes of the users on the Windows side; elsewhere none."""
    if not wsl_of_kernel(system.platform.release):
        return ()
    users = WINDOWS_DISK / "Users"
    return tuple(users / name for name in system.list_folder(users))


def is_translated(system: System) -> bool:
    """Whether this is an x86_64 process on Apple silicon: platform.machine() says x86_64 there."""
    if system.platform.os != "macos" or system.platform.machine != "x86_64":
        return False
    return system.run(["sysctl", "-n", "sysctl.proc_translated"], timeout=2.0).stdout.strip() == "1"


def processor_quota(system: System) -> int | None:
    """Processors that the container's quota allows, rounded up; None where there is no quota."""
    if system.platform.os != "linux":
        return None
    version_2 = system.read_text("/sys/fs/cgroup/cpu.max")
    if version_2:
        return quota_of(version_2)
    version_1 = ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")
    return quota_of(" ".join(system.read_text(path) or "" for path in version_1))


def quota_of(text: str) -> int | None:
    r"""Quota and period in microseconds, as in cpu.max.

    >>> quota_of("150000 100000\n"), quota_of("max 100000\n"), quota_of("-1 100000")
    (2, None, None)
    """
    match = re.match(r"(\d+)\s+([1-9]\d*)\s*$", text)
    return max(1, math.ceil(int(match[1]) / int(match[2]))) if match else None


def _container(system: System) -> tuple[str, str]:
    if system.environment.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes", "KUBERNETES_SERVICE_HOST"
    for path, kind in (("/run/.containerenv", "podman"), ("/.dockerenv", "docker")):
        if system.exists(path):
            return kind, path
    for path in ("/proc/self/cgroup", "/proc/1/cgroup"):
        kind = container_of_group(system.read_text(path) or "")
        if kind:
            return kind, path
    if "container=lxc" in (system.read_text("/proc/1/environ") or ""):
        return "lxc", "/proc/1/environ"
    return "", ""
