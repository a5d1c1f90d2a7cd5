"""Recorded hosts for the probe of interpreters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.machine import detect
from scaffold.probing.aim import aim
from scaffold.probing.interpreter.model import PythonFacts
from scaffold.probing.interpreter.probe import probe
from scaffold.probing.scene import Scene
from scaffold.recorded import RecordedSystem

PLATFORMS = {
    "linux": {"machine": "x86_64", "release": "6.8.0", "version": "", "libc": "glibc 2.39"},
    "macos": {"machine": "arm64", "release": "23.5.0", "version": "14.5", "libc": ""},
    "windows": {"machine": "AMD64", "release": "10", "version": "10.0.22631", "libc": ""},
}

#: The first bytes of programs, as hexadecimal digits.
ELF = "7f454c46020101" + "00" * 9 + "02003e00"
MACH_X86 = "cffaedfe07000001"


def host(os: str = "linux", **known: Any) -> RecordedSystem:
    platform = {"os": os, "cpu_count": 8, **PLATFORMS[os]}
    home = {"linux": "/home/ada", "macos": "/Users/ada", "windows": "C:/Users/ada"}[os]
    return RecordedSystem({"schema": "scaffold/host/1", "platform": platform, "home": home, **known})


def facts(
    system: RecordedSystem, python: str | None = None, folder: str = "/home/ada/project"
) -> PythonFacts:
    target = aim(system, Path(folder), python=Path(python) if python else None)
    return probe(Scene(system=system, machine=detect(system, Path(folder)), target=target))


def told_apart(found: PythonFacts, *names: str) -> Mapping[str, Any]:
    """Some of the facts, by name."""
    return {name: getattr(found, name) for name in names}
