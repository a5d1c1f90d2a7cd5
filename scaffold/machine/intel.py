"""Intel's GPUs: on the PCI bus or in Windows' registry, and what Level Zero says of them.

Whether a framework has code for a chip depends on its IP version, which Level Zero tells, or a table of PCI
device numbers. What neither knows (a UHD 630) keeps an empty ``capability``: nothing is chosen for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath

from scaffold.machine.intel_answers import (
    JOIN_GROUPS,
    NO_ANSWER,
    Answer,
    Device,
    Family,
    family_of,
    level_zero_answer,
    obstacle,
)
from scaffold.machine.masks import chosen_level_zero
from scaffold.machine.model import Accelerator, Host, Status
from scaffold.machine.pci import Card
from scaffold.system import System

#: zeInit takes up to a second; on a sick GPU it never returns.
PROBE_SECONDS = 10.0
MASK = "ZE_AFFINITY_MASK"
BY_DEVICE = "the PCI device's number, by a table of Intel's GPUs"

_PROBE = Path(__file__).parent / "probes" / "level_zero.py"
_DRIVERS = ("i915", "xe")
_FINE: tuple[Status, str] = ("ok", "")
_LOADER = "libze_loader.so.1"
_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib", "/usr/lib/wsl/lib")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intel:
    """What was found of Intel's GPUs on a machine."""

    accelerators: tuple[Accelerator, ...] = ()
    notes: tuple[str, ...] = ()


def find_intel(system: System, cards: tuple[Card, ...], host: Host) -> Intel:
    """Every Intel display device; no program is started where there is none, or no Level Zero."""
    mine = tuple(card for card in cards if card.vendor == "intel")
    if system.platform.os == "macos" or not (mine or host.wsl == 2):
        return Intel()
    answer = _ask(system) if _loader(system) else Answer(library="")
    if not mine:
        devices = answer.devices if answer else ()
        return Intel(accelerators=tuple(_of_level_zero(*numbered) for numbered in enumerate(devices)))
    found = _judge(system, mine, answer)
    # Beside a card of another vendor nobody computes on the processor's graphics: no advice about those.
    advised = len(mine) == len(cards) or any(not one.integrated for one in found.accelerators)
    return found if advised else replace(found, notes=())


def _ask(system: System) -> Answer | None:
    """What Level Zero says; None where the probe itself could not run."""
    done = system.python(_PROBE, timeout=PROBE_SECONDS)
    if done.outcome in {"missing", "refused"}:
        return None
    answer = None if done.outcome == "timeout" else level_zero_answer(done.stdout)
    return answer or Answer(library=_LOADER, code=NO_ANSWER)


def _loader(system: System) -> bool:
    if system.platform.os == "windows":
        root = system.environment.get("SYSTEMROOT") or system.environment.get("SystemRoot") or r"C:\Windows"
        return system.exists(str(PureWindowsPath(root) / "System32" / "ze_loader.dll"))
    added = [folder for folder in system.environment.get("LD_LIBRARY_PATH", "").split(":") if folder]
    return any(system.exists(f"{folder}/{_LOADER}") for folder in (*_FOLDERS, *added))


def _judge(system: System, cards: tuple[Card, ...], answer: Answer | None) -> Intel:
    devices = list(answer.devices) if answer else []
    accelerators, notes = [], []
    for index, card in enumerate(cards):
        device, family = _taken(devices, card), family_of(card.device)
        status, why = _stopped(system, card, family) if device is None else _FINE
        if status == "ok" and family and not device:
            status, why = _unseen(family, answer, _masked(system, cards, card))
        accelerators.append(_accelerator(index, card, device, family, status))
        notes += [why] if why else []
    return Intel(accelerators=tuple(accelerators), notes=tuple(dict.fromkeys(notes)))


def _masked(system: System, cards: tuple[Card, ...], card: Card) -> str:
    """The variable that hides a card from Level Zero, ``""`` where none does."""
    mask = system.environment.get(MASK)
    known = [one for one in cards if family_of(one.device)]
    return f'{MASK}="{mask}"' if known.index(card) not in chosen_level_zero(mask, len(known)) else ""


