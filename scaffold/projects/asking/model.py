"""What one or several files ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Gives the text of a file of the project, by its path below the root; None where there is none to read.
Read = Callable[[str], "str | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Requirements as a project declares them; empty where it declares none."""

    lines: tuple[str, ...] = ()  # PEP 508, the frameworks among them
    place: str = ""  # where they stand: requirements.txt
    python: str = ""  # requires-python, as a PEP 440 specifier
    conda: tuple[str, ...] = ()  # conda's packages, by conda's names, which are not always pip's
    notes: tuple[str, ...] = ()  # for people: what is asked for and cannot be taken over
