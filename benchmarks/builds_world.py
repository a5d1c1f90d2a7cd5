"""A recorded machine, as a program sees it that looks by itself: files under /sys and /proc, tools on PATH.

On Linux a program runs in a mount namespace of its own, where the recorded files lie over the real ones; so
what a tool detects is measured and not inferred. Where the kernel forbids such namespaces, and for
Windows' machines, only what a tool lets itself be told by a variable can be measured.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

#: The folders that are replaced as a whole: nothing of the real machine's GPUs shines through.
COVERED = ("/sys/module", "/sys/bus/pci/devices", "/sys/class", "/proc/driver")

_ENTER = r"""
root=$1; shift
for place in {places}; do [ -d "$place" ] && mount --bind "$root$place" "$place"; done
exec "$@"
""".format(places=" ".join(COVERED))

#: The CUDA version that a driver branch speaks, for nvidia-smi's header.
#: source: the CUDA toolkits' release notes, table of driver versions                       date: 2026-11-21
_SPEAKS = {
    470: "11.4",
    525: "12.0",
    535: "12.2",
    550: "12.4",
    570: "12.8",
    576: "12.9",
    580: "13.0",
    581: "13.0",
    610: "13.3",
}

_SMI = """#!{python} -I
import sys
gpus, header = {gpus!r}, {header!r}
fields = next((one.partition("=")[2].split(",") for one in sys.argv if one.startswith("--query-gpu=")), None)
if "-L" in sys.argv:
    print("\\n".join(f"GPU {{i}}: {{gpu['name']}} (UUID: {{gpu['uuid']}})" for i, gpu in enumerate(gpus)))
elif fields is None:
    print(header)
elif not set(fields) <= set(gpus[0]):
    print(f'Field "{{min(set(fields) - set(gpus[0]))}}" is not a valid field to query.')
    sys.exit(2)
else:
    form = next((one for one in sys.argv if one.startswith("--format=")), "")
    if "noheader" not in form:
        print(", ".join(fields))
    units = "" if "nounits" in form else " MiB"
    for gpu in gpus:
        print(", ".join(gpu[one] + (units if one.startswith("memory") else "") for one in fields))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What to lay over the real machine. Paths are absolute; programs are scripts by name."""

    files: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)


@cache
def can_enter() -> bool:
    """Whether this user may make mount namespaces here."""
    if not shutil.which("unshare"):
        return False
    command = ["unshare", "--map-root-user", "--mount", "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def world_of(facts: Mapping[str, Any]) -> World:
    """The world of one recorded machine, from what is known of it."""
    files = dict(facts.get("files", {}))
    programs: dict[str, str] = {}
    nvidia = [one for one in facts["gpus"] if one["vendor"] == "nvidia"]
    if nvidia:
        programs["nvidia-smi"] = _nvidia_smi(nvidia, facts["nvidia_driver"])
        if not facts.get("wsl"):  # there the kernel module is Windows' and has no file
            files["/sys/module/nvidia/version"] = facts["nvidia_driver"] + "\n"
            files["/proc/driver/nvidia/version"] = _module(facts)
    if names := [one["gfx"] for one in facts["gpus"] if one["vendor"] == "amd"]:
        programs["rocm_agent_enumerator"] = "#!/bin/sh\nprintf '%s\\n' gfx000 " + " ".join(names) + "\n"
    devices = [*facts.get("pci", ())]
    devices += [
        {"vendor": _PCI[one["vendor"]], "class": "0x030000"} for one in facts["gpus"] if not facts.get("wsl")
    ]
    for number, device in enumerate(devices):
        for name in ("vendor", "class"):
            files[f"/sys/bus/pci/devices/0000:0{number}:00.0/{name}"] = device[name] + "\n"
    return World(files=files, programs=programs)


_PCI = {"nvidia": "0x10de", "amd": "0x1002", "intel": "0x8086"}


def _module(facts: Mapping[str, Any]) -> str:
    arch, driver = facts["arch"], facts["nvidia_driver"]
    return f"NVRM version: NVIDIA UNIX {arch} Kernel Module  {driver}  Release Build\n"


def _nvidia_smi(gpus: Sequence[Mapping[str, Any]], driver: str) -> str:
    """A program that answers as NVIDIA's does: queries as CSV, else the table's head."""
    branch = int(driver.partition(".")[0])
    speaks = _SPEAKS[max(known for known in _SPEAKS if known <= branch)]
    rows: list[dict[str, str]] = []
    for gpu in gpus:
        for _ in range(gpu.get("count", 1)):
            row = {
                "index": str(len(rows)),
                "name": gpu["name"],
                "driver_version": driver,
                "memory.total": "16384",
            }
            row |= {"uuid": f"GPU-{len(rows)}", "pci.bus_id": f"00000000:0{len(rows)}:00.0", "count": "1"}
            rows.append(row | ({"compute_cap": gpu["cc"]} if branch > 470 else {}))
    names = ("KMD Version", "CUDA UMD Version") if branch >= 610 else ("Driver Version", "CUDA Version")
    header = f"| NVIDIA-SMI {driver}    {names[0]}: {driver}    {names[1]}: {speaks}     |"
    return _SMI.format(python=sys.executable, gpus=rows, header=header)


def lay_out(world: World, folder: Path) -> None:
    """Write a world's files and programs into an empty folder."""
    for place in COVERED:
        (folder / "root").joinpath(place[1:]).mkdir(parents=True)
    (folder / "bin").mkdir()
    for path, text in world.files.items():
        target = folder / "root" / path[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for name, text in world.programs.items():
        program = folder / "bin" / name
        program.write_text(text, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def entering(folder: Path, environment: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The start of a command line that runs in the world of ``folder``, and its environment."""
    path = os.pathsep.join([str(folder / "bin"), environment.get("PATH", os.defpath)])
    start = ["unshare", "--map-root-user", "--mount", "sh", "-c", _ENTER, "sh", str(folder / "root")]
    return start, {**environment, "PATH": path}


def samples(path: Path) -> list[dict[str, Any]]:
    """The machines with their answers, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
