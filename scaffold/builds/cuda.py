"""The three keys of a CUDA build: driver → CUDA, capability → machine code, capability → cuDNN."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from scaffold.builds import tables
from scaffold.machine.model import Accelerator, Machine
from scaffold.machine.nvidia_names import last_branch

#: After a driver update the GPU works again once the machine was restarted: it is planned for.
_USABLE = ("ok", "reboot_required")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpus:
    """The NVIDIA GPUs of a machine that a program can use, and what their driver runs."""

    devices: tuple[Accelerator, ...] = ()  # each with a known capability, served by the driver
    driver: str = ""
    cuda: int = 0  # newest CUDA major version that the driver runs; 0: none
    windows: bool = False  # the driver is Windows' (also in WSL): other numbers hold
    why: str = ""  # a sentence: what the driver runs, or why no GPU counts
    doubts: tuple[str, ...] = ()  # GPUs that are there and not planned for, a sentence each


def number(capability: str) -> tuple[int, int]:
    """A capability to compare with: ``12.0`` is newer than ``9.0``."""
    major, _, minor = capability.partition(".")
    return int(major), int(minor or 0)


def most_capable(devices: Iterable[Accelerator]) -> tuple[int, int]:
    """The capability of the most capable device, to compare with; (0, 0) for none."""
    return max((number(one.capability) for one in devices), default=(0, 0))


def usable_gpus(machine: Machine) -> Gpus:
    """The GPUs to choose a CUDA build for.

    A GPU whose capability nobody tells, or that its driver cannot serve, is not planned for: an answer
    that may not run is worse than one that does not use it.
    """
    nvidia = [one for one in machine.accelerators if one.vendor == "nvidia" and one.status in _USABLE]
    driver = next((one.driver for one in nvidia if one.driver), "")
    windows = machine.host.windows_driver
    major = cuda_major(driver, machine.cuda_driver, windows=windows)
    if nvidia and driver and not major:
        return Gpus(why=f"driver {driver} is too old for any CUDA build")
    pairs = [(one, _doubt(one, driver, windows=windows)) for one in nvidia]
    devices = tuple(one for one, doubt in pairs if not doubt)
    doubts = tuple(dict.fromkeys(f"not planned for: {one.name}: {doubt}" for one, doubt in pairs if doubt))
    if not devices:
        return Gpus(doubts=doubts, why=next((f"{one.name}: {doubt}" for one, doubt in pairs), ""))
    if not major:
        if machine.cuda_driver:
            return Gpus(
                doubts=doubts, why=f"a driver for CUDA {machine.cuda_driver} is too old for any build"
            )
        unknown = "nobody tells the driver's version (nvidia-smi shows it)"
        return Gpus(why=unknown, doubts=(*doubts, f"not planned for: {devices[0].name}: {unknown}"))
    why = _driver_reason(driver, major, machine, windows=windows)
    return Gpus(devices=devices, driver=driver, cuda=major, windows=windows, why=why, doubts=doubts)


def _doubt(gpu: Accelerator, driver: str, *, windows: bool) -> str:
    """What keeps a GPU that is said to work from being planned for; "" where nothing does."""
    if not is_capability(gpu.capability):
        return "it does not tell its compute capability"
    try:
        version = Version(driver)
    except InvalidVersion:
        return ""
    first, last = first_driver(gpu.capability, windows=windows), last_branch(gpu.capability)
    if first and version < Version(first):
        return f"a GPU of capability {gpu.capability} needs driver {first}, here is {driver}"
    if last is not None and version.major > last:
        return f"{last} is the last driver branch for capability {gpu.capability}, here is {driver}"
    return ""


def first_driver(capability: str, *, windows: bool = False) -> str:
    """The oldest driver that knows a GPU generation; "" where the tables do not say."""
    rows = (row for row in tables.cuda().first_driver if number(capability) >= number(row.since))
    row = next(rows, None)
    return "" if row is None else row.windows if windows else row.linux


def is_capability(text: str) -> bool:
    """Whether a text is a compute capability: ``8.6`` is, ``Failed`` and ``[N/A]`` are not."""
    return re.fullmatch(r"[1-9]\d?\.\d", text) is not None


def cuda_environment(machine: Machine, used: tuple[Accelerator, ...]) -> Mapping[str, str]:
    """CUDA_VISIBLE_DEVICES, where programs would otherwise see a GPU that the build does not run on."""
    if len(used) == sum(one.vendor == "nvidia" and one.status in _USABLE for one in machine.accelerators):
        return {}
    # As the driver's tools count; CUDA's own order puts the fastest first.
    order = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    return {**order, "CUDA_VISIBLE_DEVICES": ",".join(str(one.index) for one in used)}


def covers(code: str, device: str) -> bool:
    """Whether machine code for one capability runs on a device of another.

    >>> covers("8.6", "8.9"), covers("8.0", "8.7"), covers("12.0", "12.1"), covers("9.0", "10.0")
    (True, False, True, False)
    """
    exception = tables.cuda().cubin.get(code)
    if exception and exception.only:
        return device in exception.only
    if exception and device in exception.exclude:
        return False
    (code_major, code_minor), (major, minor) = number(code), number(device)
    return code_major == major and minor >= code_minor


def covered(kernels: Iterable[str], devices: Iterable[Accelerator]) -> tuple[Accelerator, ...]:
    """The devices that some of a build's machine code runs on."""
    codes = tuple(kernels)
    return tuple(one for one in devices if any(covers(code, one.capability) for code in codes))


