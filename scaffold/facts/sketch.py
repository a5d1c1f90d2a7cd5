"""A recorded host while it is being drawn from a description."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from scaffold.recorded import SCHEMA
from scaffold.system import OperatingSystem


@dataclass(slots=True, kw_only=True)
class Sketch:
    """What will be written down, by the names that `scaffold.recorded` reads."""

    os: OperatingSystem = "linux"
    machine: str = "x86_64"
    release: str = ""
    version: str = ""
    libc: str = ""
    cpu_count: int = 0
    wsl: int = 0
    container: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    accessible: set[str] = field(default_factory=set)
    programs: dict[str, str] = field(default_factory=dict)
    commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    probes: dict[str, dict[str, Any]] = field(default_factory=dict)
    memory: list[int] | None = None
    disk_free: int | None = None
    names: dict[tuple[str, str], str] = field(default_factory=dict)  # PCI vendor, device -> name

    def answer(self, command: str, stdout: str, status: int = 0) -> None:
        """What a program prints."""
        self.commands[command] = {"status": status, "stdout": stdout}

    def probe(self, name: str, answer: dict[str, Any]) -> None:
        """What a probe of ours prints."""
        self.probes[name] = {"status": 0, "stdout": json.dumps(answer) + "\n"}

    def record(self, about: str) -> dict[str, Any]:
        """The recorded host."""
        if self.names and self.os == "linux":
            self.files.setdefault("/usr/share/misc/pci.ids", _pci_ids(self.names))
        return {
            "schema": SCHEMA,
            "about": about,
            "platform": {
                "os": self.os,
                "machine": self.machine,
                "release": self.release,
                "version": self.version,
                "libc": self.libc,
                "cpu_count": self.cpu_count,
            },
            "environment": self.environment,
            "home": "C:\\Users\\user" if self.os == "windows" else "/home/user",
            "interactive": False,
            "files": self.files,
            "links": self.links,
            "paths": sorted(self.paths),
            "accessible": sorted(self.accessible),
            "programs": self.programs,
            "commands": self.commands,
            "probes": self.probes,
            "disk_free": self.disk_free,
            "memory": self.memory,
        }


def _pci_ids(names: dict[tuple[str, str], str]) -> str:
    """The names in the form of the PCI ID database."""
    blocks: dict[str, list[str]] = {}
    for (vendor, device), name in sorted(names.items()):
        blocks.setdefault(vendor, []).append(f"\t{device.removeprefix('0x')}  {name}\n")
    return "".join(f"{vendor.removeprefix('0x')}  \n{''.join(rows)}" for vendor, rows in blocks.items())
