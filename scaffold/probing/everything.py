"""Every probe, asked; one that breaks leaves its facts unknown and stops no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from scaffold.probing.variables import probe as variables

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
    "network": network.probe,
}


def probed(scene: Scene) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Field -> facts, and what broke: "libraries: OSError: ..."."""
    found: dict[str, Any] = {}
    failures = []
    for field, probe in PROBES.items():
        try:
            found[field] = probe(scene)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other probes must still be asked
            failures.append(f"{field}: {type(problem).__name__}: {problem}")
    return found, tuple(failures)
