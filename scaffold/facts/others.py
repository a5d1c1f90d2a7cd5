"""AMD's and Intel's GPUs, from a loose description: what the kernel would show of them."""

from __future__ import annotations

import re
from typing import Any

from scaffold.facts.devices import device_files, lists_devices
from scaffold.facts.gpus import Gpu
from scaffold.facts.numbers import device_number
from scaffold.facts.pci import IDS, draw_card
from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told
from scaffold.machine.intel_answers import family_of

_NODES = "/sys/class/kfd/kfd/topology/nodes"
#: AMD's and Intel's cards stand behind NVIDIA's on the bus; a processor's own graphics by Intel before them.
_AMD_BUS, _INTEL_BUS, _INTEL_OWN = 0x41, 0x81, "0000:00:02.0"
_LOADERS = {
    "linux": "/usr/lib/x86_64-linux-gnu/libze_loader.so.1",
    "windows": "C:\\Windows\\System32\\ze_loader.dll",
}


def draw_amd(told: Told, gpus: list[Gpu] | None, sketch: Sketch, *, cards_told: bool) -> None:
    """Cards, and the nodes of the kernel's compute driver."""
    mine = [gpu for gpu in gpus or () if gpu.vendor == "amd"]
    if version := told.text("rocm", "rocm_version"):
        sketch.files["/opt/rocm/.info/version"] = f"{version}\n"
    if sketch.os != "linux" or not mine:
        return
    if sketch.wsl:
        _draw_rocminfo(mine, sketch)
        return
    sketch.files[f"{_NODES}/0/properties"] = "cpu_cores_count 8\nsimd_count 0\ngfx_target_version 0\n"
    for number, gpu in enumerate(mine):
        if not cards_told:
            draw_card(sketch, f"0000:{_AMD_BUS + number:02x}:00.0", gpu, "amdgpu")
        _draw_node(number, gpu, sketch)
    nodes = [f"/dev/dri/renderD{128 + number}" for number in range(len(mine))]
    _draw_devices(told, sketch, ["/dev/kfd", *nodes])


def draw_intel(told: Told, gpus: list[Gpu] | None, sketch: Sketch, *, cards_told: bool) -> None:
    """Cards with their render nodes, and what Level Zero says where it is there."""
    mine = [gpu for gpu in gpus or () if gpu.vendor == "intel"]
    answers: list[dict[str, Any]] = []
    for number, gpu in enumerate(mine):
        own = gpu.integrated and number == 0
        address = _INTEL_OWN if own else f"0000:{_INTEL_BUS + number:02x}:00.0"
        device = device_number(gpu, sketch.names, IDS["intel"])
        family = family_of(device)
        ip = gpu.capability or (family.ip if family else "")
        if sketch.os == "linux" and not sketch.wsl and not cards_told:
            folder = draw_card(sketch, address, gpu, _kernel_driver(gpu, ip))
            sketch.paths.add(f"{folder}/drm/renderD{160 + number}")
            _draw_devices(told, sketch, [f"/dev/dri/renderD{160 + number}"])
        place = address if sketch.os == "linux" else ""  # Windows tells no place on the bus
        integrated = gpu.integrated or bool(family and family.integrated)
        answers.append(_level_zero(gpu, ip, {"device": device, "pci": place, "integrated": integrated}))
    if answers and sketch.os in _LOADERS and told.flag("level_zero") is not False:
        sketch.paths.add(_LOADERS[sketch.os])
        sketch.probe("level_zero", {"library": "libze_loader.so.1", "init": 0, "devices": answers})


def _kernel_driver(gpu: Gpu, ip: str) -> str:
    """From Battlemage and Lunar Lake (20) on, the kernel's driver is xe."""
    newer = ip.partition(".")[0] >= "20"
    return gpu.driver if gpu.driver in {"i915", "xe", "vfio-pci"} else "xe" if newer else "i915"


def _level_zero(gpu: Gpu, ip: str, device: dict[str, Any]) -> dict[str, Any]:
    architecture, release, revision = map(int, (ip or "0.0.0").split("."))
    number = architecture << 22 | release << 14 | revision
    return {"name": gpu.name or "Intel GPU", "ip": number, "memory": gpu.memory or 0, "uuid": "", **device}


def target_version(gfx: str) -> int:
    """The number behind an architecture's name.

    >>> target_version("gfx1100"), target_version("gfx90a"), target_version("gfx1036")
    (110000, 90010, 100306)
    """
    digits = gfx.removeprefix("gfx")
    return int(digits[:-2]) * 10000 + int(digits[-2], 16) * 100 + int(digits[-1], 16)


def _draw_node(number: int, gpu: Gpu, sketch: Sketch) -> None:
    node = f"{_NODES}/{number + 1}"
    # A node without a version is how older kernels show a GPU: it computes, and as what nobody says.
    version = {"gfx_target_version": target_version(gpu.capability)} if gpu.capability else {}
    facts = {
        "cpu_cores_count": 8 if gpu.integrated else 0,
        "simd_count": 64,
        **version,
        "location_id": (_AMD_BUS + number) << 8,
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
    if lists_devices(told):
        for path, usable in device_files(told).items():
            if re.match(r"/dev/(?:kfd|dri/)", path):
                (sketch.accessible if usable else sketch.paths).add(path)
        return
    sketch.accessible.update(nodes)
