"""Write this machine down, so that it can be looked at elsewhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from scaffold.errors import TargetOccupied
from scaffold.facts.scrub import scrubbed
from scaffold.files import not_written, put_file
from scaffold.machine.model import Machine
from scaffold.system import System

#: A file larger than this is no recorded host, and is not read to find out.
_LARGEST = 32 << 20


def detect_and_record(system: System, folder: Path) -> tuple[Machine, dict[str, Any]]:
    """This machine, and the recorded host in which the detection finds the same, ids of devices aside."""
    from scaffold.machine import detect
    from scaffold.recording import RecordingSystem

    watched = RecordingSystem(system)
    machine = detect(watched, folder)
    names = names_of(system)
    return machine, scrubbed(watched.record(_about(machine)), **names)


def save_host(record: dict[str, Any], path: Path) -> None:
    """Write a recorded host to a file, whole or not at all.

    Raises TargetOccupied where something stands there that is no recorded host, NoSpace and NoPermission.
    """
    save_record(record, path, what="recorded host", example="scaffold detect --save machine.json")


def save_record(record: dict[str, Any], path: Path, *, what: str, example: str) -> None:
    """Write an object with a schema to a file, over an earlier one of the same schema alone.

    Raises TargetOccupied where something else stands there, NoSpace and NoPermission.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not _is_of(target, record.get("schema")):
            raise TargetOccupied(
                f"{path} is there already and is no {what}; it was not touched",
                hint=f"name another file, such as: {example}",
            )
        target.parent.stat()  # a folder that the user names is not made: the name may be a slip
        put_file(target, as_text(record))
    except OSError as problem:
        raise not_written(path, problem) from problem


def as_text(record: dict[str, Any]) -> str:
    """The record as it stands in a file."""
    return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def _is_of(path: Path, schema: object) -> bool:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return False
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("schema") == schema


def _about(machine: Machine) -> str:
    host = machine.host
    names = ", ".join(dict.fromkeys(one.name for one in machine.accelerators)) or "no accelerator"
    return f"{host.os_version or host.os} on {host.architecture}: {names}"


def names_of(system: System) -> dict[str, str]:
    """The computer's and the user's names, which the record must not hold."""
    variables = system.environment
    computer = variables.get("COMPUTERNAME") or variables.get("HOSTNAME") or ""
    kernel_says = system.read_text("/proc/sys/kernel/hostname") if system.platform.os == "linux" else None
    user = variables.get("USER") or variables.get("USERNAME") or ""
    return {"computer": (kernel_says or computer).strip(), "user": user.strip()}
