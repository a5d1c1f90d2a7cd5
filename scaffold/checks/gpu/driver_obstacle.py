"""Which one thing keeps NVIDIA's GPUs from programs: every rule about it asks here, so that one answers."""

from __future__ import annotations

from typing import Literal

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard

Obstacle = Literal[
    "wsl",
    "fabric",
    "compat",
    "stub",
    "mismatch",
    "capabilities",
    "no-device",
    "taken-away",
    "no-permission",
    "not-loaded",
    "missing",
    "nouveau",
    "uvm",
    "exclusive",
    "lost",
    "",
]

#: Codes of cuInit that say what it is, before those of NVML are heard; and those that NVML may explain.
_CUDA: dict[int, Obstacle] = {802: "fabric", 804: "compat", 34: "stub", 803: "mismatch", 304: "no-permission"}
_CUDA_LESS: dict[int, Obstacle] = {46: "exclusive", 999: "uvm"}

#: NVML's codes. 12, "no library", says of a container's or a laptop's state nothing by itself.
_NVML: dict[int, Obstacle] = {
    18: "mismatch",
    9: "not-loaded",
    4: "no-permission",
    17: "no-permission",
    6: "lost",
    15: "lost",
    16: "lost",
    28: "lost",
}


def obstacle(facts: Facts) -> Obstacle:
    """The obstacle of the machine as a whole; "" where there is none, or none is known.

    What a library answered tells more than the state of a card, and a log more than either: it is of the
    moment that the user asks about.
    """
    if facts.machine.host.wsl:
        return "wsl"  # Windows' driver: nothing of what follows holds there
    if heard.logged(facts, "other-driver-owns") or (heard.driver(facts).bound and not _works(facts)):
        return "nouveau"
    if heard.logged(facts, "kernel-refuses-module"):
        return "not-loaded"
    codes = heard.codes(facts)
    found = _of_codes(facts, codes.get("cuda", 0), codes.get("nvml", 0)) or _of_status(facts)
    if not found and heard.driver(facts).refused:
        found = "taken-away" if facts.machine.host.container else "no-permission"
    found = found or _of_container(facts)
    return "capabilities" if found == "no-device" and _lacks_compute(facts) else found


def _works(facts: Facts) -> bool:
    """Whether a GPU of this machine answers; what a description lists was only told."""
    return not facts.told and any(one.status == "ok" for one in heard.nvidia(facts))


def _of_container(facts: Facts) -> Obstacle:
    """By what lies in a container that something in it wants a GPU of."""
    known = heard.driver(facts)
    if not facts.machine.host.container or _works(facts) or not heard.wanted(facts):
        return ""
    if known.tools and known.library is False:
        return "capabilities"
    return "no-device" if known.nodes is False else ""


def _lacks_compute(facts: Facts) -> bool:
    """Whether the container's settings name what it is handed, and CUDA's library is not among it."""
    asked = facts.variables.value("NVIDIA_DRIVER_CAPABILITIES") if facts.variables else None
    return asked is not None and not {"compute", "all"} & set(asked.replace(" ", "").split(","))


def _of_codes(facts: Facts, cuda: int, nvml: int) -> Obstacle:
    if cuda == 803 and _compat(facts):
        return "compat"
    if cuda in _CUDA:
        return _CUDA[cuda]
    if nvml == 999:
        apart = heard.in_container(facts) or heard.logged(facts, "nvml-999")
        return "taken-away" if apart else "lost"
    if nvml in _NVML:
        return _NVML[nvml]
    if heard.logged(facts, "torch-no-driver", "nvml-12"):
        return _no_driver(facts)
    if min(cuda, nvml) < 0:
        return "lost"
    return _CUDA_LESS.get(cuda, "")


def _no_driver(facts: Facts) -> Obstacle:
    """A program found no libcuda: what that means depends on where it ran."""
    if not facts.machine.host.container:
        nothing_told = facts.told and not heard.nvidia(facts) and not heard.driver(facts).install.methods
        return _of_status(facts) or ("" if nothing_told else "missing")
    works = heard.answers(facts).codes.get("NVML") == 0 or bool(heard.driver(facts).answers.gpus)
    cards = heard.nvidia(facts)
    return "capabilities" if works or any(one.status == "driver_missing" for one in cards) else "no-device"


def _of_status(facts: Facts) -> Obstacle:
    """By the detection's word for the machine; a GPU that works beside a broken one is no obstacle of it."""
    cards = [one for one in heard.nvidia(facts) if one.status not in ("hidden", "unsupported")]
    if any(one.status == "ok" for one in cards):
        return ""
    status = cards[0].status if cards else facts.machine.status
    if any(one.code == 16 for one in heard.states(facts)):
        return "lost"  # one wants a reset, which the detection calls a restart
    contained = bool(facts.machine.host.container)
    if status == "driver_missing":
        works = any(one.driver or one.found_by.get("name") in ("NVML", "nvidia-smi") for one in cards)
        return "capabilities" if contained and works else "missing" if cards else ""
    known: dict[str, Obstacle] = {
        "module_blocked": "not-loaded",
        "nouveau": "nouveau",
        "reboot_required": "mismatch",
        "no_permission": "no-permission",
        "host_driver_without_device": "no-device",
        "gpu_lost": "lost",
    }
    return (
        known.get(status, "")
        if cards or status == "host_driver_without_device" or _nvidia_alone(facts)
        else ""
    )


def _nvidia_alone(facts: Facts) -> bool:
    """Whether the machine's word can only be about NVIDIA: no card of another maker has that state."""
    return not any(one.vendor != "nvidia" and one.status != "ok" for one in facts.machine.accelerators)


def _compat(facts: Facts) -> bool:
    return bool(heard.driver(facts).compat) or "/compat/" in heard.answers(facts).libcuda
