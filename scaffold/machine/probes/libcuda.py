"""Ask NVIDIA's CUDA driver library what a program could use. Prints one JSON object; stands alone.

The answer: ``{"library", "path", "init", "driver", "devices": [{"index", "name", "capability", "memory",
"uuid", "pci", "integrated"}]}``; ``path`` is the file behind the library's name, where the system tells it,
``init`` the status of cuInit (0: a CUDA context can be made), ``driver`` 12040 for CUDA 12.4.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

NAMES = {
    "win32": ["nvcuda.dll"],
    "linux": [
        "libcuda.so.1",
        "/usr/lib/wsl/lib/libcuda.so.1",
        "/usr/lib64/libcuda.so.1",
        "/usr/local/nvidia/lib64/libcuda.so.1",
        "/run/opengl-driver/lib/libcuda.so.1",
    ],
}
MAJOR, MINOR = 75, 76  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*
INTEGRATED = 18  # CU_DEVICE_ATTRIBUTE_INTEGRATED


def load() -> tuple[str, Any]:
    for name in NAMES.get(sys.platform, []):
        try:
            return name, ctypes.CDLL(name)
        except OSError:
            continue
    return "", None


def attribute(cuda: Any, device: ctypes.c_int, number: int) -> int:
    value = ctypes.c_int(0)
    cuda.cuDeviceGetAttribute(ctypes.byref(value), number, device)
    return value.value


def uuid(cuda: Any, device: ctypes.c_int) -> str:
    raw = (ctypes.c_ubyte * 16)()
    # _v2 answers with the slice's own id under MIG; drivers before 11.4 do not have it.
    ask = getattr(cuda, "cuDeviceGetUuid_v2", None) or getattr(cuda, "cuDeviceGetUuid", None)
    if ask is None or ask(raw, device) != 0:
        return ""
    digits = bytes(raw).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def pci(cuda: Any, device: ctypes.c_int) -> str:
    address = ctypes.create_string_buffer(32)
    ask = getattr(cuda, "cuDeviceGetPCIBusId", None)
    return text(address) if ask is not None and ask(address, len(address), device) == 0 else ""


def text(buffer: Any) -> str:
    return buffer.value.decode("utf-8", "replace")


def path(word: str) -> str:
    """The file that was really loaded: behind a name may lie another driver's, or a toolkit's stub."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            return next((line.split(None, 5)[5].strip() for line in maps if word in line), "")
    except (OSError, IndexError):
        return ""


def describe(cuda: Any, index: int) -> dict[str, Any]:
    device, name, memory = ctypes.c_int(), ctypes.create_string_buffer(256), ctypes.c_size_t(0)
    cuda.cuDeviceGet(ctypes.byref(device), index)
    cuda.cuDeviceGetName(name, len(name), device)
    total = getattr(cuda, "cuDeviceTotalMem_v2", cuda.cuDeviceTotalMem)
    total(ctypes.byref(memory), device)
    return {
        "index": index,
        "name": text(name),
        "capability": f"{attribute(cuda, device, MAJOR)}.{attribute(cuda, device, MINOR)}",
        "memory": memory.value,
        "uuid": uuid(cuda, device),
        "pci": pci(cuda, device),
        "integrated": attribute(cuda, device, INTEGRATED) == 1,
    }


def main() -> dict[str, Any]:
    name, cuda = load()
    if cuda is None:
        return {"library": ""}
    version, count = ctypes.c_int(0), ctypes.c_int(0)
    cuda.cuDriverGetVersion(ctypes.byref(version))
    status = cuda.cuInit(0)
    if status == 0:
        cuda.cuDeviceGetCount(ctypes.byref(count))
    return {
        "library": name,
        "path": path("libcuda.so"),
        "init": status,
        "driver": version.value,
        "devices": [describe(cuda, index) for index in range(count.value)],
    }


if __name__ == "__main__":
    print(json.dumps(main()))
