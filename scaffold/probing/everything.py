"""Every probe, asked; one that breaks leaves its facts unknown and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from scaffold.errors import ScaffoldError
from scaffold.probing.cpu import probe as cpu
from scaffold.probing.driver import probe as driver
from scaffold.probing.extensions import probe as extensions
from scaffold.probing.interpreter import probe as interpreter
from scaffold.probing.libraries import probe as libraries
from scaffold.probing.manifest import probe as manifest
from scaffold.probing.network import probe as network
from scaffold.probing.packages import probe as packages
from scaffold.probing.room import probe as room
from scaffold.probing.scene import Scene
from scaffold.probing.sources import probe as sources
from scaffold.probing.updates import probe as updates
from scaffold.probing.variables import probe as variables

Found = TypeVar("Found")

#: The field of `scaffold.checks.facts.Facts` -> the probe that fills it.
PROBES = {
    "cpu": cpu.probe,
    "driver": driver.probe,
    "python": interpreter.probe,
    "packages": packages.probe,
    "variables": variables.probe,
    "libraries": libraries.probe,
    "extensions": extensions.probe,
    "sources": sources.probe,
    "manifest": manifest.probe,
    "room": room.probe,
    "updates": updates.probe,
    "network": network.probe,
}


@dataclass
class Guard:
    """Asks, and keeps what broke: "libraries: OSError: ..."."""

    failures: list[str] = field(default_factory=list)

    def tried(self, subject: str, ask: Callable[[], Found]) -> Found | None:
        """The answer; None where asking broke. What the user must mend is raised as it is."""
        try:
            return ask()
        except ScaffoldError:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, the others must still be asked
            self.failures.append(f"{subject}: {type(problem).__name__}: {problem}")
            return None


def probed(scene: Scene) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Field -> facts, and what broke."""
    guard = Guard()
    found = {field: guard.tried(field, partial(probe, scene)) for field, probe in PROBES.items()}
    return found, tuple(guard.failures)
