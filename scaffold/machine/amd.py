"""AMD GPUs, as the kernel's compute driver (KFD) describes them: no ROCm installation is needed for that.

Where it shows no topology (WSL), ROCm's own tools are asked; where nothing drives a card, the PCI bus or
Windows' registry still names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scaffold.machine.amd_nodes import (
    Node,
    agents,
    enumerated,
    gfx_of_device,
    gfx_of_name,
    is_integrated,
    node_of,
)
from scaffold.machine.masks import chosen
from scaffold.machine.model import Accelerator, Host, Status
from scaffold.machine.pci import Card, with_names
from scaffold.system import System

_NODES = "/sys/class/kfd/kfd/topology/nodes"
_ROCM = "/opt/rocm"
#: rocminfo starts the runtime: a second or two, and on a sick GPU it never ends.
TOOL_SECONDS = 10.0
BY_DEVICE = "the PCI device's number, by a table of AMD's GPUs"
BY_NAME = "the name, by a table of AMD's GPUs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amd:
    """What was found of AMD on a machine."""

    accelerators: tuple[Accelerator, ...] = ()
    notes: tuple[str, ...] = ()


def find_amd(system: System, cards: tuple[Card, ...], host: Host) -> Amd:
    """Every AMD GPU with what a program can do with it, and what stands in its way."""
    mine = tuple(card for card in cards if card.vendor == "amd")
    if system.platform.os == "macos":
        return Amd()
    if system.platform.os == "windows":
        return _on_windows(mine)
    nodes = _topology(system) or _asked(system, host, mine)
    if nodes:
        return _driven(system, nodes, _named(system, mine), host)
    why = (
        "An AMD card is plugged in and the kernel offers no compute device (/dev/kfd) for it: "
        "load the kernel's amdgpu driver (sudo modprobe amdgpu), or install AMD's"
    )
    found = tuple(
        _undriven(index, card, "driver_missing", _NODES) for index, card in enumerate(_named(system, mine))
    )
    return Amd(accelerators=found, notes=(why,) if found else ())


def _topology(system: System) -> tuple[Node, ...]:
    numbers = sorted(system.list_folder(_NODES), key=lambda name: (len(name), name))
    found = (
        node_of(
            system.read_text(f"{_NODES}/{number}/properties") or "",
            system.read_text(f"{_NODES}/{number}/mem_banks/0/properties") or "",
            f"{_NODES}/{number}",
        )
        for number in numbers
    )
    return tuple(node for node in found if node)


def _asked(system: System, host: Host, cards: tuple[Card, ...]) -> tuple[Node, ...]:
    """ROCm's tools, where there may be a GPU that the kernel does not describe."""
    if not (host.wsl or cards or system.exists("/dev/kfd")):
        return ()
    for tool, options, read in (
        ("rocminfo", (), agents),
        ("rocm_agent_enumerator", ("-name",), enumerated),
    ):
        path = system.which(tool) or next(
            (place for place in (f"{_ROCM}/bin/{tool}",) if system.exists(place)), None
        )
        nodes = read(system.run([str(path), *options], timeout=TOOL_SECONDS).stdout) if path else ()
        if nodes:
            return nodes
    return ()


