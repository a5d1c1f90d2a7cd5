"""A machine that was told of, and what was odd about the telling."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.machine.model import Machine
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a file tells of a machine.

    ``python`` is the minor version that the file names ("3.12"), "" where it names none. ``notes`` say
    what had to be assumed or passed over. ``about`` names the machine for people.
    """

    machine: Machine
    system: System  # the recorded host that stands in for the machine
    python: str = ""
    notes: tuple[str, ...] = ()
    about: str = ""
