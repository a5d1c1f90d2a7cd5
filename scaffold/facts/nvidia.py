"""NVIDIA's GPUs, from a loose description: what its libraries would answer on that machine.

Nothing is decided here. The probes' answers are drawn as libcuda, NVML and nvidia-smi give them, and the
detection makes of them what it makes of the real ones.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from scaffold.facts.containers import FIRST_BUS, draw_host, handed_nothing
from scaffold.facts.devices import closed_devices, lists_none
from scaffold.facts.driver import (
    CUDA_NO_DEVICE,
    CUDA_REFUSED,
    NO_LIBRARY,
    NO_PERMISSION,
    NOT_LOADED,
    Driver,
    read_driver,
)
from scaffold.facts.gpus import Gpu
from scaffold.facts.masks import uuid_of, visible_under
from scaffold.facts.pci import draw_card
from scaffold.facts.sketch import Sketch
from scaffold.facts.smi import smi_gpus
from scaffold.facts.told import Told
from scaffold.machine.nvidia_merge import MASK
from scaffold.machine.nvidia_names import capability_of_name, last_branch
from scaffold.machine.nvidia_smi import QUERY

_LINUX_LIBRARY = "/usr/lib/x86_64-linux-gnu/libcuda.so.1"
_ARM_LIBRARY = "/usr/lib/aarch64-linux-gnu/libcuda.so.1"
_WSL, _SYSTEM32 = "/usr/lib/wsl/lib/", "C:\\Windows\\System32\\"
_TEGRA, _TEGRA_KERNEL = re.compile("jetson|tegra|xavier", re.IGNORECASE), "5.15.148-tegra"
_GPU_LOST = 15
_NAMELESS = "NVIDIA GPU"


def draw_nvidia(told: Told, gpus: list[Gpu] | None, sketch: Sketch, *, cards_told: bool) -> None:
    """Libraries, device files, cards and the probes' answers."""
    mine = [gpu for gpu in gpus or () if gpu.vendor == "nvidia"]
    driver = read_driver(told, mine, sketch)
    mine = mine or smi_gpus(driver.smi)
    if not mine and gpus is None and driver.installed and not driver.management:
        told.notes.append(
            "gpus: not told; since a driver is, one NVIDIA GPU of unknown capability is assumed"
        )
        mine = [Gpu(vendor="nvidia", name=_NAMELESS)]
    if sketch.os == "macos" or not (mine or driver.installed):
        return
    mine = [_doubted(told, gpu) for gpu in mine]
    if handed_nothing(told, driver, sketch):
        draw_host(mine, driver, sketch, cards_told=cards_told)
        return
    driver = _at_hand(told, mine, driver, sketch)
    at: list[str] = []
    if sketch.os == "linux" and not sketch.wsl and not cards_told and not _draw_tegra(mine, sketch):
        link = "nvidia" if driver.installed and driver.management != NOT_LOADED else ""
        drawn = [
            (gpu, draw_card(sketch, f"0000:{slot:02x}:00.0", gpu, link))
            for slot, gpu in enumerate(mine, FIRST_BUS)
        ]
        # The driver names no GPU that it no longer serves: only the bus shows that one.
        served = [(gpu, folder) for gpu, folder in drawn if _is_served(gpu, driver)]
        mine, at = [gpu for gpu, _ in served], [folder for _, folder in served]
    else:
        mine = [gpu for gpu in mine if sketch.os != "windows" or _is_served(gpu, driver)]
    if driver.installed:
        _draw_driver(told, mine, driver, sketch, at)


def _doubted(told: Told, gpu: Gpu) -> Gpu:
    """The GPU; where its name and its capability contradict each other, one of which neither is known."""
    usual = capability_of_name(gpu.name)
    if not (gpu.capability and usual) or gpu.capability == usual:
        return gpu
    told.notes.append(
        f"gpus: {gpu.name} is told to have compute capability {gpu.capability}, by its name it has "
        f"{usual}: neither is believed, its capability counts as unknown"
    )
    return replace(gpu, name=_NAMELESS, capability="")


def _is_served(gpu: Gpu, driver: Driver) -> bool:
    branch, last = driver.version.partition(".")[0], last_branch(gpu.capability)
    return not (last and branch.isdecimal() and int(branch) > last)


def _draw_tegra(gpus: list[Gpu], sketch: Sketch) -> bool:
    """A Jetson's GPU is on no bus; its board and its kernel tell what it is."""
    name = next((gpu.name for gpu in gpus if _TEGRA.search(gpu.name)), "")
    if not name or sketch.machine != "aarch64":
        return False
    sketch.files.setdefault("/proc/device-tree/model", f"{name}\x00")
    sketch.release = sketch.release or _TEGRA_KERNEL
    return True


def _at_hand(told: Told, gpus: list[Gpu], driver: Driver, sketch: Sketch) -> Driver:
    """The driver with what the device files mean for it, and one assumed where none is told."""
    if gpus and driver.installed is not False and not (driver.version or driver.cuda or driver.management):
        told.notes.append("nvidia_driver: not told; no GPU build can be planned without it")
    if driver.installed is None and gpus:
        driver = replace(driver, installed=True)
    closed = closed_devices(told)
    if closed:
        sketch.paths |= closed
        return replace(
            driver, init=driver.init or CUDA_REFUSED, management=driver.management or NO_PERMISSION
        )
    if lists_none(told, sketch) and driver.installed:
        return replace(driver, init=driver.init or CUDA_NO_DEVICE, management=driver.management or NOT_LOADED)
    return driver


