"""Ask Intel's Level Zero about the GPUs that a program could use. Prints one JSON object; stands alone.

The answer: ``{"library", "init", "devices": [{"index", "name", "ip", "memory", "device", "pci", "uuid",
"integrated"}]}``; ``init`` is the status of zeInit (0: it works), ``ip`` the device's IP version as one
number (0: the driver is too old to tell), ``device`` the PCI device's number.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

NAMES = {"win32": ["ze_loader.dll"], "linux": ["libze_loader.so.1"]}
GPU = 1  # ZE_DEVICE_TYPE_GPU
INTEGRATED = 1  # ZE_DEVICE_PROPERTY_FLAG_INTEGRATED
# ze_structure_type_t
DEVICE_PROPERTIES, MEMORY_PROPERTIES, PCI_PROPERTIES, IP_VERSION = 0x3, 0x7, 0x10008, 0x1000F
uint32, uint64 = ctypes.c_uint32, ctypes.c_uint64


class IpVersion(ctypes.Structure):
    """ze_device_ip_version_ext_t."""

    _fields_ = [("stype", uint32), ("next", ctypes.c_void_p), ("version", uint32)]


class Properties(ctypes.Structure):
    """ze_device_properties_t."""

    _fields_ = [
        ("stype", uint32), ("next", ctypes.c_void_p), ("type", uint32), ("vendor", uint32),
        ("device", uint32), ("flags", uint32), ("subdevice", uint32), ("clock", uint32),
        ("largest", uint64), ("counts", uint32 * 7), ("resolution", uint64), ("bits", uint32 * 2),
        ("uuid", ctypes.c_uint8 * 16), ("name", ctypes.c_char * 256),
    ]  # fmt: skip


class Memory(ctypes.Structure):
    """ze_device_memory_properties_t."""

    _fields_ = [
        ("stype", uint32), ("next", ctypes.c_void_p), ("flags", uint32), ("clock", uint32),
        ("width", uint32), ("size", uint64), ("name", ctypes.c_char * 256),
    ]  # fmt: skip


class Pci(ctypes.Structure):
    """ze_pci_ext_properties_t."""

    _fields_ = [
        ("stype", uint32), ("next", ctypes.c_void_p), ("address", uint32 * 4),
        ("generation", ctypes.c_int32), ("width", ctypes.c_int32), ("bandwidth", ctypes.c_int64),
    ]  # fmt: skip


def load() -> tuple[str, Any]:
    for name in NAMES.get(sys.platform, []):
        try:
            return name, ctypes.CDLL(name)
        except OSError:
            continue
    return "", None


def listed(function: Any, *before: Any) -> list[ctypes.c_void_p]:
    """Level Zero's lists: asked once for their length, once for what is in them."""
    count = uint32(0)
    if function(*before, ctypes.byref(count), None) != 0 or count.value == 0:
        return []
    handles = (ctypes.c_void_p * count.value)()
    if function(*before, ctypes.byref(count), handles) != 0:
        return []
    return [ctypes.c_void_p(handle) for handle in handles]


def memory(ze: Any, device: ctypes.c_void_p) -> int:
    count = uint32(0)
    if ze.zeDeviceGetMemoryProperties(device, ctypes.byref(count), None) != 0:
        return 0
    banks = (Memory * count.value)()
    for bank in banks:
        bank.stype = MEMORY_PROPERTIES
    if ze.zeDeviceGetMemoryProperties(device, ctypes.byref(count), banks) != 0:
        return 0
    return sum(bank.size for bank in banks)


def pci(ze: Any, device: ctypes.c_void_p) -> str:
    properties = Pci(stype=PCI_PROPERTIES)
    ask = getattr(ze, "zeDevicePciGetPropertiesExt", None)
    if ask is None or ask(device, ctypes.byref(properties)) != 0:
        return ""
    return "{:04x}:{:02x}:{:02x}.{:x}".format(*properties.address)


def describe(ze: Any, device: ctypes.c_void_p) -> dict[str, Any] | None:
    version = IpVersion(stype=IP_VERSION)
    properties = Properties(stype=DEVICE_PROPERTIES, next=ctypes.cast(ctypes.byref(version), ctypes.c_void_p))
    if ze.zeDeviceGetProperties(device, ctypes.byref(properties)) != 0 or properties.type != GPU:
        return None
    return {
        "name": properties.name.decode("utf-8", "replace"),
        "ip": version.version,
        "memory": memory(ze, device),
        "device": f"0x{properties.device:04x}",
        "pci": pci(ze, device),
        "uuid": bytes(properties.uuid).hex(),
        "integrated": bool(properties.flags & INTEGRATED),
    }


def main() -> dict[str, Any]:
    name, ze = load()
    if ze is None:
        return {"library": ""}
    status = ze.zeInit(0) & 0xFFFFFFFF
    found = [
        described
        for driver in (listed(ze.zeDriverGet) if status == 0 else [])
        for device in listed(ze.zeDeviceGet, driver)
        if (described := describe(ze, device))
    ]
    return {
        "library": name,
        "init": status,
        "devices": [{"index": index, **device} for index, device in enumerate(found)],
    }


if __name__ == "__main__":
    print(json.dumps(main()))
