"""What NVIDIA's libraries and tools answer, turned into facts. Pure functions; garbage gives nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from scaffold.machine.model import Status

Source = Literal["libcuda", "NVML", "nvidia-smi"]

#: The fields asked of ``nvidia-smi --query-gpu``, in this order. Drivers before 495 know no compute_cap.
QUERY = ("index", "uuid", "name", "driver_version", "memory.total", "compute_cap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One GPU as one source describes it; ``uuid`` without its prefix, ``memory`` in bytes."""

    index: int
    name: str = ""
    capability: str = ""
    memory: int | None = None
    uuid: str = ""
    mig: bool = False  # split into slices: programs see those, not this
    code: int = 0  # NVML's answer for this GPU; 0 is good


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source says. ``code`` 0: it works. ``library`` "" : it is not there."""

    source: Source
    library: str
    code: int = 0
    driver: str = ""  # 550.54.15
    cuda: str = ""  # 12.4
    devices: tuple[Device, ...] = ()
    message: str = ""  # the tool's own words, where it failed


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


def query_answer(output: str) -> Answer:
    r"""``nvidia-smi --query-gpu=... --format=csv,noheader,nounits``, with or without the last field.

    >>> query_answer("0, GPU-5c1e, NVIDIA A100-SXM4-40GB, 550.54.15, 40960, 8.0\n").devices[0].capability
    '8.0'
    >>> query_answer("0, GPU-5c1e, Tesla K80, 470.82.01, [N/A]\n").devices[0].memory is None
    True
    """
    rows = [[cell.strip() for cell in line.split(", ")] for line in output.splitlines()]
    rows = [row for row in rows if len(row) in {len(QUERY) - 1, len(QUERY)} and row[0].isdecimal()]
    return Answer(
        source="nvidia-smi",
        library="nvidia-smi",
        driver=next((row[3] for row in rows if re.fullmatch(r"\d[\d.]+", row[3])), ""),
        devices=tuple(map(_device_of_row, rows)),
    )


def header_versions(output: str) -> tuple[str, str]:
    """Driver and CUDA version from the head of nvidia-smi's table, in both of its dialects.

    >>> header_versions("| NVIDIA-SMI 552.22    Driver Version: 552.22    CUDA Version: 12.4 |")
    ('552.22', '12.4')
    >>> header_versions("| NVIDIA-SMI 610.47    KMD Version: 610.47       CUDA UMD Version: 13.3 |")
    ('610.47', '13.3')
    """
    driver = re.search(r"(?:Driver|KMD) Version:\s*(\d[\d.]*)", output)
    cuda = re.search(r"CUDA(?: UMD)? Version:\s*(\d+\.\d+)", output)
    return driver[1] if driver else "", cuda[1] if cuda else ""


def module_version(text: str) -> str:
    """The kernel module's version in /proc/driver/nvidia/version.

    >>> module_version("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build")
    '580.95.05'
    >>> module_version("NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 14:37:44 2024")
    '470.256.02'
    """
    match = re.search(r"Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)", text)
    return match[1] if match else ""


def smi_failure(message: str) -> int:
    """The NVML code behind what nvidia-smi says when it fails; 0 where its words are unknown.

    >>> smi_failure("Failed to initialize NVML: Driver/library version mismatch")
    18
    """
    words = {
        "version mismatch": 18,
        "couldn't communicate with the NVIDIA driver": 9,
        "Insufficient Permissions": 4,
        "Unable to determine the device handle": 15,
        "GPU is lost": 15,
        "No devices were found": 6,
        "libnvidia-ml": 12,
    }
    return next((code for word, code in words.items() if word.lower() in message.lower()), 0)


#: NVML's codes (nvmlReturn_t) as what stands in the way.
_NVML: dict[int, tuple[Status, str]] = {
    4: ("no_permission", "the driver refuses this user (NVML: insufficient permissions)"),
    6: ("gpu_lost", "the driver runs and finds no GPU: one that it no longer supports, or off the bus"),
    9: ("module_blocked", "NVIDIA's kernel module is not loaded (Secure Boot, or not built for this kernel)"),
    12: ("driver_missing", "NVIDIA's management library is not installed"),
    15: ("gpu_lost", "the GPU has fallen off the bus: restart the machine"),
    16: ("reboot_required", "the GPU wants a reset: restart the machine"),
    17: ("no_permission", "the operating system refused the driver's device files"),
    18: ("reboot_required", "the driver was updated, the old kernel module still runs: restart the machine"),
}  # fmt: skip

#: cuInit's codes (CUresult) as what stands in the way.
_CUDA: dict[int, tuple[Status, str]] = {
    34: ("driver_missing", "libcuda is a stub from the CUDA toolkit, not the driver's"),
    35: ("unsupported", "the driver is older than its library"),
    46: ("no_permission", "the GPU is in exclusive use by another process"),
    100: ("gpu_lost", "the CUDA driver finds no GPU (cuInit 100)"),
    101: ("hidden", "CUDA_VISIBLE_DEVICES names a GPU that is not there (cuInit 101)"),
    304: ("no_permission", "the operating system refused the CUDA driver (cuInit 304): see /dev/nvidia*"),
    802: ("gpu_lost", "the GPUs' fabric is not ready (cuInit 802): nvidia-fabricmanager must run"),
    803: ("reboot_required", "libcuda and the kernel module are of different versions (cuInit 803)"),
    804: ("unsupported", "a CUDA compatibility libcuda comes first and does not fit this GPU (cuInit 804)"),
    999: ("gpu_lost", "the CUDA driver fails (cuInit 999); after a suspend, reload nvidia_uvm"),
}  # fmt: skip


def obstacle(source: Source, code: int) -> tuple[Status, str]:
    """What a failing code of NVML (nvidia-smi) or of cuInit means: a status, and a sentence for people."""
    if code < 0:
        return "gpu_lost", f"{source} gave no answer in time or crashed: restart the machine"
    known = _CUDA if source == "libcuda" else _NVML
    return known.get(code, ("gpu_lost", f"{source} fails with code {code}"))


def _device_of_row(row: list[str]) -> Device:
    index, uuid, name, _driver, memory, *capability = row
    return Device(
        index=int(index),
        name=name,
        capability=_capability(capability[0] if capability else ""),
        memory=int(memory) << 20 if memory.isdecimal() else None,
        uuid=_bare(uuid),
    )


def _devices(record: dict[str, Any]) -> tuple[Device, ...]:
    rows = record.get("devices")
    return tuple(_device(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _device(row: dict[str, Any]) -> Device:
    return Device(
        index=_whole(row.get("index")),
        name=_text(row, "name"),
        capability=_capability(_text(row, "capability")),
        memory=_whole(row.get("memory")) or None,
        uuid=_bare(_text(row, "uuid")),
        mig=row.get("mig") is True,
        code=_whole(row.get("status")),
    )


def _capability(text: str) -> str:
    """Only ``8.6``: an error message in its place once became a compiler flag elsewhere."""
    return text if re.fullmatch(r"[1-9]\d?\.\d", text) else ""


def _bare(uuid: str) -> str:
    bare = re.sub(r"^(?:GPU|MIG)-", "", uuid)
    return bare.lower() if re.fullmatch(r"[0-9A-Fa-f-]+", bare) else ""


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def with_header(answer: Answer, header: str) -> Answer:
    """The answer with the versions that nvidia-smi's table shows, where it lacks them."""
    driver, cuda = header_versions(header)
    return replace(answer, driver=answer.driver or driver, cuda=answer.cuda or cuda)
