"""NVIDIA GPUs, from the source that knows what a program will see down to what is merely plugged in.

1. libcuda, in a child process: what a CUDA program can use now (masks, slices, WSL included)
2. NVML, in a child process: every GPU, and the driver's version
3. nvidia-smi, where NVML does not answer
4. /proc and /sys: that the host has a driver, which inside a container says nothing about a GPU
5. the PCI bus, or Windows' registry: that a card is plugged in
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scaffold.machine import nvidia_cards
from scaffold.machine.at_once import together
from scaffold.machine.board import gpu_of_board, is_jetson, jetpack
from scaffold.machine.model import Accelerator, DriverAnswers, Host, Status
from scaffold.machine.nvidia_answers import Answer, driver_answers
from scaffold.machine.nvidia_ask import ask_libcuda, ask_management
from scaffold.machine.nvidia_codes import UNKNOWN, obstacle
from scaffold.machine.nvidia_contradictions import contradictions, shadowing
from scaffold.machine.nvidia_merge import MASK, merge
from scaffold.machine.nvidia_traces import DXG, Traces, look
from scaffold.machine.pci import ROOT, Card, with_names
from scaffold.system import System

#: "No module is loaded", "no library", "no device": a container without a GPU hears the same as a machine
#: whose module is blocked. The kernel and the PCI bus know better.
_SAYS_NOTHING = {("NVML", 9), ("nvidia-smi", 9), ("NVML", 12), ("nvidia-smi", 12), ("libcuda", 100)}

#: Inside a container NVML's "unknown error" has one usual cause.
_TAKEN_AWAY = """This container has lost its right to the GPU's devices (systemctl daemon-reload on the host \
does that): restart the container"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nvidia:
    """What was found of NVIDIA on a machine. ``status``: what hides a GPU that cannot even be seen."""

    accelerators: tuple[Accelerator, ...] = ()
    status: Status = "ok"
    cuda_driver: str = ""
    notes: tuple[str, ...] = ()
    answers: DriverAnswers = field(default_factory=DriverAnswers)


def find_nvidia(system: System, cards: tuple[Card, ...], host: Host) -> Nvidia:
    """Every NVIDIA GPU with what a program can do with it; starts nothing where there is no trace of one."""
    if system.platform.os == "macos":
        return Nvidia()
    mine = tuple(card for card in cards if card.vendor == "nvidia")
    traces = look(system, mine, host.container)
    if traces.asks:
        cuda, management = together(lambda: ask_libcuda(system), lambda: ask_management(system, traces.smi))
        found = replace(_judge(system, traces, cuda, management), answers=driver_answers(cuda, management))
    else:
        found = _not_driven(system, _named(system, traces))
    return _on_board(found, host)


def _on_board(found: Nvidia, host: Host) -> Nvidia:
    """A Jetson has its GPU also where no library tells it; its wheels are NVIDIA's own up to JetPack 6."""
    if not is_jetson(host.board):
        return found
    gpus = found.accelerators or (gpu_of_board(host, found.status),)
    version = jetpack(host.board)
    note = (
        f"This is a Jetson with JetPack {version}: " if version else "This is a Jetson: "
    ) + "NVIDIA makes its own wheels of PyTorch for it; those for Arm servers have no code for its GPU"
    own_wheels = version is None or version <= 6
    return replace(found, accelerators=gpus, notes=(*found.notes, note) if own_wheels else found.notes)


def _named(system: System, traces: Traces) -> Traces:
    return replace(traces, cards=with_names(system, traces.cards))


def _judge(system: System, traces: Traces, cuda: Answer | None, management: Answer | None) -> Nvidia:
    version = (cuda.cuda if cuda else "") or (management.cuda if management else "")
    if _unnamed(traces, management):
        traces = _named(system, traces)
    accelerators, notes = merge(system.environment, cuda, management, traces.cards, wsl=traces.device == DXG)
    if not accelerators:
        return replace(_not_usable(system, traces, cuda, management), cuda_driver=version)
    left_out = _left_out(traces, management)
    verdicts = [nvidia_cards.verdict(card, traces, driver_runs=True) for card in left_out]
    first = 1 + max(one.index for one in accelerators)
    accelerators += tuple(
        nvidia_cards.accelerator(index, card, status, traces)
        for index, (card, (status, _)) in enumerate(zip(left_out, verdicts, strict=True), start=first)
    )
    notes = (
        *notes,
        *_share(traces, management),
        *(why for _, why in verdicts),
        *contradictions(system, traces, cuda, management),
    )
    return Nvidia(
        accelerators=tuple(_with_driver(one, traces) for one in accelerators),
        cuda_driver=version,
        notes=tuple(dict.fromkeys(notes)),
    )


def _unnamed(traces: Traces, management: Answer | None) -> bool:
    """Whether there are cards that the driver does not describe, all of them or some."""
    devices = management.devices if management else ()
    return not devices or any(device.code for device in devices) or bool(_left_out(traces, management))


def _left_out(traces: Traces, management: Answer | None) -> tuple[Card, ...]:
    """Cards on the bus that a working driver does not name. A container sees the bus of its whole host."""
    devices = management.devices if management else ()
    named = {device.pci for device in devices}
    if traces.container or not named:
        return ()
    # Windows' registry has no places on the bus, and keeps cards that were taken out, with their drivers.
    unnamed = (card for card in traces.cards if card.name not in {device.name for device in devices})
    left = [one for one in unnamed if one.place != ROOT and nvidia_cards.outlived(one, one.version)]
    placed = () if "" in named else traces.cards
    return (*(card for card in placed if card.place == ROOT and card.address not in named), *left)


