"""Which builds an environment was made with: ``.scaffold/builds.json``, for doctor and for later runs."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.builds.model import BuildPlan, Device, Framework
from scaffold.environments.layout import STATE_FOLDER
from scaffold.errors import not_written
from scaffold.results import plain

SCHEMA = "scaffold/builds-of-project/1"


def planned_file(root: Path) -> Path:
    """Belongs to this machine, like the environment: not under version control."""
    return root / STATE_FOLDER / "builds.json"


def write_planned(root: Path, builds: tuple[BuildPlan, ...]) -> None:
    """Keep the builds with their reasons, in one step; sources without credentials.

    Raises NoSpace, NoPermission.
    """
    from scaffold.sources.redact import redact

    rows = [{**plain(build), "source": redact(build.source)} for build in builds]
    target = planned_file(root)
    temporary = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}")
    text = json.dumps({"schema": SCHEMA, "builds": rows}, indent=2, ensure_ascii=False)
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(target)
    except OSError as refusal:
        with contextlib.suppress(OSError):  # the same disk may refuse this, too
            temporary.unlink(missing_ok=True)
        raise not_written(target, refusal) from refusal


def read_devices(root: Path) -> Mapping[Framework, Device]:
    """The device that each framework was planned for; empty where nobody wrote it down."""
    try:
        found: Any = json.loads(planned_file(root).read_text(encoding="utf-8"))
        return {row["framework"]: row["device"] for row in found["builds"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
