"""A project's environments in short: what each is, what it holds, how much room it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.condition.usage import Usage, usage
from scaffold.environments.layout import Place
from scaffold.environments.model import Environment
from scaffold.environments.proving.proofs import KeptProof, read_proofs
from scaffold.environments.state import State, read_state
from scaffold.system import System

#: Whose an environment is: made by scaffold, lent by the user, or nobody wrote it down.
Owner = Literal["scaffold", "user", "unknown"]

Standing = Literal["ready", "missing", "unfinished", "moved", "base Python gone", "no environment"]

#: Packages whose build matters, in the order in which they are told.
BUILDS = ("torch", "tensorflow", "tensorflow-cpu", "keras", "jax")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One environment of a project."""

    name: str  # "" is the project's own
    location: Path
    owner: Owner
    standing: Standing
    made_with: str = ""  # uv, pip, conda; "" where nobody wrote it down
    created: str = ""  # UTC, ISO 8601
    python: str = ""
    base: Path | None = None  # where the Python lies that it was made from
    builds: Mapping[str, str] = field(default_factory=dict)  # torch -> 2.13.0+cpu, ...
    packages: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    proofs: tuple[KeptProof, ...] = ()


def listed(place: Place, system: System) -> Listed:
    """What the files of one environment tell; nothing of it is started."""
    state, found = read_state(place), inspect(place.location, system)
    return Listed(
        name=place.name,
        location=place.location,
        owner="unknown" if state is None else "user" if state.adopted else "scaffold",
        standing=_standing(place, state, found, system),
        made_with=state.installer if state else "",
        created=state.created if state else "",
        python=found.version if found else "",
        base=found.home if found else None,
        builds={name: found.packages[name] for name in BUILDS if name in found.packages} if found else {},
        packages=found.packages if found else {},
        usage=usage(place.location),
        proofs=read_proofs(place),
    )


def _standing(place: Place, state: State | None, found: Environment | None, system: System) -> Standing:
    if found is None:
        there = place.location.exists() or place.location.is_symlink()
        unfinished = state is not None and state.status == "creating"
        return "unfinished" if unfinished else "no environment" if there else "missing"
    if state is not None and state.status == "creating":
        return "unfinished"
    if is_orphaned(found, system):
        return "base Python gone"
    return "moved" if state is not None and state.location != str(place.location) else "ready"
