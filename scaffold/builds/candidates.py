"""What both choosers share: a wheel that could be taken, where it comes from, what to say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from packaging.version import InvalidVersion, Version

from scaffold.builds.model import TurnedDown
from scaffold.builds.wheels import Target, python_order, pythons_of
from scaffold.machine.model import Accelerator, Machine
from scaffold.sources.model import Wheel

#: A plan names this many of the builds that it did not take: the newest.
TURNED_DOWN_SHOWN = 8

#: A message names this many Pythons that there are wheels for: the newest.
PYTHONS_SHOWN = 4

SourceKind = Literal["pytorch", "index", "find-links"]
#: The order in which GPUs are worth choosing a build for.
_VENDORS = ("cpu", "xpu", "rocm", "cuda")

_KINDS: dict[str, SourceKind] = {
    "pytorch": "pytorch", "index": "index", "extra-index": "index", "find-links": "find-links",
}  # fmt: skip
#: Of the same build in several places, the one that costs least: a local folder, then the user's index.
_NEAR: dict[SourceKind, int] = {"pytorch": 0, "index": 1, "find-links": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One wheel with what a machine could do with it."""

    wheel: Wheel
    version: Version  # local part included
    variant: str
    devices: tuple[Accelerator, ...] = ()  # the GPUs that it would use
    gpu_obstacle: str = ""  # why it would not use one, where it is a GPU build
    gpu_variant: str = ""  # what it would be on a GPU, where it is taken for the processor
    refusal: str = ""  # why it cannot be taken at all
    large: bool = False
    foreign: bool = False  # made for a vendor of whom there is no GPU here

    @property
    def device(self) -> Literal["cpu", "cuda", "rocm", "xpu"]:
        """What it would compute on; a Mac's GPU is its CPU build's business."""
        if not self.devices:
            return "cpu"
        return "rocm" if self.variant.startswith("rocm") else "xpu" if self.variant == "xpu" else "cuda"

    @property
    def standing(self) -> int:
        """How much it is worth that these devices are used: more is better."""
        return _VENDORS.index(self.device)

    @property
    def kind(self) -> SourceKind:
        """The kind of its source, as a plan names it."""
        return _KINDS[self.wheel.source.kind]

    @property
    def near(self) -> int:
        """How little it costs to fetch: more is nearer."""
        return _NEAR[self.kind]

    @property
    def source(self) -> str:
        """The location that an installer must be given for it; "" where the user's settings lead there."""
        return "" if self.kind == "index" else self.wheel.source.location

    @property
    def whence(self) -> str:
        """A few words for people."""
        if self.kind == "pytorch":
            return f"PyTorch's index for {self.wheel.source.variant}"
        return "your package index" if self.kind == "index" else f"the folder {self.wheel.source.shown}"


def stable_version(wheel: Wheel) -> Version | None:
    """Its version; None for pre-releases, development builds and what is no version."""
    try:
        version = Version(wheel.version)
    except InvalidVersion:
        return None
    return None if version.is_prerelease else version


def turned_down(candidates: Iterable[Candidate], taken: Candidate) -> tuple[TurnedDown, ...]:
    """The builds at least as new as the taken one that were not taken for a reason, newest first."""
    rows = {
        (one.version.public, one.gpu_variant or one.variant): one.refusal or one.gpu_obstacle
        for one in sorted(candidates, key=lambda one: one.version, reverse=True)
        if (one.refusal or one.gpu_obstacle)
        and not one.foreign
        and one.version.release >= taken.version.release
        and (one.version, one.variant) != (taken.version, taken.variant)
    }
    listed = (TurnedDown(version=name, variant=variant, why=why) for (name, variant), why in rows.items())
    return tuple(islice(listed, TURNED_DOWN_SHOWN))


def unused_gpu(machine: Machine, gpus_why: str) -> str:
    """Why no GPU will be used, as a fact about the machine; "" where there is none."""
    if gpus_why:
        return gpus_why
    stopped = [one for one in machine.accelerators if one.status != "ok"]
    if stopped:
        return f"{stopped[0].name} cannot be used: {stopped[0].status.replace('_', ' ')}"
    if machine.status != "ok":
        return f"no GPU can be used here: {machine.status.replace('_', ' ')}"
    able = [one for one in machine.accelerators if one.capability and one.status == "ok"]
    return f"no build is chosen for {names(able)}" if able else "no GPU was found"


def names(devices: Iterable[Accelerator]) -> str:
    """``Tesla V100 (7.0), RTX 5090 (12.0)``: each kind of device once."""
    return ", ".join(
        dict.fromkeys(f"{one.name} ({one.capability})" if one.capability else one.name for one in devices)
    )


def no_wheel(project: str, wheels: Iterable[Wheel], python: str, platform: str) -> str:
    """Say that a Python has no stable wheel, and which Pythons have one somewhere."""
    stable = [wheel for wheel in wheels if stable_version(wheel) is not None]
    there = {one for wheel in stable for one in pythons_of(wheel)}
    newest = sorted(there, key=python_order)[-PYTHONS_SHOWN:]
    named = f" (there are some for Python {', '.join(newest)})" if newest else ""
    return f"no stable wheel of {project} for Python {python} on {platform}{named}"


def why_none(
    project: str, wheels: tuple[Wheel, ...], candidates: tuple[Candidate, ...], target: Target
) -> tuple[str, ...]:
    """Why no wheel of a project will do, the first few reasons."""
    if target.host.libc.startswith("musl"):
        return (f"nobody publishes wheels of {project} for musl: use a system with glibc (Debian, Ubuntu)",)
    if not wheels:
        return (f"no source offers {project} for {target.described}",)
    if candidates:
        return tuple(dict.fromkeys(f"{project} {one.version}: {one.refusal}" for one in candidates))[:5]
    return (no_wheel(project, wheels, target.python, target.described),)
