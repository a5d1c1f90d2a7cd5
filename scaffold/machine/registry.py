"""Display adapters in Windows' registry: name and driver of every card, also without the vendor's tools."""

from __future__ import annotations

import re

from scaffold.machine.pci import Card, CardVendor, vendor_of
from scaffold.system import System

KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
#: reg.exe answers at once or never.
SECONDS = 5.0


def adapters(system: System) -> tuple[Card, ...]:
    """Every adapter of the three vendors that has a driver of theirs.

    The status of reg.exe says nothing: it may not read one of the keys (``Properties``) and answers 1.
    """
    return adapters_of(system.run(["reg", "query", KEY, "/s"], timeout=SECONDS).stdout)


def adapters_of(output: str) -> tuple[Card, ...]:
    r"""The adapters in what ``reg query ... /s`` prints.

    >>> [card] = adapters_of(
    ...     "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-...}\\0000\n"
    ...     "    DriverDesc    REG_SZ    NVIDIA GeForce GTX 1060 6GB\n"
    ...     "    DriverVersion    REG_SZ    32.0.15.6636\n"
    ...     "    MatchingDeviceId    REG_SZ    PCI\\VEN_10DE&DEV_1C03\n"
    ...     "    HardwareInformation.qwMemorySize    REG_QWORD    0x180000000\n")
    >>> card.name, card.device, card.version, card.memory
    ('NVIDIA GeForce GTX 1060 6GB', '0x1c03', '566.36', 6442450944)
    """
    blocks = re.split(r"^HKEY_LOCAL_MACHINE\\(\S.*?)\s*$", output, flags=re.MULTILINE)
    found = (_card(key, text) for key, text in zip(blocks[1::2], blocks[2::2], strict=True))
    return tuple(card for card in found if card)


def driver_version(vendor: CardVendor, version: str) -> str:
    """The driver's version as its vendor writes it: NVIDIA's are the last five digits of Windows'.

    >>> driver_version("nvidia", "32.0.15.6636"), driver_version("nvidia", "27.21.14.5671")
    ('566.36', '456.71')
    >>> driver_version("intel", "32.0.101.6739"), driver_version("nvidia", "")
    ('32.0.101.6739', '')
    """
    if vendor != "nvidia":
        return version
    digits = "".join(version.split(".")[-2:])[-5:]
    return f"{digits[:3]}.{digits[3:]}" if len(digits) == 5 and digits.isdecimal() else ""


def _card(key: str, text: str) -> Card | None:
    number = key.rsplit("\\", 1)[-1]
    values = dict(re.findall(r"^    (\S+)    REG_\w+    (.*?)\s*$", text, re.MULTILINE))
    device = re.search(r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})", values.get("MatchingDeviceId", "").upper())
    vendor = vendor_of(f"0x{device[1].lower()}") if device else None
    if not re.fullmatch(r"\d{4}", number) or device is None or vendor is None:
        return None
    size = values.get("HardwareInformation.qwMemorySize", "")
    return Card(
        address=number,
        vendor=vendor,
        device=f"0x{device[2].lower()}",
        driver=values.get("ProviderName", ""),
        name=values.get("DriverDesc", ""),
        version=driver_version(vendor, values.get("DriverVersion", "")),
        memory=int(size, 16) if re.fullmatch(r"0x[0-9a-fA-F]{1,16}", size) else None,
        place=KEY.replace("\\", "/"),
    )
