"""Which builds a project's environment is made with, and for which machine: ``.scaffold/builds.json``.

For doctor, which says when the machine has changed since, and for later runs.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scaffold.builds.model import BuildChoice, BuildPlan, Device, Framework
from scaffold.environments.layout import STATE_FOLDER, Place
from scaffold.files import replace_file
from scaffold.machine.fingerprint import Fingerprint, fingerprint, read_fingerprint
from scaffold.machine.model import Machine
from scaffold.results import plain

SCHEMA = "scaffold/builds-of-project/2"


def planned_file(root: Path) -> Path:
    """Belongs to this machine, like the environment: not under version control."""
    return root / STATE_FOLDER / "builds.json"


def write_planned(root: Path, choice: BuildChoice, machine: Machine) -> None:
    """Keep the builds with their reasons, in one step; sources without credentials.

    Raises NoSpace, NoPermission.
    """
    from scaffold.sources.redact import redact

    def shown(builds: Iterable[BuildPlan]) -> list[dict[str, Any]]:
        return [{**plain(build), "source": redact(build.source)} for build in builds]

    kept = {
        "schema": SCHEMA,
        "python": choice.python,
        "builds": shown(choice.builds),
        "apart": shown(choice.apart),
        "together": choice.together,
        "machine": plain(fingerprint(machine)),
    }
    replace_file(planned_file(root), json.dumps(kept, indent=2, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def replaced_plan(root: Path, choice: BuildChoice, machine: Machine) -> Iterator[None]:
    """`write_planned`, taken back where the block fails."""
    target = planned_file(root)
    before = target.read_bytes() if target.is_file() else None
    write_planned(root, choice, machine)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # the failure itself matters more: the disk may be full
            if before is None:
                target.unlink(missing_ok=True)
            else:
                target.write_bytes(before)
        raise


def read_devices(place: Place) -> Mapping[Framework, Device]:
    """The device that each framework of an environment was planned for; empty where nobody wrote it down."""
    try:
        return {row["framework"]: row["device"] for row in _rows(place)}
    except (KeyError, TypeError):
        return {}


def read_together(root: Path) -> bool:
    """Whether one environment was asked for when the project's was made."""
    kept = _kept(root)
    return isinstance(kept, dict) and kept.get("together") is True


def read_apart(root: Path) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Requirements and constraints of each further environment that was planned, by its name."""
    try:
        return {
            row["framework"]: ((row["requirement"], *row["companions"]), tuple(row["constraints"]))
            for row in _kept(root)["apart"]
        }
    except (KeyError, TypeError, AttributeError):
        return {}


def read_machine(root: Path) -> Fingerprint | None:
    """The machine that the builds were chosen for; None where nobody wrote it down."""
    kept = _kept(root)
    return read_fingerprint(kept.get("machine")) if isinstance(kept, dict) else None


def read_packages(place: Place) -> tuple[Mapping[str, str], str]:
    """The builds chosen for an environment, package -> version, and its Python; empty where none are."""
    kept = _kept(place.root)
    try:
        rows = [row["requirement"].partition("==") for row in _rows(place)]
        return {name.partition("[")[0]: version for name, _, version in rows}, str(kept["python"])
    except (KeyError, TypeError, AttributeError):
        return {}, ""


def is_damaged(root: Path) -> bool:
    """Whether the file is there and holds no plan; that of a project without a framework names no build."""
    kept = _kept(root)
    none = isinstance(kept, dict) and kept.get("builds") == [] and isinstance(kept.get("python"), str)
    return planned_file(root).exists() and not none and not read_packages(Place(root))[0]


def _rows(place: Place) -> list[dict[str, Any]]:
    """The builds of one environment: a further one bears its framework's name."""
    kept = _kept(place.root)
    rows = kept["builds"] if not place.name else kept["apart"]
    return [row for row in rows if not place.name or row["framework"] == place.name]


def _kept(root: Path) -> Any:
    try:
        return json.loads(planned_file(root).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
