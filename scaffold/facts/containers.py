"""Containers on a host with NVIDIA's driver, from a description: what they see without a GPU."""

from __future__ import annotations

from scaffold.facts.devices import device_files, lists_devices
from scaffold.facts.driver import NOT_LOADED, Driver
from scaffold.facts.gpus import Gpu
from scaffold.facts.pci import draw_card
from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told

#: The bus of the first of NVIDIA's cards.
FIRST_BUS = 1


def handed_nothing(told: Told, driver: Driver, sketch: Sketch) -> bool:
    """A container whose host has a driver, and that was handed neither a GPU's devices nor the libraries."""
    if sketch.os != "linux" or sketch.wsl or not sketch.container or driver.management == NOT_LOADED:
        return False
    if lists_devices(told):
        return bool(driver.installed) and not any("nvidia" in path for path in device_files(told))
    # A runtime that was asked for GPUs, or an nvidia-smi that answers: only the libraries to compute lack.
    asked = sketch.environment.get("NVIDIA_VISIBLE_DEVICES", "") not in {"", "none", "void"}
    return bool(driver.installed) and not (driver.library or driver.smi or asked)


def draw_host(gpus: list[Gpu], driver: Driver, sketch: Sketch, *, cards_told: bool) -> None:
    """What a container sees of its host all the same: the kernel's module, and the cards on the bus."""
    version = driver.module or driver.version
    if version:
        sketch.files.setdefault("/sys/module/nvidia/version", f"{version}\n")
    if not cards_told:
        for slot, gpu in enumerate(gpus, FIRST_BUS):
            draw_card(sketch, f"0000:{slot:02x}:00.0", gpu, "nvidia")
