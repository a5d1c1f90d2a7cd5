"""Put together what libcuda, NVML (or nvidia-smi) and the PCI bus say of the same GPUs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scaffold.machine.masks import chosen
from scaffold.machine.model import Accelerator, Status
from scaffold.machine.nvidia_answers import Answer, Device
from scaffold.machine.nvidia_cards import shown_name
from scaffold.machine.nvidia_codes import obstacle
from scaffold.machine.nvidia_names import guessed
from scaffold.machine.pci import Card

MASK = "CUDA_VISIBLE_DEVICES"


def merge(
    environment: Mapping[str, str],
    cuda: Answer | None,
    management: Answer | None,
    cards: Sequence[Card] = (),
    *,
    wsl: bool = False,
) -> tuple[tuple[Accelerator, ...], tuple[str, ...]]:
    """Every GPU once, with its status, and what a person should know.

    Management (NVML, nvidia-smi) names them all; libcuda says which of them a program can use; the bus knows
    the name of one that answers neither.
    """
    return _Merger(environment, cuda, management, {card.address: card for card in cards}, wsl).merge()


@dataclass(frozen=True, slots=True)
class _Merger:
    environment: Mapping[str, str]
    cuda: Answer | None
    management: Answer | None
    cards: Mapping[str, Card]
    wsl: bool

    def merge(self) -> tuple[tuple[Accelerator, ...], tuple[str, ...]]:
        # Programs see a split GPU's slices, which libcuda lists, and not the GPU itself.
        whole = [device for device in self.everyone if not (device.mig and self.visible)]
        partners = [self.partner(device) for device in whole]
        matched = [device for device in partners if device is not None]
        verdicts = [self.status(*pair) for pair in zip(whole, partners, strict=True)]
        notes = _obstacles(whole, [why for _, why in verdicts])
        if any(device.mig for device in self.everyone):
            notes.append("A GPU is split into slices (MIG): one process can use one slice")
        merged = [
            self.managed(device, seen, status)
            for device, seen, (status, _) in zip(whole, partners, verdicts, strict=True)
        ]
        merged += [self.seen_only(device) for device in self.visible if device not in matched]
        return _distinct(merged), tuple(notes)

    @property
    def visible(self) -> tuple[Device, ...]:
        """The GPUs on which a CUDA context can be made."""
        return self.cuda.devices if self.cuda and not self.cuda.code else ()

    @property
    def everyone(self) -> tuple[Device, ...]:
        return self.management.devices if self.management else ()

    @property
    def driver(self) -> str:
        return self.management.driver if self.management else ""

    def partner(self, device: Device) -> Device | None:
        """The same GPU as libcuda sees it, by id or by place on the bus.

        Where neither is told (old drivers) the order tells, if none is masked.
        """
        if device.uuid and any(seen.uuid for seen in self.visible):
            return next((seen for seen in self.visible if seen.uuid == device.uuid), None)
        if device.pci and any(seen.pci for seen in self.visible):
            return next((seen for seen in self.visible if seen.pci == device.pci), None)
        if len(self.visible) != len(self.everyone):
            return None
        return next((seen for seen in self.visible if seen.index == device.index), None)

    def status(self, device: Device, seen: Device | None) -> tuple[Status, str]:
        if device.code and self.management:
            return obstacle(self.management.source, device.code)
        if seen:
            return "ok", ""
        mask = self.environment.get(MASK)
        hidden = f'hidden by {MASK}="{mask}"; unset it to use them all'
        if self.cuda is None:  # the probe did not run: the driver's word and the variable's count
            visible = chosen(mask, [f"GPU-{one.uuid}" for one in self.everyone])
            return ("ok", "") if device.index in visible else ("hidden", hidden)
        if not self.cuda.library:
            return "driver_missing", (
                "libcuda is not here (a container's NVIDIA_DRIVER_CAPABILITIES must name compute)"
            )
        if mask is not None and self.cuda.code in {0, 100, 101}:
            return "hidden", hidden
        if self.cuda.code and self.wsl and self.cuda.path and "/usr/lib/wsl/" not in self.cuda.path:
            return "unsupported", f"programs load {self.cuda.path} in place of Windows' libcuda"
        if self.cuda.code and not (device.mig and self.cuda.code == 100):
            return obstacle("libcuda", self.cuda.code, nvml_works=True)
        if device.mig:
            return "hidden", "it is split (MIG) and has no slice for programs: sudo nvidia-smi mig -cgi 0 -C"
        return "hidden", "the CUDA driver does not show it to programs"

    def managed(self, device: Device, seen: Device | None, status: Status) -> Accelerator:
        source = self.source
        card = self.cards.get(device.pci)
        name, named_by = device.name, str(source)
        if not name and seen:
            name, named_by = seen.name, "libcuda"
        if not name and card:
            name, named_by = shown_name(card), card.source
        memory, measured_by = device.memory, str(source)
        if memory is None and seen:
            memory, measured_by = seen.memory, "libcuda"
        capability, told_by = self.capability(device, seen, name, card)
        known = (
            ("name", name, named_by),
            ("memory", memory, measured_by),
            ("driver", self.driver, source),
            ("uuid", device.uuid, source),
            ("capability", capability, told_by),
        )
        found = {fact: by for fact, value, by in known if value}
        return Accelerator(
            vendor="nvidia",
            index=device.index,
            name=name or "NVIDIA GPU",
            memory=memory,
            capability=capability,
            driver=self.driver,
            uuid=f"GPU-{device.uuid}" if device.uuid else "",
            integrated=device.integrated or bool(seen and seen.integrated),
            status=status,
            found_by={**found, "status": self.told_status(device, status)},
        )

    def told_status(self, device: Device, status: Status) -> str:
        """Who tells the status: a variable, where nothing else hides the GPU."""
        if status == "hidden" and not device.mig and self.environment.get(MASK) is not None:
            return MASK
        return "libcuda" if self.cuda and not device.code else self.source

    @property
    def source(self) -> str:
        """What names every GPU."""
        return self.management.source if self.management else "NVML"

    def capability(
        self, device: Device, seen: Device | None, name: str, card: Card | None
    ) -> tuple[str, str]:
        """The compute capability and who told it; a table of names where no driver did."""
        if seen and seen.capability:
            return seen.capability, "libcuda"
        if device.capability and self.management:
            return device.capability, self.management.source
        return guessed(name, card.device if card else "")

    def seen_only(self, device: Device) -> Accelerator:
        """A GPU or a slice that only libcuda knows."""
        capability, told_by = device.capability, "libcuda"
        if not capability:
            capability, told_by = guessed(device.name)
        known = (
            ("name", device.name, "libcuda"),
            ("memory", device.memory, "libcuda"),
            ("capability", capability, told_by),
            ("uuid", device.uuid, "libcuda"),
            ("status", "ok", "libcuda"),
            ("driver", self.driver, self.management.source if self.management else ""),
        )
        return Accelerator(
            vendor="nvidia",
            index=device.index,
            name=device.name or "NVIDIA GPU",
            memory=device.memory,
            capability=capability,
            driver=self.driver,
            uuid=f"{'MIG' if 'MIG' in device.name else 'GPU'}-{device.uuid}" if device.uuid else "",
            integrated=device.integrated,
            found_by={fact: by for fact, value, by in known if value},
        )


def _distinct(accelerators: Sequence[Accelerator]) -> tuple[Accelerator, ...]:
    """No number twice: libcuda counts slices from 0, as NVML counts the GPUs beside them."""
    found: dict[int, Accelerator] = {}
    for one in accelerators:
        index = one.index if one.index not in found else max(found) + 1
        found[index] = replace(one, index=index)
    return tuple(found.values())


def _obstacles(devices: list[Device], whys: list[str]) -> list[str]:
    """One line for each obstacle, with every GPU that it stops."""
    stopped: dict[str, list[str]] = {}
    for device, why in zip(devices, whys, strict=True):
        if why:
            stopped.setdefault(why, []).append(str(device.index))
    return [f"NVIDIA GPU {', '.join(indexes)} cannot be used: {why}" for why, indexes in stopped.items()]
