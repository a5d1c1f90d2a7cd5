"""What is known of the driver stack beside `scaffold.machine`."""

from __future__ import annotations

from dataclasses import dataclass, field

from scaffold.machine.model import DriverAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class WslFacts:
    """Windows Subsystem for Linux, version 2: its GPU is driven by Windows. None: unknown."""

    door: bool | None = None  # /dev/dxg, through which Windows' driver is reached
    library: bool | None = None  # /usr/lib/wsl/lib/libcuda.so.1, which Windows' driver brings
    windows_build: int | None = None  # 19045


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerFacts:
    """Docker on this host. None and "": unknown."""

    packaging: str = ""  # "snap", "desktop", "rootless", "package"
    toolkit: bool | None = None  # NVIDIA's container toolkit is installed
    runtime: bool | None = None  # Docker's settings name its runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallFacts:
    """How NVIDIA's driver was installed on Linux, and whether its module fits the running kernel."""

    methods: tuple[str, ...] | None = None  # "runfile", "apt", "rpm"
    packages: tuple[str, ...] | None = None  # of the driver: libnvidia-compute-535, nvidia-driver-535
    module_built: bool | None = None  # nvidia.ko lies among the modules of the running kernel
    headers: bool | None = None  # of the running kernel, which a module is built against
    restart_wanted: bool | None = None  # the package manager asks for a restart
    prime: str = ""  # which GPU a laptop with two was told to use: "intel", "on-demand", "nvidia"
    upgraded: str = ""  # the last upgrade of it: "2026-05-13  06:12:03 /usr/bin/unattended-upgrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """How several GPUs reach one another, and other machines. None: unknown."""

    nvlink: bool | None = None
    translated: bool | None = None  # the IOMMU translates what GPUs send each other
    interfaces: tuple[str, ...] | None = None  # of the network: eno1, docker0, tun0


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFacts:
    """Facts about drivers. None and "": unknown."""

    #: What the libraries answered, and how each GPU is.
    answers: DriverAnswers = field(default_factory=DriverAnswers)
    module_version: str | None = None  # of the loaded kernel module, 535.129.03; "" where none is loaded
    library_version: str | None = None  # of libcuda.so.1 and libnvidia-ml.so.1, by their file names
    foreign_library: str = ""  # libcuda that did not come with the driver: in WSL, or put into a container
    secure_boot: bool | None = None
    bound: str = ""  # the kernel's driver that holds an NVIDIA card in place of NVIDIA's: nouveau, vfio-pci
    nodes: bool | None = None  # /dev/nvidiactl or /dev/nvidia0 is there
    library: bool | None = None  # libcuda.so.1 is where the loader finds it
    tools: bool | None = None  # nvidia-smi is there
    kfd: str = ""  # what keeps AMD's /dev/kfd from being opened: "denied", "missing"
    groups: tuple[str, ...] | None = None  # of the user: video, render
    refused: tuple[str, ...] = ()  # device files that are there and may not be opened: /dev/nvidia0
    compat: str = ""  # a compatibility libcuda on the loader's path: /usr/local/cuda/compat/libcuda.so.1
    hosted: str = ""  # colab, kaggle: a machine whose driver is not the user's
    uvm: bool | None = None  # the module nvidia_uvm is loaded
    slept: bool | None = None  # the machine was suspended since it was started
    toolkits: tuple[str, ...] | None = None  # CUDA toolkits: /usr/local/cuda-12.4
    wsl: WslFacts = WslFacts()
    docker: DockerFacts = DockerFacts()
    install: InstallFacts = InstallFacts()
    links: LinkFacts = LinkFacts()
