"""What lies about of NVIDIA on a machine before anything is asked of a driver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PureWindowsPath

from scaffold.machine.nvidia_answers import module_version
from scaffold.machine.pci import Card
from scaffold.system import System

WSL_FOLDER = "/usr/lib/wsl/lib"

#: WSL's door to Windows' GPU.
DXG = "/dev/dxg"
_DEVICES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvhost-gpu", "/dev/nvgpu/igpu0", DXG)
_MODULE = ("/sys/module/nvidia/version", "/proc/driver/nvidia/version")
PACKAGED = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
_JETSON = ("/usr/lib/aarch64-linux-gnu/nvidia", "/usr/lib/aarch64-linux-gnu/tegra")
_HANDED_IN = (WSL_FOLDER, "/usr/local/nvidia/lib64", "/run/opengl-driver/lib")
_SMI = ("/usr/bin/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi")
#: One byte after four of attributes: 1 where the firmware starts signed code only.
_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Files, devices, cards. ``""`` for what is not there."""

    library: str  # where libcuda lies
    library_version: str  # "580.95.05", as its file name tells
    library_version_source: str
    device: str  # a device file
    module: str  # the kernel module's version; none in WSL, where the driver is Windows'
    module_source: str
    smi: str
    cards: tuple[Card, ...]
    container: str = ""
    secure_boot: bool = False

    @property
    def asks(self) -> bool:
        """Whether there is a library or a tool that may know a GPU."""
        return bool(self.library or self.device or self.smi)


def look(system: System, cards: tuple[Card, ...], container: str) -> Traces:
    """Everything of NVIDIA that can be seen without starting a program."""
    if system.platform.os == "windows":
        return _on_windows(system, cards)
    library = _first(system, [f"{folder}/libcuda.so.1" for folder in (*PACKAGED, *_JETSON, *_HANDED_IN)])
    module, source = _module(system)
    return Traces(
        library=library,
        library_version=file_version(system.resolve_link(library) or "") if library else "",
        library_version_source=library,
        device=_first(system, _DEVICES),
        module=module,
        module_source=source,
        smi=_smi(system),
        cards=cards,
        container=container,
        secure_boot=(system.read_text(_SECURE_BOOT) or "").endswith("\x01"),
    )


def file_version(name: str) -> str:
    """The driver's version in a library's file name; WSL's ``libcuda.so.1.1`` tells none.

    >>> file_version("/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05"), file_version("libcuda.so.1.1")
    ('580.95.05', '')
    """
    match = re.search(r"\.so\.(\d{3}(?:\.\d+)+)$", name)
    return match[1] if match else ""


def _on_windows(system: System, cards: tuple[Card, ...]) -> Traces:
    root = system.environment.get("SYSTEMROOT") or system.environment.get("SystemRoot") or r"C:\Windows"
    folder = PureWindowsPath(root) / "System32"
    return Traces(
        library=_first(system, [str(folder / "nvcuda.dll")]),
        library_version="",
        library_version_source="",
        device="",
        module="",
        module_source="",
        smi=_first(system, [str(folder / "nvidia-smi.exe")]) or str(system.which("nvidia-smi") or ""),
        cards=cards,
    )


def _smi(system: System) -> str:
    """In WSL the one that comes from Windows: a Linux package's own would ask a module that is not there."""
    handed_in = _first(system, [f"{WSL_FOLDER}/nvidia-smi"])
    return handed_in or str(system.which("nvidia-smi") or _first(system, _SMI))


def _module(system: System) -> tuple[str, str]:
    plain = (system.read_text(_MODULE[0]) or "").strip()
    if re.fullmatch(r"\d[\d.]*", plain):
        return plain, _MODULE[0]
    version = module_version(system.read_text(_MODULE[1]) or "")
    return version, _MODULE[1] if version else ""


def _first(system: System, paths: list[str] | tuple[str, ...]) -> str:
    return next((path for path in paths if system.exists(path)), "")
