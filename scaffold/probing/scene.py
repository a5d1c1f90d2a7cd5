"""What every probe is handed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold.machine.model import Machine
from scaffold.probing.target import Target
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The host, the machine that was found on it, and what doctor was pointed at."""

    system: System
    machine: Machine
    target: Target
    root: Path | None = None  # of a project of ours
    ide: IdeFacts | None = None  # of the folder, where it is a PyCharm project
    online: bool = False  # the network may be asked
    shared: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # by several probes
