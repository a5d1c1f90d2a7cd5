"""Failures staged for real on this kind of machine, and diagnosed by the installed command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Staged:
    """A broken place: where doctor is called, and in which surroundings."""

    folder: Path
    options: tuple[str, ...] = ()  # of scaffold doctor: --python, --deep, --from-log
    environment: Mapping[str, str | None] = field(
        default_factory=dict
    )  # over this process's own; None: unset
    prefix: tuple[str, ...] = ()  # starts the command: unshare -rm sh -c ...
    python: Path | None = None  # what the peers are asked with


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a failure is staged, and what doctor must say of it."""

    name: str  # driver-too-old
    check: str  # gpu.driver-too-old
    level: str  # error, warning
    stage: Callable[[Path], Staged]  # in an empty folder; calls pytest.skip where this machine cannot
    also: tuple[str, ...] = ()  # other errors that belong to it
    marks: tuple[Any, ...] = ()  # of pytest: network, slow, torch


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the command said."""

    status: int
    content: Mapping[str, Any]  # the JSON
    stderr: str
    seconds: float = 0.0

    def shown(self, *levels: str) -> list[str]:
        """Ids of the findings of some levels that no other finding explains."""
        return [
            one["id"]
            for one in self.content["findings"]
            if one["level"] in levels and not one["suppressed_by"]
        ]


def ask(staged: Staged) -> Answer:
    """Call ``scaffold doctor --json`` there."""
    variables = {**os.environ, **staged.environment}
    command = [*staged.prefix, sys.executable, "-I", "-m", "scaffold", "doctor", *staged.options, "--json"]
    done = subprocess.run(
        command,
        cwd=staged.folder,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.stdout.strip(), done.stderr
    return Answer(status=done.returncode, content=json.loads(done.stdout), stderr=done.stderr)
