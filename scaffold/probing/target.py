"""Which folder and which Python doctor is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is looked at. ``python`` is not started by anything but ``--deep``."""

    folder: Path  # where the user's code lies
    python: Path | None = None  # the interpreter's program, as it is called; None: there is none
    prefix: Path | None = None  # the environment's folder, or the installation's
    how: str = ""  # why this one: ".venv of the project", "VIRTUAL_ENV", "--python", "PATH"
    own: bool = False  # scaffold made the environment, and may mend it
