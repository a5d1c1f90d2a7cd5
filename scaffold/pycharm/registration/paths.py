"""Paths as they stand in PyCharm's settings.

The IDE writes ``$USER_HOME$`` for the user's home, and reads whole paths as well. Whole ones are written
here: its macro is Java's ``user.home``, which comes from the password database and need not be ``$HOME``.
"""

from __future__ import annotations

import ntpath
import posixpath
from pathlib import Path

from scaffold.system import System

_HOME = "$USER_HOME$"


def portable(path: Path, system: System) -> str:
    """With ``/``, on every system."""
    return str(path).replace("\\", "/") if system.platform.os == "windows" else str(path)


def native(path: Path, system: System) -> str:
    """As the system spells it."""
    return str(path).replace("/", "\\") if system.platform.os == "windows" else str(path)


def expanded(text: str, system: System) -> str:
    """The macro for the user's home replaced; others stay."""
    home = portable(system.home, system) if system.home is not None else ""
    return home.rstrip("/") + text[len(_HOME) :] if text.startswith(_HOME) else text


def key(text: str, system: System) -> str:
    """What two spellings of one path have in common. Links are not followed: PyCharm does not, either."""
    if system.platform.os == "windows":
        return ntpath.normcase(ntpath.normpath(expanded(text, system)))
    return posixpath.normpath(expanded(text, system))
