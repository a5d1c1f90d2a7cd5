"""What would fit a machine whose GPUs had the driver that serves them best: advice, never part of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from packaging.version import InvalidVersion, Version

from scaffold.builds import tables
from scaffold.builds.candidates import names
from scaffold.builds.cuda import driver_needed, is_capability, usable_gpus
from scaffold.builds.model import BuildPlan, Missing
from scaffold.builds.pytorch import choose_pytorch
from scaffold.builds.wheels import Target
from scaffold.machine.model import Accelerator, Machine
from scaffold.machine.nvidia_names import last_branch
from scaffold.sources.model import Offers


def prospects(
    machine: Machine, target: Target, taken: BuildPlan | Missing, offers: Offers
) -> tuple[str, ...]:
    """Sentences: which PyTorch would be taken with a newer driver, or once a stopped GPU works.

    ``taken`` is the PyTorch that is taken now. Empty where nothing would change.
    """
    return (*_nvidia(machine, target, taken, offers), *_others(machine, target, taken, offers))


def _nvidia(machine: Machine, target: Target, taken: BuildPlan | Missing, offers: Offers) -> Iterator[str]:
    cards = [one for one in machine.accelerators if one.vendor == "nvidia" and is_capability(one.capability)]
    if not cards:
        return
    limits = [branch for one in cards if (branch := last_branch(one.capability)) is not None]
    newest = tables.cuda().driver[0].cuda
    driver = f"{min(limits)}" if limits else driver_needed(newest, windows=machine.host.windows_driver)
    installed = next((one.driver for one in cards if one.driver), "")
    update = f"{driver}.999" if _is_older(installed, driver) else ""
    plan = _choose(_with(machine, cards, update), target, offers)
    if _is_better(plan, taken):
        stopped = [one for one in cards if one.status not in {"ok", "reboot_required"}]
        wanted = f"NVIDIA's driver {driver}{'' if limits else ' or newer'}"
        condition = f"once {names(stopped)} works, with {wanted}" if stopped else f"with {wanted}"
        yield f"{condition}: {_said(plan)}"
    if limits:
        oldest = [one for one in cards if last_branch(one.capability) == min(limits)]
        yield f"{min(limits)} is the last driver branch for {names(oldest)}"


def _others(machine: Machine, target: Target, taken: BuildPlan | Missing, offers: Offers) -> Iterator[str]:
    """AMD's and Intel's: their drivers decide nothing but whether the GPU works."""
    stopped = [
        one
        for one in machine.accelerators
        if one.vendor in {"amd", "intel"} and one.capability and one.status != "ok" and not one.integrated
    ]
    plan = _choose(_with(machine, stopped, ""), target, offers) if stopped else taken
    if _is_better(plan, taken):
        yield f"once {names(stopped)} works: {_said(plan)}"


def _with(machine: Machine, cards: list[Accelerator], driver: str) -> Machine:
    """The machine with these cards working, and with that driver where one is given."""
    working = tuple(
        replace(one, status="ok", driver=driver or one.driver) if one in cards else one
        for one in machine.accelerators
    )
    cuda = "" if driver else machine.cuda_driver
    return replace(machine, accelerators=working, status="ok", cuda_driver=cuda)


def _choose(machine: Machine, target: Target, offers: Offers) -> BuildPlan | Missing:
    return choose_pytorch(machine, usable_gpus(machine), target, offers.wheels("torch"))


def _is_better(plan: BuildPlan | Missing, taken: BuildPlan | Missing) -> bool:
    """On a GPU, where the one taken is not, or newer than that."""
    if not isinstance(plan, BuildPlan) or plan.device == "cpu":
        return False
    if not isinstance(taken, BuildPlan) or taken.device == "cpu":
        return True
    return Version(plan.version) > Version(taken.version)


def _said(plan: BuildPlan | Missing) -> str:
    return f"{plan.requirement} on {plan.device}" if isinstance(plan, BuildPlan) else ""


def _is_older(driver: str, branch: str) -> bool:
    try:
        return Version(driver).release[:1] < Version(branch).release[:1]
    except InvalidVersion:
        return True
