"""What a computer is, as facts. No opinions: what to install on it is decided in `scaffold.builds`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scaffold.system import OperatingSystem

Vendor = Literal["nvidia", "amd", "intel", "apple"]

#: ``ok``: a program can use it now. Every other value names what stands in the way: ``driver_missing`` (also
#: where the libraries that programs need are), ``nouveau`` (a driver that cannot compute), ``module_blocked``
#: (installed, and the kernel does not run it), ``reboot_required`` (updated, and the old one still runs),
#: ``no_permission``, ``host_driver_without_device`` (a container that was handed no device), ``gpu_lost``,
#: ``unsupported`` (the installed driver or libraries do not fit this GPU, or it is reserved for a virtual
#: machine), ``hidden`` (by a variable, or by the driver).
Status = Literal[
    "ok",
    "driver_missing",
    "nouveau",
    "module_blocked",
    "reboot_required",
    "no_permission",
    "host_driver_without_device",
    "gpu_lost",
    "unsupported",
    "hidden",
]


#: Variables that hide devices from programs: CUDA's, HIP's and ROCm's, Level Zero's.
MASKS = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The computer less its accelerators. Sizes in bytes; ``""`` and None mean "not known"."""

    os: OperatingSystem
    os_version: str  # "Ubuntu 24.04", "14.5", "10.0.22631"
    kernel: str
    architecture: str  # normalised: x86_64, aarch64 (Linux, Windows) or arm64 (macOS)
    libc: str  # "glibc 2.36", "musl 1.2.4", ""
    cpu: str
    cpu_count: int
    memory_total: int | None
    memory_available: int | None
    disk_free: int | None  # where projects would be written
    container: str  # "docker", "podman", "kubernetes", "lxc", ""
    wsl: int  # 0: none, 1 or 2
    translated: bool  # an x86_64 process on Apple silicon (Rosetta)
    board: str = ""  # a single-board computer and its system: "NVIDIA Jetson AGX Orin, L4T 36.4"
    found_by: Mapping[str, str] = field(default_factory=dict)  # fact -> source

    @property
    def windows_driver(self) -> bool:
        """Whether GPUs are driven by Windows' drivers: there, and in WSL, where Linux has none of its own."""
        return self.os == "windows" or self.wsl > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """One device that could run a network."""

    vendor: Vendor
    index: int  # in the vendor's own order
    name: str
    memory: int | None = None  # bytes
    #: NVIDIA's compute capability "9.0"; AMD "gfx1100"; Intel's IP version "12.55.8"; Apple "apple-silicon".
    capability: str = ""
    driver: str = ""  # "550.54.15"
    uuid: str = ""
    integrated: bool = False  # part of the processor, and of its memory
    status: Status = "ok"
    found_by: Mapping[str, str] = field(default_factory=dict)  # fact -> source

    @property
    def masked(self) -> bool:
        """Whether nothing but a variable of this shell hides it: it works for programs without that."""
        return self.status == "hidden" and self.found_by.get("status") in MASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuState:
    """How one NVIDIA GPU is at the moment, as NVML tells it. None and "": unknown."""

    index: int
    code: int = 0  # NVML's answer for this GPU: 0 is good, 15 "lost", 16 "wants a reset"
    memory: int | None = None  # bytes
    used: int | None = None  # bytes of it, by every process together
    mode: str = ""  # who may compute: "default", "exclusive", "prohibited"
    uncorrected: int | None = None  # ECC errors since the driver was loaded that lost data
    fabric: str = ""  # NVLink's fabric: "not started", "in progress", "completed"
    mig: bool = False  # split into slices


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverAnswers:
    """What NVIDIA's libraries answered while the machine was looked at."""

    #: "libcuda" (the code of cuInit), "NVML" or "nvidia-smi" (NVML's code); 0: it works, negative: no answer.
    #: A library that is not there has no entry.
    codes: Mapping[str, int] = field(default_factory=dict)
    libcuda: str = ""  # the file that programs load under that name
    gpus: tuple[GpuState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A computer with its accelerators, and what was odd about finding them."""

    host: Host
    accelerators: tuple[Accelerator, ...] = ()
    #: Of the whole (`scaffold.machine.status`): the first obstacle, where no compute card can be used because
    #: of one. Never ``nouveau``: that is ``driver_missing``, since NVIDIA's driver is what is missing.
    status: Status = "ok"
    cuda_driver: str = ""  # newest CUDA that the installed NVIDIA driver speaks: "12.4"
    notes: tuple[str, ...] = ()  # for people: contradictions, hidden devices, what stands in the way
    nvidia: DriverAnswers = DriverAnswers()  # for checks; not part of what `scaffold detect --json` prints

    def usable(self, vendor: Vendor) -> tuple[Accelerator, ...]:
        """The accelerators of a vendor that a program can use now."""
        return tuple(a for a in self.accelerators if a.vendor == vendor and a.status == "ok")


def counted(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, in the order given: ``("2 x Tesla T4", "UHD Graphics 630")``."""
    return tuple(f"{count} x {name}" if count > 1 else name for name, count in Counter(names).items())
