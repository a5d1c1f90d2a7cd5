"""What an update of a project has left behind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFacts:
    """Of a project that scaffold knows; one that is being updated in this moment has nothing left behind."""

    interrupted: bool = False  # a journal that nobody works on lies there
    unusable: str = ""  # why `scaffold update` does not follow it
    foreign: bool = False  # for this user did not write it here: it tells nothing of the files
    cure: str = ""  # what to do about one that is not followed
    marked: tuple[str, ...] = ()  # "src/model.py: 1 marked"
    waiting: tuple[str, ...] = ()  # "data: a folder has its name: move it away, and update again"
    pristine: str = ""  # why what the project was rendered as cannot be read
    rejected: tuple[str, ...] = ()  # "src/model.py.rej: what could not be merged into model.py"
