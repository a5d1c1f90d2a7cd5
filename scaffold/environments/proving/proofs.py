"""What was proved of a project's environments on this machine, and when: ``.scaffold/proofs.json``.

The last proof of each framework in each environment, with the machine that it was made on. It belongs to
this machine, like the environments: not under version control.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from scaffold.builds.model import FRAMEWORKS
from scaffold.environments.layout import STATE_FOLDER, Place
from scaffold.environments.model import Proof
from scaffold.environments.proving.probe_answers import proved_device
from scaffold.files import replace_file
from scaffold.machine.fingerprint import Fingerprint, fingerprint, read_fingerprint
from scaffold.machine.model import Machine
from scaffold.results import plain

SCHEMA = "scaffold/proofs/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProof:
    """A proof of an earlier run."""

    proof: Proof
    date: str  # UTC, ISO 8601
    machine: Fingerprint


def proofs_file(root: Path) -> Path:
    """One file for all environments of a project."""
    return root / STATE_FOLDER / "proofs.json"


def write_proofs(place: Place, proofs: Sequence[Proof], machine: Machine) -> None:
    """Keep the proofs of one environment, in one step; frameworks that were not tried keep theirs.

    Needs the project's lock. Raises NoSpace, NoPermission.
    """
    if not proofs:
        return
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    seen = plain(fingerprint(machine))
    new = {one.framework: {"date": now, "machine": seen, "proof": plain(one)} for one in proofs}
    environments = _kept(place.root)
    environments[place.name] = {**_rows(environments, place), **new}
    _replace(place.root, environments)


def forget_proofs(place: Place) -> None:
    """The environment is gone, and so is what was proved of it. Needs the project's lock."""
    environments = _kept(place.root)
    if environments.pop(place.name, None) is not None:
        _replace(place.root, environments)


def read_proofs(place: Place) -> tuple[KeptProof, ...]:
    """The last proof of each framework of an environment; empty where none was kept or can be read."""
    kept = (_read(row) for row in _rows(_kept(place.root), place).values())
    return tuple(one for one in kept if one is not None)


def _read(row: Any) -> KeptProof | None:
    try:
        proof = row["proof"]
        machine = read_fingerprint(row["machine"])
        if machine is None or proof["framework"] not in FRAMEWORKS:
            return None
        return KeptProof(
            proof=Proof(
                framework=proof["framework"],
                version=str(proof["version"]),
                device=proof["device"],
                device_name=str(proof["device_name"]),
                seconds=float(proof["seconds"]),
                loss_before=float(proof["loss_before"]),
                loss_after=float(proof["loss_after"]),
                details={str(name): str(value) for name, value in proof["details"].items()},
                devices=tuple(proved_device(one) for one in proof["devices"]),
                libraries=tuple(str(path) for path in proof["libraries"]),
            ),
            date=str(row["date"]),
            machine=machine,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _rows(environments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    rows = environments.get(place.name)
    return dict(rows) if isinstance(rows, dict) else {}


def _kept(root: Path) -> dict[str, Any]:
    """Environment's name -> framework -> row; a file that cannot be read counts as none."""
    try:
        environments = json.loads(proofs_file(root).read_text(encoding="utf-8"))["environments"]
        return dict(environments)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _replace(root: Path, environments: Mapping[str, Any]) -> None:
    text = json.dumps({"schema": SCHEMA, "environments": environments}, indent=2, ensure_ascii=False)
    replace_file(proofs_file(root), f"{text}\n")
