"""Put together what libcuda and NVML (or nvidia-smi) say of the same GPUs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scaffold.machine.model import Accelerator, Status
from scaffold.machine.nvidia_answers import Answer, Device, obstacle

MASK = "CUDA_VISIBLE_DEVICES"


def merge(
    environment: Mapping[str, str], cuda: Answer | None, management: Answer | None
) -> tuple[tuple[Accelerator, ...], tuple[str, ...]]:
    """Every GPU once, with its status, and what a person should know.

    Management (NVML, nvidia-smi) names them all; libcuda says which of them a program can use.
    """
    return _Merger(environment, cuda, management).merge()


@dataclass(frozen=True, slots=True)
class _Merger:
    environment: Mapping[str, str]
    cuda: Answer | None
    management: Answer | None

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
        return tuple(merged), tuple(notes)

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
        """The same GPU as libcuda sees it. Without ids (old drivers) the order tells, if none is masked."""
        if device.uuid and any(seen.uuid for seen in self.visible):
            return next((seen for seen in self.visible if seen.uuid == device.uuid), None)
        if len(self.visible) != len(self.everyone):
            return None
        return next((seen for seen in self.visible if seen.index == device.index), None)

    def status(self, device: Device, seen: Device | None) -> tuple[Status, str]:
        if device.code and self.management:
            return obstacle(self.management.source, device.code)
        if seen or self.cuda is None:  # not asked: the driver's word counts
            return "ok", ""
        if not self.cuda.library:
            return "driver_missing", (
                "libcuda is not here (a container's NVIDIA_DRIVER_CAPABILITIES must name compute)"
            )
        mask = self.environment.get(MASK)
        if mask is not None and self.cuda.code in {0, 100, 101}:
            return "hidden", f"hidden by {MASK}={mask}"
        if self.cuda.code:
            return obstacle("libcuda", self.cuda.code)
        return "hidden", "the CUDA driver does not show it to programs"

    def managed(self, device: Device, seen: Device | None, status: Status) -> Accelerator:
        source = self.management.source if self.management else "NVML"
        found: dict[str, str] = dict.fromkeys(("name", "memory", "driver", "uuid"), source)
        found["capability"] = "libcuda" if seen and seen.capability else source
        found["status"] = "libcuda" if self.cuda and not device.code else source
        return Accelerator(
            vendor="nvidia",
            index=device.index,
            name=device.name or (seen.name if seen else "") or "NVIDIA GPU",
            memory=device.memory or (seen.memory if seen else None),
            capability=(seen.capability if seen else "") or device.capability,
            driver=self.driver,
            uuid=f"GPU-{device.uuid}" if device.uuid else "",
            status=status,
            found_by=found,
        )

    def seen_only(self, device: Device) -> Accelerator:
        """A GPU or a slice that only libcuda knows."""
        found = dict.fromkeys(("name", "memory", "capability", "uuid", "status"), "libcuda")
        if self.driver and self.management:
            found["driver"] = self.management.source
        return Accelerator(
            vendor="nvidia",
            index=device.index,
            name=device.name,
            memory=device.memory,
            capability=device.capability,
            driver=self.driver,
            uuid=f"{'MIG' if 'MIG' in device.name else 'GPU'}-{device.uuid}" if device.uuid else "",
            found_by=found,
        )


def _obstacles(devices: list[Device], whys: list[str]) -> list[str]:
    """One line for each obstacle, with every GPU that it stops."""
    stopped: dict[str, list[str]] = {}
    for device, why in zip(devices, whys, strict=True):
        if why:
            stopped.setdefault(why, []).append(str(device.index))
    return [f"NVIDIA GPU {', '.join(indexes)} cannot be used: {why}" for why, indexes in stopped.items()]
