"""Interpreters to be made known to PyCharm, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.pycharm.configs import ConfigFolder

#: For each PyCharm: written; nothing to do; it is open; it could not be done.
Outcome = Literal["registered", "unchanged", "open", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """An interpreter as PyCharm will know it. Paths are absolute and unresolved: ``.venv/bin/python``."""

    name: str  # Python 3.12 (cnn-project); global to the IDE
    python: Path
    version: str  # 3.12.1
    project: Path  # the folder that it is associated with
    roots: tuple[Path, ...] = ()  # standard library and site-packages; PyCharm adds its own when it opens
    conda: Path | None = None  # conda's program, where the environment is conda's and the program is known
    location: Path | None = None  # the environment's folder, for conda

    @property
    def is_of_the_system(self) -> bool:
        """Whether it was made from a Python of the operating system's, which a sandbox does not see."""
        return any(one.is_relative_to("/usr/lib") for one in self.roots)

    @property
    def identity(self) -> str:
        """SDK_UUID: the same for the same interpreter, so that a second run finds the first one's entry."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"file://{self.python.as_posix()}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One entry of a table of interpreters, as it stands there."""

    name: str
    home: str  # macros expanded, as written otherwise
    identity: str = ""  # SDK_UUID
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done in the settings of one PyCharm, and why."""

    folder: ConfigFolder
    outcome: Outcome  # expected
    why: str
    sdks: tuple[Sdk, ...] = ()  # to be entered
    leaving: tuple[Known, ...] = ()  # entries of ours that are outdated
    trust: bool = False  # to be entered
    asks: bool = False  # as it is now, it asks whether the project is trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPlan:
    """What is to be done in every PyCharm on this machine. ``sdks`` bear the names that were chosen."""

    project: Path
    sdks: tuple[Sdk, ...]
    steps: tuple[Step, ...]  # the newest PyCharm first
    notes: tuple[str, ...] = ()
    registered: Mapping[str, Path] | None = None  # name -> interpreter, once done; None: nobody looked
    refused: bool = False  # nothing can be entered anywhere; a note says why
    never_ran: bool = False  # no PyCharm has run here

    def name_of(self, python: Path | None) -> str:
        """The chosen name of an interpreter; "" for one that is not among them."""
        return next((sdk.name for sdk in self.sdks if sdk.python == python), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What came of it in one PyCharm."""

    folder: ConfigFolder
    outcome: Outcome
    why: str = ""
    written: tuple[Path, ...] = ()
    backups: tuple[Path, ...] = ()
    click: str = ""  # what is left to do by hand
    asks: bool = False  # it will ask whether the project is trusted
    entered: tuple[str, ...] = ()  # names of interpreters that it knows since
    left: tuple[str, ...] = ()  # names of those that it does not know any more
    trusts: bool = False  # it opens the folder without asking, since


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationReport:
    """What came of it in every PyCharm."""

    names: tuple[str, ...] = ()
    ides: tuple[Registered, ...] = ()
    notes: tuple[str, ...] = ()
    refused: bool = False  # nothing could be entered anywhere; a note says why
