"""AMD's and Intel's GPUs, from a loose description: what the kernel would show of them."""

from __future__ import annotations

import re

from scaffold.facts.gpus import Gpu
from scaffold.facts.nvidia import device_files
from scaffold.facts.pci import draw_card
from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told

_NODES = "/sys/class/kfd/kfd/topology/nodes"
#: AMD's and Intel's cards stand behind NVIDIA's in the order of the bus.
_FIRST_SLOT = {"amd": 0x40, "intel": 0x80}


def draw_amd(told: Told, gpus: list[Gpu] | None, sketch: Sketch, *, cards_told: bool) -> None:
    """Cards, and the nodes of the kernel's compute driver."""
    mine = [gpu for gpu in gpus or () if gpu.vendor == "amd"]
    if sketch.os != "linux" or not mine:
        return
    if sketch.wsl:
        _draw_rocminfo(mine, sketch)
        return
    sketch.files[f"{_NODES}/0/properties"] = "cpu_cores_count 8\nsimd_count 0\ngfx_target_version 0\n"
    for number, gpu in enumerate(mine):
        slot = _FIRST_SLOT["amd"] + number
        if not cards_told:
            draw_card(sketch, slot, gpu, "amdgpu")
        if gpu.capability:
            _draw_node(number, slot, gpu, sketch)
    _draw_devices(
        told, sketch, ["/dev/kfd", *(f"/dev/dri/renderD{128 + number}" for number in range(len(mine)))]
    )
    if version := told.text("rocm", "rocm_version"):
        sketch.files["/opt/rocm/.info/version"] = f"{version}\n"


def draw_intel(told: Told, gpus: list[Gpu] | None, sketch: Sketch, *, cards_told: bool) -> None:
    """Cards with their render nodes."""
    mine = [gpu for gpu in gpus or () if gpu.vendor == "intel"]
    if sketch.os != "linux" or sketch.wsl or cards_told:
        return
    for number, gpu in enumerate(mine):
        folder = draw_card(
            sketch, _FIRST_SLOT["intel"] + number, gpu, gpu.driver if gpu.driver == "xe" else "i915"
        )
        sketch.paths.add(f"{folder}/drm/renderD{128 + number}")
        _draw_devices(told, sketch, [f"/dev/dri/renderD{128 + number}"])


def target_version(gfx: str) -> int:
    """The number behind an architecture's name.

    >>> target_version("gfx1100"), target_version("gfx90a"), target_version("gfx1036")
    (110000, 90010, 100306)
    """
    digits = gfx.removeprefix("gfx")
    return int(digits[:-2]) * 10000 + int(digits[-2], 16) * 100 + int(digits[-1], 16)


def _draw_node(number: int, slot: int, gpu: Gpu, sketch: Sketch) -> None:
    node = f"{_NODES}/{number + 1}"
    facts = {
        "cpu_cores_count": 8 if gpu.integrated else 0,
        "simd_count": 64,
        "gfx_target_version": target_version(gpu.capability),
        "location_id": (slot + 1) << 8,
        "domain": 0,
        "drm_render_minor": 128 + number,
        "unique_id": 0,
    }
    sketch.files[f"{node}/properties"] = "".join(f"{name} {value}\n" for name, value in facts.items())
    if gpu.memory:
        sketch.files[f"{node}/mem_banks/0/properties"] = f"heap_type 1\nsize_in_bytes {gpu.memory}\n"


def _draw_rocminfo(gpus: list[Gpu], sketch: Sketch) -> None:
    """In WSL there is no compute driver of the kernel's; ROCm's tool tells."""
    sketch.accessible.add("/dev/dxg")
    sketch.programs["rocminfo"] = "/opt/rocm/bin/rocminfo"
    agents = [
        f"Agent {number}\n  Name:                    {gpu.capability}\n"
        f"  Marketing Name:          {gpu.name}\n  Device Type:             GPU\n"
        for number, gpu in enumerate(gpus, 2)
    ]
    sketch.answer("rocminfo", "ROCk module is loaded\n" + "*******\n".join(agents))


def _draw_devices(told: Told, sketch: Sketch, nodes: list[str]) -> None:
    """Device files: those that are told, or, where nothing is told of any, these."""
    if isinstance(told.first("devices"), (list, dict)):
        for path, usable in device_files(told).items():
            if re.match(r"/dev/(?:kfd|dri/)", path):
                (sketch.accessible if usable else sketch.paths).add(path)
        return
    sketch.accessible.update(nodes)