def _taken(devices: list[Device], card: Card) -> Device | None:
    """The device that is this card, by its place on the bus, else by its number; each is taken once."""
    for fits in (lambda one: one.pci == card.address, lambda one: not one.pci and one.device == card.device):
        device = next(filter(fits, devices), None)
        if device:
            devices.remove(device)
            return device
    # Windows' registry has no places on the bus.
    device = next((one for one in devices if card.version and one.device == card.device), None)
    if device:
        devices.remove(device)
    return device


def _stopped(system: System, card: Card, family: Family | None) -> tuple[Status, str]:
    """What the kernel has against a card; nothing is said of those that no framework knows."""
    if system.platform.os == "windows":
        return _FINE
    if card.driver == "vfio-pci":
        return "unsupported", "An Intel GPU is reserved for a virtual machine (vfio-pci)"
    status = _kernel(system, card)
    return status, _why(status, card) if family and status != "ok" else ""


def _unseen(family: Family, answer: Answer | None, mask: str) -> tuple[Status, str]:
    """A card that the kernel runs and Level Zero does not show."""
    if answer is None:  # not asked: the table's word counts
        return _FINE
    if not answer.library:
        return "driver_missing", (
            f"{family.name} has its kernel driver and no Level Zero: install Intel's compute runtime "
            "(libze1, libze-intel-gpu1)"
        )
    if mask:
        return "hidden", f"{mask} hides an Intel GPU from programs: unset it to use it"
    if answer.code:
        status, why = obstacle(answer.code)
        return status, f"{family.name} cannot be used: {why}"
    return "unsupported", f"Level Zero does not show {family.name}: install a newer Intel compute runtime"


def _kernel(system: System, card: Card) -> Status:
    if card.driver not in _DRIVERS:
        return "driver_missing"
    nodes = [name for name in system.list_folder(f"{card.source}/drm") if name.startswith("renderD")]
    return "ok" if any(system.is_accessible(f"/dev/dri/{node}") for node in nodes) else "no_permission"


def _why(status: Status, card: Card) -> str:
    if status == "driver_missing":
        return f"No kernel driver runs the Intel GPU at {card.address}: a newer kernel has one (i915, xe)"
    return f"This user may not use the Intel GPU at {card.address}: {JOIN_GROUPS}"


def _accelerator(
    index: int, card: Card, device: Device | None, family: Family | None, status: Status
) -> Accelerator:
    if device:
        seen = _of_level_zero(index, device)
        source = card.source if card.version else f"{card.source}/driver"
        return replace(seen, driver=card.version or card.driver, found_by={**seen.found_by, "driver": source})
    found = {"name": card.source, "driver": card.source if card.version else f"{card.source}/driver"}
    found["status"] = card.source if card.version else "/dev/dri"
    if family:
        found["capability"] = BY_DEVICE
        found["name"] = found["name"] if card.name else BY_DEVICE
    return Accelerator(
        vendor="intel",
        index=index,
        name=card.name or (family.name if family else f"Intel device {card.device}"),
        memory=card.memory,
        capability=family.ip if family else "",
        driver=card.version or card.driver,
        integrated=_is_integrated(card, family),
        status=status,
        found_by={**found, "memory": card.source} if card.memory else found,
    )


def _is_integrated(card: Card, family: Family | None) -> bool:
    """A processor's own graphics is device 2 of the first bus, on every chip since 2010."""
    return family.integrated if family else card.address == "0000:00:02.0" or "HD Graphics" in card.name


def _of_level_zero(index: int, device: Device) -> Accelerator:
    family = family_of(device.device)
    capability = device.capability or (family.ip if family else "")
    known = (("name", device.name), ("memory", device.memory), ("uuid", device.uuid), ("status", "ok"))
    found = {fact: "Level Zero" for fact, value in known if value}
    if capability:
        found["capability"] = "Level Zero" if device.capability else BY_DEVICE
    return Accelerator(
        vendor="intel",
        index=index,
        name=device.name or "Intel GPU",
        memory=device.memory,
        capability=capability,
        uuid=device.uuid,
        integrated=device.integrated,
        found_by=found,
    )
