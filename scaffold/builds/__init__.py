"""Which builds of the frameworks fit a machine: `candidate_projects` says what to ask for, `choose` picks.

Pure functions over a `Machine`, what the sources offer, and the tables in ``data/``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.builds.model import FRAMEWORKS, BuildChoice, BuildPlan, Device, Framework, TurnedDown

if TYPE_CHECKING:
    from scaffold.builds.choice import choose
    from scaffold.builds.wanted import Wanted, candidate_projects

__all__ = [
    "FRAMEWORKS",
    "BuildChoice",
    "BuildPlan",
    "Device",
    "Framework",
    "TurnedDown",
    "Wanted",
    "candidate_projects",
    "choose",
]


def __getattr__(name: str) -> Any:
    """Load the choosers, and packaging with them, only when a choice is to be made."""
    if name == "choose":
        from scaffold.builds.choice import choose

        return choose
    if name in {"Wanted", "candidate_projects"}:
        from scaffold.builds import wanted

        return getattr(wanted, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
