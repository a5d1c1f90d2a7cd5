"""A machine as JSON, for scripts: ``scaffold detect --json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scaffold.machine.model import Machine

SCHEMA = "scaffold/machine/1"


def to_json(machine: Machine) -> dict[str, Any]:
    """Every fact under its own name in the types; sizes in bytes, unknown numbers null, unknown texts ""."""
    return {
        "schema": SCHEMA,
        "host": asdict(machine.host),
        "accelerators": [asdict(one) for one in machine.accelerators],
        "status": machine.status,
        "cuda_driver": machine.cuda_driver,
        "notes": list(machine.notes),
    }
