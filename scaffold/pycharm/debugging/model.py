"""A check of the debugger: what will be run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.pycharm.debugging.engine import Engine
from scaffold.pycharm.debugging.places import Place
from scaffold.pycharm.debugging.server import Hit, find_point
from scaffold.pycharm.model import Launch

#: itself: the program came to its end; hit: we ended it behind the hit; the others: it ran out of that time.
Ending = Literal["itself", "hit", "connect-timeout", "timeout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugPlan:
    """What will be run, and where it shall stop."""

    name: str
    launch: Launch
    engine: Engine
    places: tuple[Place, ...]  # the first of them that is hit is success
    start: tuple[Place, ...] = ()  # where any program stops: tells "never reached" from "cannot be debugged"
    to_end: bool = True  # let it come to its end; else it is ended behind the hits
    enough: int = 1  # places that must have been hit by then
    timeout: float = 120.0
    steps: tuple[Launch, ...] = ()  # what the IDE runs before it, in order
    content_roots: tuple[Path, ...] = ()
    library_roots: tuple[Path, ...] = ()
    why_arguments: str = ""  # which arguments it gets, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugReport:
    """What came of it."""

    name: str
    engine: Engine
    places: tuple[Place, ...]
    hits: tuple[Hit, ...]  # at `places`, in the order in which they came
    reached_start: bool  # it stopped at its first line
    connections: int  # processes of the program that connected
    ending: Ending
    status: int | None  # the program's exit status, where it came to its end
    seconds: float
    first_hit: float | None  # seconds until then
    problems: tuple[str, ...] = ()
    output: tuple[str, ...] = ()  # the last lines that the program printed

    @property
    def was_hit(self) -> bool:
        """A breakpoint stopped the program where it was meant to."""
        return bool(self.hits)

    @property
    def missed(self) -> tuple[Place, ...]:
        """The places that were not hit."""
        hit = [one.point for one in self.hits]
        return tuple(place for place in self.places if not any(find_point(one, [place.point]) for one in hit))

    @property
    def reason(self) -> str:
        """Why nothing was hit; "" where something was."""
        if self.was_hit:
            return ""
        if not self.connections:
            if self.ending == "itself":
                return f"the program ended (status {self.status}) before the debugger connected"
            return f"the debugger did not connect within {self.seconds:.0f} seconds"
        where = ", ".join(_shown(place) for place in self.places)
        if self.ending == "timeout":
            return f"not reached within {self.seconds:.0f} seconds: {where}"
        if self.status:
            return f"the program failed (status {self.status}) before it reached {where}"
        return f"the program ended without reaching {where}"


def _shown(place: Place) -> str:
    return f"{Path(place.point.file).name}:{place.point.line}"


def variables_by_name(hit: Hit) -> Mapping[str, str]:
    """What a hit saw, as people read it: the shape of an array or tensor, else its value; arrays first."""
    arrays_first = sorted(hit.variables, key=lambda one: (not one.shape, one.name == "self"))
    return {one.name: _worth(one.type, one.shape, one.elements, one.value) for one in arrays_first}


def _worth(kind: str, shape: str, elements: str, value: str) -> str:
    if shape and shape != "()":
        return f"{kind} {shape}" + (f" {elements}" if elements else "")
    return value
