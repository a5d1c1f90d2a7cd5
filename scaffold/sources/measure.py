"""Ask mirrors whether they answer, what PyTorch they have, and how fast they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from scaffold.sources.listing import ask, client_of
from scaffold.sources.model import Source, SourceSettings, Wheel
from scaffold.sources.places import local_path
from scaffold.sources.redact import redact
from scaffold.sources.user_configuration import FLAT, Subject
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.sources.fetch import Client

#: Bytes of a wheel that are fetched to see how fast a mirror sends.
SAMPLE = 1 << 19

#: Seconds without a byte, and for a whole answer. A mirror that needs longer is none to be chosen.
SILENCE, WHOLE = 3.0, 8.0

#: At once: more of them would slow each other down.
TOGETHER = 4

#: The name of a place that is asked because it is in use; a mirror's own name never has a blank.
IN_FORCE = "in force"

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is asked: an address as `user_configuration` writes it, and what it stands in for."""

    name: str  # of a preset, "in force", or the place where it was set
    subject: Subject
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a place answered. No secrets."""

    place: Place
    outcome: Literal["ok", "absent", "unreachable"]
    problem: str = ""
    torch: str = ""  # the newest release that it has; "" where it has none, or is no index
    milliseconds: int | None = None  # until the whole listing was there
    bytes_per_second: int | None = None  # of a wheel; None where it sends no parts

    @property
    def is_failure(self) -> bool:
        """Whether it is of no use. An index of a company's own packages need not have PyTorch."""
        return self.outcome == "unreachable" or (self.outcome == "absent" and self.place.subject != "index")


def measure(
    places: Sequence[Place], settings: SourceSettings, system: System, clock: Clock = time.monotonic
) -> tuple[Measurement, ...]:
    """Ask all places, a few at a time; never raises because of one."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        return tuple(pool.map(lambda place: _measured(place, settings, system, clock), places))


def _measured(place: Place, settings: SourceSettings, system: System, clock: Clock) -> Measurement:
    shown = replace(place, address=redact(place.address))
    try:
        answer = _pythons if place.subject == "python" else _wheels
        return answer(place, settings, system, clock, shown)
    except Exception as problem:  # noqa: BLE001 (one odd mirror must not hide the others)
        text = f"{type(problem).__name__}: {redact(str(problem))}"
        return Measurement(place=shown, outcome="unreachable", problem=text)


def _pythons(
    place: Place, settings: SourceSettings, system: System, clock: Clock, shown: Place
) -> Measurement:
    """A mirror of Pythons has no listing that all share: it answers, or it does not."""
    from scaffold.sources.problems import Absent, Unreachable

    path = local_path(place.address)
    if path is not None:
        return Measurement(place=shown, outcome="ok" if path.is_dir() else "absent")
    source = Source(kind="index", location=place.address)
    began = clock()
    try:
        _hasty(source, settings, system).get(f"{place.address.rstrip('/')}/", "*/*")
    except Absent:
        pass  # GitHub's own place of downloads answers 404 for the folder, and has the files
    except Unreachable as problem:
        return Measurement(place=shown, outcome="unreachable", problem=redact(str(problem)))
    return Measurement(place=shown, outcome="ok", milliseconds=round((clock() - began) * 1000))


def _wheels(
    place: Place, settings: SourceSettings, system: System, clock: Clock, shown: Place
) -> Measurement:
    source, began = _source(place), clock()
    listing = ask(source, "torch", settings, system, client=_hasty(source, settings, system))
    took = round((clock() - began) * 1000)
    if listing.outcome != "ok":
        problem = listing.problem or "has no torch"
        return Measurement(place=shown, outcome=listing.outcome, problem=problem)
    newest = _newest(listing.wheels)
    return Measurement(
        place=shown,
        outcome="ok",
        torch=newest.version if newest else "",
        milliseconds=took,
        bytes_per_second=_speed(newest, settings, system, clock) if newest else None,
    )


def _source(place: Place) -> Source:
    if place.subject == "index":
        return Source(kind="index", location=place.address)
    base, flat = place.address.removeprefix(FLAT).rstrip("/"), place.address.startswith(FLAT)
    location = f"{base}/cpu/" if flat else f"{base}/cpu"
    return Source(kind="pytorch", location=location, variant="cpu", flat=flat)


def _newest(wheels: Sequence[Wheel]) -> Wheel | None:
    from packaging.version import InvalidVersion, Version

    found = []
    for wheel in wheels:
        try:
            found.append((Version(wheel.version), wheel.filename, wheel))
        except InvalidVersion:
            continue
    stable = [row for row in found if not row[0].is_prerelease]
    return max(stable, key=lambda row: row[:2])[2] if stable else None


def _speed(wheel: Wheel, settings: SourceSettings, system: System, clock: Clock) -> int | None:
    from scaffold.sources.problems import Absent, Unreachable

    if local_path(wheel.url) is not None:
        return None
    began = clock()
    last = min(SAMPLE, wheel.size or SAMPLE) - 1
    try:
        received = _hasty(wheel.source, settings, system).part(wheel.url, 0, last)
    except (Absent, Unreachable):
        return None
    return round(len(received) / max(clock() - began, 1e-6))


def _hasty(source: Source, settings: SourceSettings, system: System) -> Client:
    return replace(client_of(source, settings, system), answer=SILENCE, whole=WHOLE, attempts=1)