def cudnn_supports(cudnn: Version | None, capability: str) -> bool:
    """Whether a cuDNN version still runs on a device; an unknown version is not held against a build."""
    if cudnn is None:
        return True
    oldest = next(cap for below, cap in tables.cuda().cudnn if below is None or cudnn < below)
    return number(capability) >= number(oldest)


def cudnn_limit(devices: Iterable[Accelerator]) -> Version | None:
    """The first cuDNN that no longer runs on one of the devices; None where the newest still does."""
    oldest = min((number(one.capability) for one in devices), default=None)
    if oldest is None:
        return None
    below = [limit for limit, capability in tables.cuda().cudnn if oldest >= number(capability)]
    return None if None in below else max((limit for limit in below if limit), default=None)


def variant_major(variant: str) -> int:
    """The CUDA major version of a variant.

    >>> variant_major("cu126"), variant_major("cu130"), variant_major("cu13"), variant_major("cpu")
    (12, 13, 13, 0)
    """
    digits = variant.removeprefix("cu")
    if not variant.startswith("cu") or not digits.isdecimal():
        return 0
    # JAX names the major version alone; cu92 was CUDA 9.2.
    return int(digits) if 10 <= int(digits) < 20 else int(digits) // 10


def driver_needed(cuda_major: int, *, windows: bool = False) -> str:
    """The oldest driver for a CUDA major version, as text."""
    rows = (row.oldest(windows=windows) for row in tables.cuda().driver if row.cuda == cuda_major)
    return next(rows, "")


def cuda_major(driver: str, cuda_driver: str, *, windows: bool) -> int:
    """The lower of what the driver's version and the driver itself say, where both are known."""
    said = [number(cuda_driver)[0]] if cuda_driver[:1].isdecimal() else []
    try:
        version = Version(driver)
    except InvalidVersion:
        return min(said, default=0)
    rows = tables.cuda().driver
    fits = [row.cuda for row in rows if version >= Version(row.oldest(windows=windows))]
    return min([max(fits, default=0), *said])


def _driver_reason(driver: str, major: int, machine: Machine, *, windows: bool) -> str:
    name = f"driver {driver}" if driver else "the driver"
    speaks = f" (it speaks CUDA {machine.cuda_driver})" if machine.cuda_driver else ""
    newer = driver_needed(major + 1, windows=windows)
    limit = f"; CUDA {major + 1} needs driver {newer}" if newer else ""
    return f"{name} runs builds up to CUDA {major}{speaks}{limit}"
