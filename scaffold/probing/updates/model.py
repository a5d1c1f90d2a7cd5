"""What an update of a project has left behind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFacts:
    """Of a project that scaffold knows; one that is being updated in this moment has nothing left behind."""

    interrupted: bool = False  # a journal that nobody works on lies there
    marked: tuple[str, ...] = ()  # "src/model.py: 1 marked"
    rejected: tuple[str, ...] = ()  # "src/model.py.rej: what could not be merged into model.py"
