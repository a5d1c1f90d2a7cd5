"""Ask NVIDIA's management library about every GPU, also those that programs may not use. Stands alone.

The answer: ``{"library", "init", "driver_version", "cuda", "devices": [{"index", "name", "capability",
"memory", "used", "uuid", "pci", "mig", "mode", "uncorrected", "fabric", "status"}]}``; ``init`` and
``status`` are NVML's codes, ``cuda`` 12040 for 12.4, ``mode``, ``fabric``
NVML's numbers, -1 where it does not tell.

Through ctypes, and not through the package nvidia-ml-py: that loads the library by its plain name alone, and
WSL, NixOS and containers keep it in folders that the loader does not search; the functions below have kept
their names and arguments since driver 418; and a probe that needs no package runs under any interpreter, in
a child that imports nothing else.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from typing import Any


def libraries() -> list[str]:
    if sys.platform == "win32":
        windows = os.environ.get("WINDIR", r"C:\Windows")
        programs = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        return [rf"{windows}\System32\nvml.dll", rf"{programs}\NVIDIA Corporation\NVSMI\nvml.dll"]
    # In WSL, Windows' own before a Linux package's, which would ask a kernel module that is not there.
    folders = ["/usr/lib/wsl/lib/", "", "/usr/lib64/", "/usr/local/nvidia/lib64/", "/run/opengl-driver/lib/"]
    return [folder + "libnvidia-ml.so.1" for folder in folders]


def load() -> tuple[str, Any]:
    for name in libraries():
        try:
            return name, ctypes.CDLL(name)
        except OSError:
            continue
    return "", None


def text(nvml: Any, function: str, *before: ctypes.c_void_p) -> str:
    buffer = ctypes.create_string_buffer(128)
    ask = getattr(nvml, function, None)
    if ask is None or ask(*before, buffer, ctypes.c_uint(len(buffer))) != 0:
        return ""
    return buffer.value.decode("utf-8", "replace")


def capability(nvml: Any, handle: ctypes.c_void_p) -> str:
    major, minor = ctypes.c_int(0), ctypes.c_int(0)
    ask = getattr(nvml, "nvmlDeviceGetCudaComputeCapability", None)
    if ask is None or ask(handle, ctypes.byref(major), ctypes.byref(minor)) != 0:
        return ""
    return f"{major.value}.{minor.value}"


def memory(nvml: Any, handle: ctypes.c_void_p) -> tuple[int, int]:
    sizes = (ctypes.c_ulonglong * 3)()  # total, free, used
    return (sizes[0], sizes[2]) if nvml.nvmlDeviceGetMemoryInfo(handle, sizes) == 0 else (0, 0)


def number(nvml: Any, function: str, handle: ctypes.c_void_p) -> int:
    value = ctypes.c_uint(0)
    ask = getattr(nvml, function, None)
    return value.value if ask is not None and ask(handle, ctypes.byref(value)) == 0 else -1


def uncorrected(nvml: Any, handle: ctypes.c_void_p) -> int:
    """ECC errors since the driver was loaded that could not be corrected."""
    count = ctypes.c_ulonglong(0)
    ask = getattr(nvml, "nvmlDeviceGetTotalEccErrors", None)
    answered = ask is not None and ask(handle, ctypes.c_int(1), ctypes.c_int(0), ctypes.byref(count)) == 0
    return count.value if answered else -1


class FabricInfo(ctypes.Structure):
    """nvmlGpuFabricInfo_t."""

    _fields_ = [
        ("cluster", ctypes.c_ubyte * 16),
        ("status", ctypes.c_int),
        ("clique", ctypes.c_uint),
        ("state", ctypes.c_ubyte),
    ]


def fabric(nvml: Any, handle: ctypes.c_void_p) -> int:
    info = FabricInfo()
    ask = getattr(nvml, "nvmlDeviceGetGpuFabricInfo", None)
    return info.state if ask is not None and ask(handle, ctypes.byref(info)) == 0 else -1


class PciInfo(ctypes.Structure):
    """nvmlPciInfo_t, whose first fields have kept their places."""

    _fields_ = [
        ("legacy", ctypes.c_char * 16),
        ("domain", ctypes.c_uint),
        ("bus", ctypes.c_uint),
        ("device", ctypes.c_uint),
        ("numbers", ctypes.c_uint * 2),
        ("address", ctypes.c_char * 32),
    ]


def pci(nvml: Any, handle: ctypes.c_void_p) -> str:
    info = PciInfo()
    ask = getattr(nvml, "nvmlDeviceGetPciInfo_v3", None) or getattr(nvml, "nvmlDeviceGetPciInfo_v2", None)
    if ask is None or ask(handle, ctypes.byref(info)) != 0:
        return ""
    return f"{info.domain:04x}:{info.bus:02x}:{info.device:02x}.0"


def mig(nvml: Any, handle: ctypes.c_void_p) -> bool:
    current, pending = ctypes.c_uint(0), ctypes.c_uint(0)
    ask = getattr(nvml, "nvmlDeviceGetMigMode", None)
    answered = ask is not None and ask(handle, ctypes.byref(current), ctypes.byref(pending)) == 0
    return answered and current.value == 1


def describe(nvml: Any, index: int) -> dict[str, Any]:
    handle = ctypes.c_void_p()
    status = nvml.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(index), ctypes.byref(handle))
    if status != 0:
        return {"index": index, "status": status}
    total, used = memory(nvml, handle)
    return {
        "index": index,
        "status": 0,
        "name": text(nvml, "nvmlDeviceGetName", handle),
        "capability": capability(nvml, handle),
        "memory": total,
        "used": used,
        "uuid": text(nvml, "nvmlDeviceGetUUID", handle),
        "pci": pci(nvml, handle),
        "mig": mig(nvml, handle),
        "mode": number(nvml, "nvmlDeviceGetComputeMode", handle),
        "uncorrected": uncorrected(nvml, handle),
        "fabric": fabric(nvml, handle),
    }


def main() -> dict[str, Any]:
    name, nvml = load()
    if nvml is None:
        return {"library": ""}
    status = nvml.nvmlInit_v2()
    if status != 0:
        return {"library": name, "init": status}
    cuda, count = ctypes.c_int(0), ctypes.c_uint(0)
    ask = getattr(nvml, "nvmlSystemGetCudaDriverVersion_v2", None) or nvml.nvmlSystemGetCudaDriverVersion
    ask(ctypes.byref(cuda))
    nvml.nvmlDeviceGetCount_v2(ctypes.byref(count))
    return {
        "library": name,
        "init": 0,
        "driver_version": text(nvml, "nvmlSystemGetDriverVersion"),
        "cuda": cuda.value,
        "devices": [describe(nvml, index) for index in range(count.value)],
    }


if __name__ == "__main__":
    print(json.dumps(main()))
