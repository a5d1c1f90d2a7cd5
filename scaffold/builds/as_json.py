"""Advice as scripts read it: schema ``scaffold/builds/1``."""

from __future__ import annotations

from typing import Any

from scaffold.builds.advice import Advice
from scaffold.builds.install import install_command
from scaffold.builds.model import DISTRIBUTIONS, BuildPlan, Missing
from scaffold.machine.fingerprint import fingerprint
from scaffold.results import plain

SCHEMA = "scaffold/builds/1"

#: What stands for the user's own package index, whichever that is.
ORDINARY_INDEX = "pypi"


def to_json(advice: Advice) -> dict[str, Any]:
    """The advice as one object, less its schema; frameworks under their distributions' names.

    ``torch``, ``tensorflow`` and ``jax`` hold ``version`` null and ``device`` "none" where there is no build.
    """
    return {
        "status": advice.machine.status,
        "machine": plain(fingerprint(advice.machine)),
        "python": advice.python,
        "policy": advice.policy,
        **{DISTRIBUTIONS[one.framework]: _answer(one) for one in advice.answers},
        "together": list(advice.together),
        "install": list(install_command(*advice.builds)) if advice.together else [],
        "advice": list(advice.advice),
        "reasons": list(advice.reasons),
        "notes": [*advice.machine.notes, *advice.notes],
    }


def _answer(answer: BuildPlan | Missing) -> dict[str, Any]:
    return _build(answer) if isinstance(answer, BuildPlan) else _missing(answer)


def _build(build: BuildPlan) -> dict[str, Any]:
    return {
        "version": build.version,
        "variant": build.variant,
        "requirement": build.requirement,
        "package": build.package,
        "index": build.source or ORDINARY_INDEX,
        "device": build.device,
        "constraints": list(build.constraints),
        "companions": list(build.companions),
        "environment": dict(build.environment),
        "install": list(install_command(build)),
        "reasons": list(build.reasons),
        "turned_down": plain(build.turned_down),
        "warnings": [*([build.needs_consent] if build.needs_consent else []), *build.warnings],
        "confidence": build.confidence,
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {
        "version": None,
        "variant": None,
        "requirement": None,
        "package": None,
        "index": None,
        "device": "none",
        "constraints": [],
        "companions": [],
        "environment": {},
        "install": [],
        "reasons": list(missing.why),
        "turned_down": plain(missing.turned_down),
        "warnings": [],
        "confidence": "high",
    }
