"""Paths as they stand in PyCharm's settings."""

from __future__ import annotations

import ntpath
import posixpath
from pathlib import Path

from scaffold.system import System

_HOME = "$USER_HOME$"


def portable(path: Path, system: System) -> str:
    """With ``/``, and with the macro that the IDE itself puts for the user's home."""
    text = str(path).replace("\\", "/") if system.platform.os == "windows" else str(path)
    home = _home(system)
    if home and (text == home or text.startswith(f"{home}/")):
        return _HOME + text[len(home) :]
    return text


def native(path: Path, system: System) -> str:
    r"""As the system spells it: on Windows whole and with ``\``, where the IDE puts no macro."""
    return str(path).replace("/", "\\") if system.platform.os == "windows" else portable(path, system)


def expanded(text: str, system: System) -> str:
    """The macro for the user's home replaced; others stay."""
    return text.replace(_HOME, _home(system)) if text.startswith(_HOME) else text


def key(text: str, system: System) -> str:
    """What two spellings of one path have in common. Links are not followed: PyCharm does not, either."""
    if system.platform.os == "windows":
        return ntpath.normcase(ntpath.normpath(expanded(text, system)))
    return posixpath.normpath(expanded(text, system))


def _home(system: System) -> str:
    home = str(system.home or "")
    return home.replace("\\", "/") if system.platform.os == "windows" else home.rstrip("/")
