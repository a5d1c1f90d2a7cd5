"""Single-board computers, NVIDIA's Jetson above all: their GPUs need other wheels than an Arm server's."""

from __future__ import annotations

import re

from scaffold.machine.model import Accelerator, Host, Status
from scaffold.machine.nvidia_names import BY_NAME, capability_of_name
from scaffold.system import System

_MODEL = "/proc/device-tree/model"
_RELEASE = "/etc/nv_tegra_release"


def board(system: System, found: dict[str, str]) -> str:
    """The board and its system, ``NVIDIA Jetson AGX Orin Developer Kit, L4T 36.4``; ``""`` for a computer.

    A container sees the board's kernel, and of its files what it was handed.
    """
    if system.platform.os != "linux" or system.platform.machine not in {
        "aarch64",
        "arm64",
        "armv7l",
        "riscv64",
    }:
        return ""
    model = (system.read_text(_MODEL) or "").strip("\0 \n")
    release = l4t_release(system.read_text(_RELEASE) or "")
    tegra = system.platform.release.endswith("-tegra")
    if not (model or release or tegra):
        return ""
    found["board"] = _MODEL if model else _RELEASE if release else f"kernel {system.platform.release}"
    return ", ".join(filter(None, (model or "NVIDIA Jetson", f"L4T {release}" if release else "")))


def l4t_release(text: str) -> str:
    """The release of NVIDIA's Linux for Tegra.

    >>> l4t_release("# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64")
    '36.4.3'
    """
    match = re.search(r"# R(\d+) \(release\), REVISION: (\d[\d.]*)", text)
    return f"{match[1]}.{match[2]}" if match else ""


def jetpack(name: str) -> int | None:
    """The major version of JetPack on a board; None where it is no Jetson or tells no release.

    >>> jetpack("NVIDIA Jetson AGX Orin Developer Kit, L4T 36.4.3"), jetpack("Raspberry Pi 5 Model B Rev 1.0")
    (6, None)
    """
    match = re.search(r"L4T (\d+)\.", name)
    # R38 and R39 are JetPack 7: an ordinary Arm server to CUDA.
    return {"32": 4, "34": 5, "35": 5, "36": 6, "38": 7, "39": 7}.get(match[1]) if match else None


def is_jetson(name: str) -> bool:
    """Whether a board is one of NVIDIA's."""
    return bool(re.search(r"jetson|L4T|tegra", name, re.IGNORECASE))


def gpu_of_board(host: Host, status: Status) -> Accelerator:
    """A Jetson's GPU where no library describes it: it is there, and its libraries are not."""
    name = host.board.split(",")[0]
    source = host.found_by.get("board", _MODEL)
    return Accelerator(
        vendor="nvidia",
        index=0,
        name=name,
        memory=host.memory_total,
        capability=capability_of_name(name),
        integrated=True,
        status="driver_missing" if status == "ok" else status,
        found_by={
            "name": source,
            "memory": "the board's own memory",
            "capability": BY_NAME,
            "status": source,
        },
    )