def _share(traces: Traces, management: Answer | None) -> tuple[str, ...]:
    given, there = len(management.devices) if management else 0, len(traces.cards)
    if not traces.container or not 0 < given < there:
        return ()
    return (f"This container was given {given} of its host's {there} NVIDIA GPUs",)


def _with_driver(accelerator: Accelerator, traces: Traces) -> Accelerator:
    """The kernel module's version where no library told one."""
    if accelerator.driver or not traces.module:
        return accelerator
    found = {**accelerator.found_by, "driver": traces.module_source}
    return replace(accelerator, driver=traces.module, found_by=found)


def _not_usable(system: System, traces: Traces, cuda: Answer | None, management: Answer | None) -> Nvidia:
    """Parts of a driver are there and no source names a GPU: the first that says why is believed."""
    mask = system.environment.get(MASK)
    if mask is not None and cuda and cuda.code in {100, 101} and traces.cards:
        return _all_cards(traces, "hidden", f'{MASK}="{mask}" hides every NVIDIA GPU: unset it to use them')
    for answer in (management, cuda):
        if answer and answer.library and answer.code and (answer.source, answer.code) not in _SAYS_NOTHING:
            if traces.container and answer.source != "libcuda" and answer.code == UNKNOWN:
                return _all_cards(traces, "no_permission", _TAKEN_AWAY)
            status, why = obstacle(answer.source, answer.code)
            note = f"NVIDIA's driver does not work: {why}{_versions(traces, status, management)}"
            return _all_cards(_after_restart(traces, management), status, note, *shadowing(system))
    if management and management.library and not management.code:
        return _none_found(system, traces)
    if traces.device == DXG and cuda and cuda.library:
        return _none_in_wsl(system)
    return _not_driven(system, traces)


def _none_in_wsl(system: System) -> Nvidia:
    shadows = shadowing(system)
    if shadows:
        return Nvidia(status="unsupported", notes=shadows)
    why = (
        "Windows shows no NVIDIA GPU to WSL: update NVIDIA's driver in Windows, then run wsl --shutdown there"
    )
    return Nvidia(status="driver_missing", notes=(why,))


def _none_found(system: System, traces: Traces) -> Nvidia:
    """The driver runs and names no GPU."""
    if traces.container:
        return _all_cards(traces, "host_driver_without_device", _no_device(system, traces))
    if traces.cards:
        return _cards_one_by_one(traces, driver_runs=True)
    why = "NVIDIA's driver runs and finds no GPU: shut the machine down and start it again"
    return _all_cards(traces, "gpu_lost", why)


def _after_restart(traces: Traces, management: Answer | None) -> Traces:
    """The libraries' version counts after a restart; nvidia-smi tells it where no file name does."""
    if traces.library_version or management is None or not management.driver:
        return traces
    return replace(traces, library_version=management.driver, library_version_source=management.source)


def _versions(traces: Traces, status: Status, management: Answer | None) -> str:
    new = traces.library_version or (management.driver if management else "")
    if status != "reboot_required" or not (new and traces.module):
        return ""
    return f" (libraries {new}, module {traces.module})"


def _not_driven(system: System, traces: Traces) -> Nvidia:
    """Only the kernel, the PCI bus or the registry tell: say what stands in the way, card by card."""
    driven = traces.module or (traces.container and any(card.driver == "nvidia" for card in traces.cards))
    if driven and not traces.device:
        return _all_cards(traces, "host_driver_without_device", _no_device(system, traces))
    if traces.device and traces.cards and not system.is_accessible(traces.device):
        return _all_cards(
            traces, "no_permission", f"This user may not use {traces.device}: see ls -l {traces.device}"
        )
    if system.platform.os == "windows":
        return _of_the_registry(traces)
    return _cards_one_by_one(traces)


def _no_device(system: System, traces: Traces) -> str:
    if not traces.container:
        return (
            f"The kernel runs NVIDIA's driver {traces.module} and there is no device file: in a container, "
            "start it with --gpus all; elsewhere, sudo nvidia-modprobe -u -c 0"
        )
    asked = system.environment.get("NVIDIA_VISIBLE_DEVICES")
    driver = f"NVIDIA's driver {traces.module}".strip()
    emptied = f" (NVIDIA_VISIBLE_DEVICES={asked})" if asked in {"", "void", "none"} else ""
    return (
        f"The host runs {driver} and hands no GPU in here{emptied}: "
        "start the container with --gpus all where one is wanted"
    )


def _of_the_registry(traces: Traces) -> Nvidia:
    """Windows' libraries did not answer: its registry still tells the card and the driver's version."""
    if not traces.cards:
        return Nvidia()
    if any(nvidia_cards.outlived(card, card.version) for card in traces.cards):
        return _cards_one_by_one(traces)
    if not traces.library:
        why = "Windows has a display driver for an NVIDIA card, and no nvcuda.dll: install NVIDIA's driver"
        return _all_cards(traces, "driver_missing", why)
    return _all_cards(
        traces, "ok", "NVIDIA's libraries did not answer: the GPU is described as in Windows' registry"
    )


def _cards_one_by_one(traces: Traces, *, driver_runs: bool = False) -> Nvidia:
    verdicts = [nvidia_cards.verdict(card, traces, driver_runs=driver_runs) for card in traces.cards]
    return Nvidia(
        accelerators=tuple(
            nvidia_cards.accelerator(index, card, status, traces)
            for index, (card, (status, _)) in enumerate(zip(traces.cards, verdicts, strict=True))
        ),
        notes=tuple(dict.fromkeys(why for _, why in verdicts)),
    )


def _all_cards(traces: Traces, status: Status, *notes: str) -> Nvidia:
    """The same obstacle for every card on the bus; where none is seen, the status is all there is."""
    found = nvidia_cards.accelerators(traces.cards, status, traces)
    return Nvidia(accelerators=found, status="ok" if found else status, notes=notes)