def _draw_driver(told: Told, gpus: list[Gpu], driver: Driver, sketch: Sketch, at: list[str]) -> None:
    """What an installed driver leaves on the machine, and what it answers."""
    library = _draw_library(driver, sketch)
    if sketch.os == "linux" and not sketch.wsl and driver.management not in (NOT_LOADED, NO_LIBRARY):
        _draw_module(driver, sketch)
    if told.first("nvidia_smi") is not False:
        _draw_smi(driver, sketch)
    visible = [] if driver.init else visible_under(sketch.environment.get(MASK), gpus)
    init = driver.init or (0 if visible else CUDA_NO_DEVICE)
    answer = {
        "library": library.replace("\\", "/").rpartition("/")[2],
        "init": init,
        "driver": _coded(driver.cuda),
        "devices": [_seen(index, gpus[number], number) for index, number in enumerate(visible)],
    }
    sketch.probe("libcuda", answer if driver.library else {"library": ""})
    sketch.probe("nvml", _management(gpus, driver, sketch, at))


def _draw_library(driver: Driver, sketch: Sketch) -> str:
    """Where libcuda lies; its file's name tells its version, but in WSL."""
    library = _library(sketch)
    if sketch.wsl:
        sketch.accessible.add("/dev/dxg")
    if not driver.library:
        return library
    if driver.version and sketch.os == "linux" and not sketch.wsl:
        sketch.links[library] = f"libcuda.so.{driver.version}"
    else:
        sketch.paths.add(library)
    return library


def _draw_module(driver: Driver, sketch: Sketch) -> None:
    """Without a word about devices, the driver's own are there."""
    if driver.management != NO_PERMISSION:
        sketch.accessible.add("/dev/nvidiactl")
    module = driver.module or driver.version
    if module:
        sketch.files.setdefault("/sys/module/nvidia/version", f"{module}\n")


def _library(sketch: Sketch) -> str:
    if sketch.os == "windows":
        return f"{_SYSTEM32}nvcuda.dll"
    if sketch.wsl:
        return f"{_WSL}libcuda.so.1"
    return _ARM_LIBRARY if sketch.machine == "aarch64" else _LINUX_LIBRARY


def _draw_smi(driver: Driver, sketch: Sketch) -> None:
    path = (
        f"{_SYSTEM32}nvidia-smi.exe"
        if sketch.os == "windows"
        else f"{_WSL if sketch.wsl else '/usr/bin/'}nvidia-smi"
    )
    if re.search("not found|not recognized", driver.smi):
        return
    sketch.paths.add(path)
    if not driver.smi:
        return
    query = f"nvidia-smi --query-gpu={','.join(QUERY)} --format=csv,noheader,nounits"
    status = driver.management or 0
    sketch.answer("nvidia-smi", driver.smi, status)
    sketch.answer(query, driver.smi, status)


def _management(gpus: list[Gpu], driver: Driver, sketch: Sketch, at: list[str]) -> dict[str, Any]:
    if driver.management == NO_LIBRARY:
        return {"library": ""}
    library = "nvml.dll" if sketch.os == "windows" else "libnvidia-ml.so.1"
    if driver.management:
        return {"library": library, "init": driver.management}
    return {
        "library": library,
        "init": 0,
        "driver_version": driver.version,
        "cuda": _coded(driver.cuda),
        "devices": [_managed(index, gpu, (at or [""] * len(gpus))[index]) for index, gpu in enumerate(gpus)],
    }


def _managed(index: int, gpu: Gpu, folder: str) -> dict[str, Any]:
    bus = {"pci": folder.rpartition("/")[2]}
    if gpu.status in {"gpu_lost", "lost"}:
        return {"index": index, "status": _GPU_LOST, "name": gpu.name, "capability": gpu.capability, **bus}
    facts = _facts(index, gpu, index)
    return {**facts, "status": 0, "uuid": f"GPU-{uuid_of(gpu, index)}", "mig": bool(gpu.mig), **bus}


def _seen(index: int, gpu: Gpu, at: int) -> dict[str, Any]:
    facts = _facts(index, gpu, at)
    return {**facts, "name": f"{gpu.name} MIG {gpu.mig}"} if gpu.mig else facts


def _facts(index: int, gpu: Gpu, at: int) -> dict[str, Any]:
    return {
        "index": index,
        "name": gpu.name or "NVIDIA GPU",
        "capability": gpu.capability,
        "memory": gpu.memory or 0,
        "uuid": uuid_of(gpu, at),
    }


def _coded(cuda: str) -> int:
    """12.4 as the driver's interface codes it: 12040; 0 where it is not told."""
    major, _, minor = cuda.partition(".")
    return int(major) * 1000 + int(minor) * 10 if major.isdecimal() and minor.isdecimal() else 0
