"""What NVIDIA's libraries answer, turned into facts. Pure functions; garbage gives nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from scaffold.machine.model import DriverAnswers, GpuState
from scaffold.results import read_json

Source = Literal["libcuda", "NVML", "nvidia-smi"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One GPU as one source describes it; ``uuid`` without its prefix, ``memory`` in bytes."""

    index: int
    name: str = ""
    capability: str = ""
    memory: int | None = None
    uuid: str = ""
    pci: str = ""  # 0000:01:00.0
    integrated: bool = False  # part of a chip with processors: Jetson, GB10
    mig: bool = False  # split into slices: programs see those, not this
    code: int = 0  # NVML's answer for this GPU; 0 is good
    used: int | None = None  # bytes of memory that processes hold
    mode: str = ""  # who may compute: "default", "exclusive", "prohibited"
    uncorrected: int | None = None  # ECC errors that lost data
    fabric: str = ""  # "not started", "in progress", "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source says. ``code`` 0: it works. ``library`` "" : it is not there."""

    source: Source
    library: str
    code: int = 0
    driver: str = ""  # 550.54.15
    cuda: str = ""  # 12.4
    devices: tuple[Device, ...] = ()
    path: str = ""  # the file that was loaded: a compatibility libcuda lies elsewhere than the driver's own


#: nvmlComputeMode_t; 1 is "exclusive to a thread" of old drivers.
_MODES = {0: "default", 1: "exclusive", 2: "prohibited", 3: "exclusive"}

#: nvmlGpuFabricState_t, less "not supported".
_FABRIC = {1: "not started", 2: "in progress", 3: "completed"}


def cuda_version(number: object) -> str:
    """The driver interface's coding of a CUDA version.

    >>> cuda_version(12040), cuda_version(0)
    ('12.4', '')
    """
    if not isinstance(number, int) or number <= 0:
        return ""
    return f"{number // 1000}.{number % 1000 // 10}"


def libcuda_answer(output: str) -> Answer | None:
    """The libcuda probe's JSON; None where it is not that.

    >>> libcuda_answer('{"library": "libcuda.so.1", "init": 100, "driver": 12040, "devices": []}').code
    100
    """
    record = _object(output)
    if record is None:
        return None
    return Answer(
        source="libcuda",
        library=_text(record, "library"),
        code=_whole(record.get("init")),
        cuda=cuda_version(record.get("driver")),
        devices=_devices(record),
        path=_text(record, "path"),
    )


def nvml_answer(output: str) -> Answer | None:
    """The NVML probe's JSON; None where it is not that.

    >>> nvml_answer('{"library": "libnvidia-ml.so.1", "init": 18}').code
    18
    """
    record = _object(output)
    if record is None:
        return None
    return Answer(
        source="NVML",
        library=_text(record, "library"),
        code=_whole(record.get("init")),
        driver=_text(record, "driver_version"),
        cuda=cuda_version(record.get("cuda")),
        devices=_devices(record),
    )


def driver_answers(cuda: Answer | None, management: Answer | None) -> DriverAnswers:
    """What both said of themselves, and NVML of every GPU."""
    said = [one for one in (cuda, management) if one is not None and one.library]
    return DriverAnswers(
        codes={one.source: one.code for one in said},
        libcuda=cuda.path if cuda else "",
        gpus=tuple(
            GpuState(
                index=one.index,
                code=one.code,
                memory=one.memory,
                used=one.used,
                mode=one.mode,
                uncorrected=one.uncorrected,
                fabric=one.fabric,
                mig=one.mig,
            )
            for one in (management.devices if management else ())
        ),
    )


def pci_address(text: str) -> str:
    """The first PCI address in a text, as /sys writes it; NVIDIA's tools pad the domain to eight digits.

    >>> pci_address("00000000:0B:00.0"), pci_address("GPU 0000:02:00.0: GPU is lost."), pci_address("")
    ('0000:0b:00.0', '0000:02:00.0', '')
    """
    match = re.search(r"(?:[0-9a-f]{4})?([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])", text.lower())
    return match[1] if match else ""


def module_version(text: str) -> str:
    """The kernel module's version in /proc/driver/nvidia/version.

    >>> module_version("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build")
    '580.95.05'
    >>> module_version("NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 14:37:44 2024")
    '470.256.02'
    """
    match = re.search(r"Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)", text)
    return match[1] if match else ""


def known(text: str) -> str:
    """``[N/A]``, ``[Not Supported]`` and ``ERR!`` are no facts."""
    return "" if text.startswith("[") or text in {"N/A", "ERR!"} else text


def _devices(record: dict[str, Any]) -> tuple[Device, ...]:
    rows = record.get("devices")
    return tuple(_device(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _device(row: dict[str, Any]) -> Device:
    return Device(
        index=_whole(row.get("index")),
        name=known(_text(row, "name")),
        capability=well_formed(_text(row, "capability")),
        memory=_size(row.get("memory")),
        uuid=bare(_text(row, "uuid")),
        pci=pci_address(_text(row, "pci")),
        integrated=row.get("integrated") is True,
        mig=row.get("mig") is True,
        code=_whole(row.get("status")),
        used=_count(row.get("used")),
        mode=_MODES.get(_whole(row.get("mode", -1)), ""),
        uncorrected=_count(row.get("uncorrected")),
        fabric=_FABRIC.get(_whole(row.get("fabric")), ""),
    )


def well_formed(text: str) -> str:
    """Only ``8.6``: an error message in its place once became a compiler flag elsewhere."""
    return text if re.fullmatch(r"[1-9]\d?\.\d", text) else ""


def bare(uuid: str) -> str:
    """An id without its prefix; ``""`` where it is none."""
    bare = re.sub(r"^(?:GPU|MIG)-", "", uuid)
    return bare.lower() if re.fullmatch(r"[0-9A-Fa-f-]+", bare) else ""


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = read_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _size(value: object) -> int | None:
    """Bytes, where they can be meant."""
    return value if isinstance(value, int) and 0 < value < 1 << 60 else None


def _count(value: object) -> int | None:
    """A count or a size that may be 0; -1 is what the probe writes where it was not told."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 60 else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
