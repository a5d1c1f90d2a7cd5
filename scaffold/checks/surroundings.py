"""What rules of several subjects ask of the facts."""

from __future__ import annotations

from scaffold.checks.facts import Facts
from scaffold.machine.model import Accelerator


def python_of(facts: Facts) -> str:
    """The interpreter that a command names: the target's, by its full path where one is known."""
    if facts.target is not None and facts.target.python is not None:
        return str(facts.target.python)
    return (facts.python.executable if facts.python else "") or "python"


def os_is(facts: Facts, *names: str) -> bool:
    """Whether the machine runs one of these systems: linux, macos, windows."""
    return facts.machine.host.os in names


def nvidia(facts: Facts) -> tuple[Accelerator, ...]:
    """NVIDIA's GPUs that are there, whatever stands in their way."""
    return tuple(one for one in facts.machine.accelerators if one.vendor == "nvidia")
