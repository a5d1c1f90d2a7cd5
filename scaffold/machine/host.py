"""The computer less its accelerators: system, processor, memory, disk, and what it runs inside."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.machine.board import board
from scaffold.machine.memory import memory
from scaffold.machine.model import Host
from scaffold.machine.surroundings import container, is_translated, processor_quota, wsl
from scaffold.system import OperatingSystem, System

#: A loader that is asked for its version answers at once or never.
LOADER_SECONDS = 2.0

_ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64"}


def read_host(system: System, folder: Path | None = None) -> Host:
    """Everything but the accelerators; ``folder`` is where projects would be written."""
    found: dict[str, str] = {}
    facts = system.platform
    total, available = memory(system, found)
    translated = is_translated(system)
    return Host(
        os=facts.os,
        os_version=_os_version(system, found),
        kernel=facts.release,
        architecture="arm64" if translated else normalised_architecture(facts.machine, facts.os),
        libc=_libc(system, found),
        cpu=_cpu(system, found),
        cpu_count=_cpu_count(system, found),
        memory_total=total,
        memory_available=available,
        disk_free=system.disk_free(folder or system.home or Path.cwd()),
        container=container(system, found),
        wsl=wsl(system, found),
        translated=translated,
        board=board(system, found),
        found_by=found,
    )


def normalised_architecture(machine: str, os: OperatingSystem) -> str:
    """One spelling an architecture: ``AMD64`` is x86_64, ``ARM64`` aarch64 but on macOS."""
    name = machine.lower()
    if os == "macos" and name in {"arm64", "aarch64"}:
        return "arm64"
    return _ARCHITECTURES.get(name, name)


def distribution(os_release: str) -> str:
    r"""A Linux distribution's own short name for itself.

    >>> distribution('NAME="Ubuntu"\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n')
    'Ubuntu 24.04'
    """
    fields = dict(re.findall(r"^([A-Z_]+)=[\"']?([^\"'\n]*)", os_release, re.MULTILINE))
    name = fields.get("NAME", "").removesuffix(" GNU/Linux")
    return f"{name} {fields.get('VERSION_ID', '')}".strip()


def musl_version(loader_output: str) -> str:
    r"""The version that musl's loader prints when it is started without a program.

    >>> musl_version("musl libc (x86_64)\nVersion 1.2.4\nDynamic Program Loader\n")
    '1.2.4'
    """
    match = re.search(r"^Version (\d[\d.]*)", loader_output, re.MULTILINE)
    return match[1] if match else ""


def cpu_model(cpuinfo: str) -> str:
    r"""The processor's name, where /proc/cpuinfo tells it (on Arm it mostly does not).

    >>> cpu_model("processor\t: 0\nmodel name\t: AMD EPYC 7763 64-Core Processor\n")
    'AMD EPYC 7763 64-Core Processor'
    """
    match = re.search(r"^(?:model name|Model|Hardware|cpu model)\s*:\s*(\S.*)$", cpuinfo, re.MULTILINE)
    return " ".join(match[1].split()) if match else ""


def sysctl_values(output: str) -> dict[str, str]:
    r"""``key: value`` lines.

    >>> sysctl_values("machdep.cpu.brand_string: Apple M2\nhw.memsize: 17179869184\n")
    {'machdep.cpu.brand_string': 'Apple M2', 'hw.memsize': '17179869184'}
    """
    return dict(re.findall(r"^([\w.]+): ?(.*)$", output, re.MULTILINE))


def _os_version(system: System, found: dict[str, str]) -> str:
    if system.platform.os != "linux":
        found["os_version"] = "platform"
        return system.platform.version
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        name = distribution(system.read_text(path) or "")
        if name:
            found["os_version"] = path
            return name
    return ""


def _libc(system: System, found: dict[str, str]) -> str:
    if system.platform.os != "linux":
        return ""
    if system.platform.libc:
        found["libc"] = "the running Python"
        return system.platform.libc
    loader = next((name for name in system.list_folder("/lib") if name.startswith("ld-musl-")), "")
    if not loader:
        return ""
    found["libc"] = f"/lib/{loader}"
    answer = system.run([f"/lib/{loader}"], timeout=LOADER_SECONDS)
    return f"musl {musl_version(answer.stderr or answer.stdout)}".strip()


def _cpu(system: System, found: dict[str, str]) -> str:
    if system.platform.os == "macos":
        source = "sysctl machdep.cpu.brand_string"
        name = apple_facts(system).get("machdep.cpu.brand_string", "")
    elif system.platform.os == "windows":
        name, source = system.environment.get("PROCESSOR_IDENTIFIER", ""), "PROCESSOR_IDENTIFIER"
    else:
        name, source = cpu_model(system.read_text("/proc/cpuinfo") or ""), "/proc/cpuinfo"
    if name:
        found["cpu"] = source
    return name


def apple_facts(system: System) -> dict[str, str]:
    """What sysctl says of a Mac: its chip, its memory in bytes, and whether this process is translated."""
    keys = ("machdep.cpu.brand_string", "hw.memsize", "sysctl.proc_translated")
    return sysctl_values(system.run(["sysctl", *keys], timeout=LOADER_SECONDS).stdout)


def _cpu_count(system: System, found: dict[str, str]) -> int:
    quota = processor_quota(system)
    if quota is not None and quota < system.platform.cpu_count:
        found["cpu_count"] = "the control group's processor quota"
        return quota
    found["cpu_count"] = "processors that this process may use"
    return system.platform.cpu_count