def _named(system: System, cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """Server cards tell their names themselves; the others are in the PCI ID database."""
    told = (
        replace(card, name=(system.read_text(f"{card.source}/product_name") or "").strip()) for card in cards
    )
    return with_names(system, told)


def _driven(system: System, nodes: tuple[Node, ...], cards: tuple[Card, ...], host: Host) -> Amd:
    visible, masks = _visible(system, nodes)
    by_address = {card.address: card for card in cards}
    accelerators = []
    for index, node in enumerate(nodes):
        card = by_address.get(node.address) or (cards[0] if len(cards) == len(nodes) == 1 else None)
        status = "hidden" if index not in visible else _status(system, node, host)
        accelerator = _accelerator(system, index, node, card, status)
        if status == "hidden":
            told = {**accelerator.found_by, "status": masks[0].partition("=")[0]}
            accelerator = replace(accelerator, found_by=told)
        accelerators.append(accelerator)
    return Amd(accelerators=tuple(accelerators), notes=_notes(system, accelerators, masks))


def _visible(system: System, nodes: tuple[Node, ...]) -> tuple[set[int], tuple[str, ...]]:
    """The nodes that programs see, and the variables that hide others.

    ROCR_VISIBLE_DEVICES counts all; HIP_VISIBLE_DEVICES, and where it is not set CUDA_VISIBLE_DEVICES, counts
    what that leaves.
    """
    environment = system.environment
    second = "HIP_VISIBLE_DEVICES" if "HIP_VISIBLE_DEVICES" in environment else "CUDA_VISIBLE_DEVICES"
    left = list(range(len(nodes)))
    masks = []
    for name in ("ROCR_VISIBLE_DEVICES", second):
        mask = environment.get(name)
        if mask is None:
            continue
        kept = [left[place] for place in chosen(mask, [nodes[number].uuid for number in left])]
        if len(kept) < len(left):
            masks.append(f'{name}="{mask}"')
        left = kept
    return set(left), tuple(masks)


def _status(system: System, node: Node, host: Host) -> Status:
    if host.wsl:
        return "ok"  # the runtime itself answered; there is no /dev/kfd in WSL
    if not system.exists("/dev/kfd"):
        return "host_driver_without_device" if host.container else "driver_missing"
    wanted = ["/dev/kfd"]
    if node.render is not None and system.exists(f"/dev/dri/renderD{node.render}"):
        wanted.append(f"/dev/dri/renderD{node.render}")
    return "ok" if all(system.is_accessible(path) for path in wanted) else "no_permission"


def _accelerator(system: System, index: int, node: Node, card: Card | None, status: Status) -> Accelerator:
    gfx, told_by = (node.gfx, _told_by(node)) if node.gfx else guessed(card) if card else ("", "")
    found = {"capability": told_by, "status": "/dev/kfd"} if gfx else {"status": "/dev/kfd"}
    name = node.name or (card.name if card else "") or f"AMD {gfx or 'GPU'}"
    driver = (system.read_text("/sys/module/amdgpu/version") or "").strip()
    if node.name or (card and card.name):
        found["name"] = node.source if node.name else card.source if card else ""
    if node.memory:
        found["memory"] = f"{node.source}/mem_banks/0/properties" if "/" in node.source else node.source
    if node.uuid:
        found["uuid"] = _told_by(node)
    if driver:
        found["driver"] = "/sys/module/amdgpu/version"
    return Accelerator(
        vendor="amd",
        index=index,
        name=name,
        memory=node.memory,
        capability=gfx,
        driver=driver,
        uuid=node.uuid,
        integrated=node.with_processors or is_integrated(gfx),
        status=status,
        found_by=found,
    )


def _told_by(node: Node) -> str:
    return f"{node.source}/properties" if "/" in node.source else node.source


def _notes(system: System, accelerators: list[Accelerator], masks: tuple[str, ...]) -> tuple[str, ...]:
    notes = [f"{mask} hides AMD's GPUs, all or some, from programs: unset it to use them" for mask in masks]
    stopped = {one.status for one in accelerators}
    if "no_permission" in stopped:
        notes.append(
            "This user may not use /dev/kfd or /dev/dri/renderD*: sudo usermod -aG render,video $USER, "
            "then log in again"
        )
    if "host_driver_without_device" in stopped:
        notes.append("The host's AMD GPUs are not handed in: start the container with --device /dev/kfd "
                     "--device /dev/dri")  # fmt: skip
    if "driver_missing" in stopped:
        notes.append("The kernel lists AMD GPUs and there is no /dev/kfd: sudo modprobe amdgpu")
    override = system.environment.get("HSA_OVERRIDE_GFX_VERSION")
    if override:
        notes.append(f"HSA_OVERRIDE_GFX_VERSION={override} makes ROCm take the GPU for another one")
    version = (system.read_text(f"{_ROCM}/.info/version") or "").strip()
    if version:
        notes.append(f"ROCm {version} is installed in {_ROCM}; PyTorch's builds bring their own")
    return tuple(notes)


def guessed(card: Card) -> tuple[str, str]:
    """The architecture by the device's number or else by the name, and which of the two told; or nothing."""
    by_device = gfx_of_device(card.device)
    if by_device:
        return by_device, BY_DEVICE
    by_name = gfx_of_name(card.name)
    return by_name, BY_NAME if by_name else ""


def _undriven(index: int, card: Card, status: Status, source: str) -> Accelerator:
    gfx, told_by = guessed(card)
    found = {"name": card.source, "status": source}
    if gfx:
        found["capability"] = told_by
    if card.version:
        found["driver"] = card.source
    if card.memory:
        found["memory"] = card.source
    return Accelerator(
        vendor="amd",
        index=index,
        name=card.name or f"AMD device {card.device}",
        memory=card.memory,
        capability=gfx,
        driver=card.version,
        integrated=is_integrated(gfx),
        status=status,
        found_by=found,
    )


def _on_windows(cards: tuple[Card, ...]) -> Amd:
    """Windows' driver brings HIP along: a card with a driver is one that HIP programs can use."""
    return Amd(
        accelerators=tuple(_undriven(index, card, "ok", card.source) for index, card in enumerate(cards))
    )
