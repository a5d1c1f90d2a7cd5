"""NVIDIA GPUs, from the source that knows what a program will see down to what is merely plugged in.

1. libcuda, in a child process: what a CUDA program can use now (masks, slices, WSL included)
2. NVML, in a child process: every GPU, and the driver's version
3. nvidia-smi, where NVML does not answer
4. /proc and /sys: that the host has a driver, which inside a container says nothing about a GPU
5. the PCI bus: that a card is plugged in
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PureWindowsPath

from scaffold.machine.model import Accelerator, Status
from scaffold.machine.nvidia_answers import Answer, module_version, obstacle
from scaffold.machine.nvidia_ask import ask_libcuda, ask_management
from scaffold.machine.nvidia_merge import merge
from scaffold.machine.pci import Card
from scaffold.system import System

_DEVICES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvhost-gpu", "/dev/dxg")
_MODULE = ("/sys/module/nvidia/version", "/proc/driver/nvidia/version")
_PACKAGED = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
_HANDED_IN = ("/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/run/opengl-driver/lib")
_SMI = ("/usr/lib/wsl/lib/nvidia-smi", "/usr/bin/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi")

#: "No module is loaded", "no library", "no device": a container without a GPU hears the same as a machine
#: whose module is blocked. The kernel and the PCI bus know better.
_SAYS_NOTHING = {("NVML", 9), ("nvidia-smi", 9), ("NVML", 12), ("nvidia-smi", 12), ("libcuda", 100)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nvidia:
    """What was found of NVIDIA on a machine."""

    accelerators: tuple[Accelerator, ...] = ()
    cuda_driver: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """What lies about of NVIDIA without anything being asked of a driver."""

    library: str  # where libcuda lies
    device: str  # a device file
    module: str  # the kernel module's version; none in WSL, where the driver is Windows'
    module_source: str
    smi: str
    cards: tuple[Card, ...]


def find_nvidia(system: System, cards: tuple[Card, ...]) -> Nvidia:
    """Every NVIDIA GPU with what a program can do with it; starts nothing where there is no trace of one."""
    if system.platform.os == "macos":
        return Nvidia()
    traces = _traces(system, tuple(card for card in cards if card.vendor == "nvidia"))
    if not (traces.library or traces.device or traces.smi):
        return _not_driven(system, traces)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(ask_libcuda, system)
        management = ask_management(system, traces.smi)
        cuda = asked.result()
    return _judge(system, traces, cuda, management)


def _judge(system: System, traces: _Traces, cuda: Answer | None, management: Answer | None) -> Nvidia:
    version = (cuda.cuda if cuda else "") or (management.cuda if management else "")
    accelerators, notes = merge(system.environment, cuda, management)
    if not accelerators:
        return replace(_not_usable(system, traces, cuda, management), cuda_driver=version)
    if traces.module:
        accelerators = tuple(_with_driver(one, traces) for one in accelerators)
    notes = (*notes, *_contradictions(system, traces, management))
    return Nvidia(accelerators=accelerators, cuda_driver=version, notes=notes)


def _with_driver(accelerator: Accelerator, traces: _Traces) -> Accelerator:
    """The kernel module's version where no library told one."""
    if accelerator.driver:
        return accelerator
    found = {**accelerator.found_by, "driver": traces.module_source}
    return replace(accelerator, driver=traces.module, found_by=found)


def _contradictions(system: System, traces: _Traces, management: Answer | None) -> tuple[str, ...]:
    notes = []
    if traces.module and management and management.driver and management.driver != traces.module:
        notes.append(
            f"NVIDIA's kernel module is of version {traces.module}, its libraries of {management.driver}: "
            "restart the machine"
        )
    packaged = next((folder for folder in _PACKAGED[:2] if system.exists(f"{folder}/libcuda.so.1")), "")
    if packaged and system.exists("/dev/dxg"):
        notes.append(f"A Linux driver in {packaged} hides Windows' libcuda in /usr/lib/wsl/lib: remove it")
    return tuple(notes)


