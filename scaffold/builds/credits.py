"""Plans that stand on the user's own data file say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.model import DISTRIBUTIONS, BuildPlan, Missing
from scaffold.builds.overlay import REFRESHED, REMOVE
from scaffold.builds.rows import Release

_ASK_AGAIN = "scaffold builds --refresh asks again"

_Answer = TypeVar("_Answer", BuildPlan, BuildPlan | Missing)


def credited(answers: tuple[_Answer, ...]) -> tuple[_Answer, ...]:
    """The answers; each plan that a user's rows decided has one more reason, with the file's name."""
    return tuple(_credited(one) if isinstance(one, BuildPlan) else one for one in answers)


def _credited(plan: BuildPlan) -> BuildPlan:
    said, origin = tuple(_said(plan)), tables.origin()
    if not origin:
        return plan
    by = (f"by your own data file {origin}: {', '.join(said)}",) if said else ()
    doubts = tuple(f"{one}: {_ASK_AGAIN}" for one in _not_known(plan))
    return replace(plan, reasons=(*plan.reasons, *by), warnings=(*plan.warnings, *doubts))


def _not_known(plan: BuildPlan) -> Iterator[str]:
    """What might be had, had its source answered when the user's data were refreshed."""
    version = Version(plan.version)
    if plan.package == "torch" and plan.source_kind == "pytorch":
        for row in tables.torch().releases:
            if row.version > version and plan.variant in row.not_reached:
                where = f"PyTorch's index for {plan.variant}"
                yield f"whether {where} has {row.version} is not known, it did not answer"
    if plan.framework == "keras" and plan.device == "cpu":
        for one in tables.tensorflow().releases:
            if one.version >= version and "tensorflow-cpu" in one.not_reached:
                name = f"tensorflow-cpu {one.version}"
                yield f"whether there is a {name} is not known, its source did not answer"


def _release(name: str, version: Version) -> Release | None:
    if name == "torch":
        return tables.torch().release(version)
    return tables.jax().release(version) if name == "jax" else tables.tensorflow().release(version)


def _said(plan: BuildPlan) -> Iterator[str]:
    """What the user's rows say of the build that was taken."""
    name, version = DISTRIBUTIONS[plan.framework], Version(plan.version)
    release = _release(name, version)
    if release is not None and release.origin:
        yield f"release {release.version}"
    if plan.device == "cpu":
        return
    # A refreshed row gives way to the shipped ones, which know the kernels of every release that they know.
    passed_over = {REMOVE, REFRESHED} if release is None or not release.origin else {REMOVE}
    rows = [row for row in tables.laid_over(name).get("kernels", ()) if not passed_over & set(row)]
    if any(
        row["variant"] == plan.variant and version.public in SpecifierSet(row["releases"]) for row in rows
    ):
        yield f"kernels of {plan.variant}"
    if plan.device == "cuda" and tables.laid_over("cuda"):
        yield "rules of [cuda]"
