"""Make the environment's own pip keep the chosen builds, also when PyCharm's buttons call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from scaffold.builds.model import BuildPlan
from scaffold.environments.layout import pip_configuration_of
from scaffold.environments.model import EnvironmentPlan
from scaffold.system import OperatingSystem


def settle(plan: EnvironmentPlan, os: OperatingSystem) -> None:
    """Write pip's configuration for this environment: where the builds come from, and that they stay.

    Without it, ``pip install -U lightning`` replaces a CUDA 12.6 build by whatever PyPI has.
    """
    if not plan.builds:
        return
    constraints = plan.location / "constraints.txt"
    constraints.write_text("".join(f"{line}\n" for line in pins(plan.builds)), encoding="utf-8")
    target = pip_configuration_of(plan.location, os)
    target.touch(mode=0o600)  # an index's address may carry credentials
    target.write_text(pip_configuration(plan, constraints), encoding="utf-8")


def pins(builds: Iterable[BuildPlan]) -> tuple[str, ...]:
    """The builds as constraints. A constraint must not name extras.

    >>> from scaffold.builds.model import BuildPlan
    >>> pins([BuildPlan(framework="keras", package="tensorflow", version="2.21.0", variant="cu12",
    ...     device="cuda", requirement="tensorflow[and-cuda]==2.21.0", source="", source_kind="index")])
    ('tensorflow==2.21.0',)
    """
    found: dict[str, None] = {}
    for build in builds:
        for line in (build.requirement, *build.constraints):
            found[re.sub(r"\[[^\]]*\]", "", line)] = None
    return tuple(found)


def pip_configuration(plan: EnvironmentPlan, constraints: Path) -> str:
    """``pip.conf``. A value given here replaces the user's of the same name, hence theirs are repeated.

    pip splits values at blanks, so that a path is only safe as a URL.
    """
    settings = plan.settings
    sources: list[str] = []
    sources += _line(
        "extra-index-url", _of(plan.builds, "pytorch"), [one.value for one in settings.extra_indexes]
    )
    sources += _line("find-links", _of(plan.builds, "find-links"), [one.value for one in settings.find_links])
    head = ["[global]", *sources, ""] if sources else []
    return "\n".join([*head, "[install]", f"constraint = {constraints.as_uri()}", ""])


def _of(builds: Iterable[BuildPlan], kind: str) -> list[str]:
    return [build.source for build in builds if build.source_kind == kind and build.source]


def _line(name: str, ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Nothing where a build needs nothing: the user's own setting is then read where it stands."""
    if not ours:
        return []
    values = dict.fromkeys(_as_url(value) for value in (*theirs, *ours))
    return [f"{name} =", *(f"    {value}" for value in values)]


def _as_url(place: str) -> str:
    return place if "://" in place else Path(place).expanduser().absolute().as_uri()