def _not_usable(system: System, traces: _Traces, cuda: Answer | None, management: Answer | None) -> Nvidia:
    """Parts of a driver are there and no source names a GPU: the first that says why is believed."""
    for answer in (management, cuda):
        if answer and answer.library and answer.code and (answer.source, answer.code) not in _SAYS_NOTHING:
            status, why = obstacle(answer.source, answer.code)
            return _all_cards(traces, status, f"NVIDIA's driver does not work: {why}")
    return _not_driven(system, traces)


def _not_driven(system: System, traces: _Traces) -> Nvidia:
    """Only the kernel and the PCI bus tell: say what stands in the way, card by card."""
    if traces.module and not traces.device:
        return _all_cards(
            traces,
            "host_driver_without_device",
            f"The host runs NVIDIA's driver {traces.module} and hands no GPU in here: "
            "start the container with --gpus all where one is wanted",
        )
    if traces.device and traces.cards and not system.is_accessible(traces.device):
        return _all_cards(traces, "no_permission", f"This user may not use {traces.device}")
    verdicts = [_verdict(card, traces) for card in traces.cards]
    return Nvidia(
        accelerators=tuple(
            _of_card(index, card, status, traces)
            for index, (card, (status, _)) in enumerate(zip(traces.cards, verdicts, strict=True))
        ),
        notes=tuple(dict.fromkeys(why for _, why in verdicts)),
    )


def _verdict(card: Card, traces: _Traces) -> tuple[Status, str]:
    if card.driver == "nouveau":
        return "nouveau", "The driver nouveau runs an NVIDIA card and has no CUDA: install NVIDIA's driver"
    if card.driver == "vfio-pci":
        return "hidden", "An NVIDIA card is reserved for a virtual machine (vfio-pci)"
    if traces.library or traces.smi or card.driver == "nvidia":
        return "module_blocked", (
            "NVIDIA's driver is installed and its kernel module does not run (Secure Boot, or not built for "
            "this kernel): see sudo dmesg | grep -i nvidia"
        )
    return "driver_missing", "An NVIDIA card is plugged in and has no driver: install NVIDIA's driver"


def _all_cards(traces: _Traces, status: Status, why: str) -> Nvidia:
    """The same obstacle for every card on the bus; where none is seen, the note is all there is to say."""
    return Nvidia(
        accelerators=tuple(_of_card(index, card, status, traces) for index, card in enumerate(traces.cards)),
        notes=(why,),
    )


def _of_card(index: int, card: Card, status: Status, traces: _Traces) -> Accelerator:
    found = {"name": card.source, "status": card.source}
    if traces.module:
        found["driver"] = traces.module_source
    return Accelerator(
        vendor="nvidia",
        index=index,
        name=card.name or f"NVIDIA device {card.device}",
        driver=traces.module,
        status=status,
        found_by=found,
    )


def _traces(system: System, cards: tuple[Card, ...]) -> _Traces:
    if system.platform.os == "windows":
        return _windows_traces(system)
    module, source = _module(system)
    return _Traces(
        library=_first(system, [f"{folder}/libcuda.so.1" for folder in (*_PACKAGED, *_HANDED_IN)]),
        device=_first(system, _DEVICES),
        module=module,
        module_source=source,
        smi=str(system.which("nvidia-smi") or _first(system, _SMI)),
        cards=cards,
    )


def _windows_traces(system: System) -> _Traces:
    root = system.environment.get("SYSTEMROOT") or system.environment.get("SystemRoot") or r"C:\Windows"
    folder = PureWindowsPath(root) / "System32"
    return _Traces(
        library=_first(system, [str(folder / "nvcuda.dll")]),
        device="",
        module="",
        module_source="",
        smi=_first(system, [str(folder / "nvidia-smi.exe")]) or str(system.which("nvidia-smi") or ""),
        cards=(),
    )


def _module(system: System) -> tuple[str, str]:
    plain = (system.read_text(_MODULE[0]) or "").strip()
    if plain:
        return plain, _MODULE[0]
    version = module_version(system.read_text(_MODULE[1]) or "")
    return version, _MODULE[1] if version else ""


def _first(system: System, paths: list[str] | tuple[str, ...]) -> str:
    return next((path for path in paths if system.exists(path)), "")
