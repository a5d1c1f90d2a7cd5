"""Make `Facts` of a file: what ``doctor --save`` wrote, a recorded host, or a description of a machine."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scaffold.checks.facts import Facts
from scaffold.facts.machine_json import host_record
from scaffold.facts.model import Observed
from scaffold.facts.read import observe, read_object
from scaffold.facts.told import Told
from scaffold.logs.model import Log
from scaffold.logs.search import read_log
from scaffold.recorded import RecordedSystem
from scaffold.replay import (
    cpu,
    driver,
    extensions,
    ide,
    interpreter,
    libraries,
    manifest,
    network,
    packages,
    room,
    sources,
    variables,
)
from scaffold.replay.saved import SCHEMA as SAVED
from scaffold.replay.saved import about, restored

#: Recorded hosts and printed machines tell of the machine alone: the project stays this one's.
_MACHINE_ALONE = ("scaffold/host/1", "scaffold/machine/1")

#: The field of `Facts` -> what reads it from a description.
_READERS = {
    "cpu": cpu.told,
    "driver": driver.told,
    "python": interpreter.told,
    "packages": packages.told,
    "variables": variables.told,
    "libraries": libraries.told,
    "extensions": extensions.told,
    "sources": sources.told,
    "manifest": manifest.told,
    "room": room.told,
    "network": network.told,
    "ide": ide.told,
}


def read(location: str) -> tuple[Facts, Observed, bool]:
    """The facts of ``FILE``, ``FILE#id`` or ``-``; the machine in them; whether they tell of nothing else.

    Raises OptionRefused where the file cannot be read or tells of no machine.
    """
    told, path = read_object(location)
    if told.get("schema") == SAVED:
        facts = restored(told, path)
        system = RecordedSystem(host_record(facts.machine))
        return facts, Observed(machine=facts.machine, system=system, about=about(facts)), False
    if told.get("schema") in _MACHINE_ALONE:
        observed = observe(told, path)
        return Facts(machine=observed.machine, told=True), observed, True
    if str(told.get("schema", "")).startswith("scaffold/"):
        observe(told, path)  # refuses a schema that tells of no machine
    return (*described(told, path), False)


def described(told: Mapping[str, Any], path: str = "the facts") -> tuple[Facts, Observed]:
    """Of a description: the ``machine`` object of a described failure, the failure itself, or a loose one."""
    machine = told.get("machine")
    description: Mapping[str, Any] = machine if isinstance(machine, Mapping) else told
    observed = observe(described_machine(description), path)
    notes: list[str] = []
    tellers = {field: Told(description, notes) for field in _READERS}
    groups = {field: _READERS[field](teller) for field, teller in tellers.items()}
    asked = frozenset[str]().union(*(one.asked for one in tellers.values()))
    observed = replace(observed, notes=tuple(_unread(observed.notes, asked)))
    facts = Facts(machine=observed.machine, told=True, log=_symptom(told), **groups)  # type: ignore[arg-type]
    return facts, replace(observed, notes=(*observed.notes, *notes))


def _unread(notes: tuple[str, ...], asked: frozenset[str]) -> Iterator[str]:
    """The notes, less the names that the machine's readers passed over and others read."""
    for note in notes:
        names = note.removeprefix("passed over: ")
        left = [one for one in names.split(", ") if one not in asked]
        if names == note:
            yield note
        elif left:
            yield f"passed over: {', '.join(left)}"


def described_machine(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """A description that tells nothing of the system is still one of a machine."""
    return description if description.get("os") else {**description, "os": "linux"}


def _symptom(told: Mapping[str, Any]) -> Log | None:
    """What the user saw, where the failure tells it: a log of a line or two."""
    text = told.get("symptom")
    if not isinstance(text, str) or not text:
        return None
    return read_log(io.BytesIO(text.encode("utf-8", errors="replace")), "symptom")
