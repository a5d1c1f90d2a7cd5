"""Ask the user's own sources which releases are newer than the tables, and what their metadata says.

No wheel is downloaded. `plan` asks and computes the new text of the user's data file; `carry_out`
writes that very text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.builds import (
    refresh_jax,
    refresh_tensorflow,
    refresh_text,
    refresh_torch,
    tables,
    user_data,
)
from scaffold.builds.candidates import stable_version
from scaffold.builds.overlay import REFRESHED, REMOVE
from scaffold.builds.published import torch_variants
from scaffold.builds.refresh_ask import PROJECTS, Asked
from scaffold.builds.refresh_facts import PLATFORMS
from scaffold.builds.refresh_rows import Found, NewRow, joined
from scaffold.builds.refresh_torch import TorchWheels
from scaffold.builds.rows import Release
from scaffold.errors import UserDataRefused
from scaffold.sources.model import Wheel
from scaffold.system import System

if TYPE_CHECKING:
    from packaging.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """What a refresh found, and what it would make of the user's data file."""

    path: Path
    rows: tuple[NewRow, ...]
    unreachable: tuple[str, ...]  # sources and files that did not answer, a line each
    notes: tuple[str, ...]
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether there is anything to be written."""
        return self.before != self.after

    @property
    def diff(self) -> str:
        """The change, as a unified diff."""
        return refresh_text.difference(self.before, self.after, self.path)


def plan(system: System, *, today: dt.date | None = None) -> Refresh:
    """Ask every source and compute the change; nothing is written.

    Raises UserDataRefused, and SourceUnreachable where no source answers at all.
    """
    user = _user_data(system)
    asked = Asked(system)
    answers = (
        *_torch(asked, user.data),
        *_tensorflow(asked, user.data),
        *_keras(asked),
        *_jax(asked, user.data),
    )
    day = today or dt.datetime.now(dt.timezone.utc).date()
    found = tuple(_sound(_dated(one, day), user) for one in answers)
    rows = tuple(row for one in found for row in one.rows)
    after = refresh_text.with_rows(user.text, rows, user.path)
    return Refresh(
        path=user.path,
        rows=rows,
        unreachable=tuple(dict.fromkeys(asked.problems)),
        notes=(*(note for one in found for note in one.notes), *user.notes[1:]),
        before=user.text,
        after=after,
    )


def carry_out(refresh: Refresh) -> None:
    """Write the data file; raises UserDataRefused, NoSpace, NoPermission."""
    if refresh.changed:
        refresh_text.write(refresh.path, refresh.before, refresh.after)


def _torch(asked: Asked, data: Mapping[str, Any]) -> list[Found]:
    known, variants = tables.torch().releases, _variants()
    fresh = _to_ask("torch", asked.offers.wheels("torch"), known, data)
    # Asked without news, too: whoever reads that there is none must know who was not asked.
    answered = {
        listing.source.variant: listing.wheels
        for listing in asked.pytorch(variants).listings
        if listing.outcome != "unreachable"
    }
    silent = tuple(variant for variant in variants if variant not in answered)
    found: list[Found] = []
    for version, wheels in fresh.items():
        there = {variant: _of(version, some) for variant, some in answered.items()}
        everything = TorchWheels(ordinary=wheels, variants=there, not_reached=silent)
        found += _news(version, refresh_torch.torch(version, everything, asked.read), known)
    return found


def _tensorflow(asked: Asked, data: Mapping[str, Any]) -> list[Found]:
    known, silent = tables.tensorflow().releases, asked.silent(["tensorflow-cpu"])
    fresh = _to_ask("tensorflow", asked.offers.wheels("tensorflow"), known, data)
    every = asked.offers.wheels("tensorflow-cpu")
    found: list[Found] = []
    for version, wheels in fresh.items():
        cpu = _of(version, every)
        row = refresh_tensorflow.tensorflow(version, wheels, cpu, asked.read, not_reached=silent)
        found += _news(version, row, known)
    return found


def _keras(asked: Asked) -> list[Found]:
    if asked.silent(["keras"]):
        return []  # which Keras is the newest for a Python is not known
    # Keras is pure Python: it does not ask whether there is an interpreter lock.
    pythons = dict.fromkeys(
        python.removesuffix("t")
        for row in (tables.torch().releases[0], tables.tensorflow().releases[0])
        for python in row.python
    )
    stable = [wheel for wheel in asked.offers.wheels("keras") if stable_version(wheel) is not None]
    return [refresh_tensorflow.keras(stable, tuple(pythons))]


def _jax(asked: Asked, data: Mapping[str, Any]) -> list[Found]:
    known, silent = tables.jax().releases, asked.silent([one for one in PROJECTS["jax"] if one != "jax"])
    fresh = _to_ask("jax", asked.offers.wheels("jax"), known, data)
    parts = {project: asked.offers.wheels(project) for project in PROJECTS["jax"]}
    found: list[Found] = []
    for version, wheels in fresh.items():
        row = refresh_jax.jax(version, wheels, parts, asked.read, not_reached=silent)
        found += _news(version, row, known)
    return found


def _variants() -> tuple[str, ...]:
    """The builds of the newest release that scaffold ships; a new one is told by the ordinary index."""
    table = tables.torch()
    whole = next((row for row in table.releases if row.pytorch_index is None), table.releases[-1])
    known = {variant for platform in PLATFORMS for variant in torch_variants(table, whole, platform)}
    return tuple(sorted(known))


def _to_ask(
    table: str, wheels: Iterable[Wheel], known: Sequence[Release], data: Mapping[str, Any]
) -> dict[Version, tuple[Wheel, ...]]:
    """The releases that a row is to be made for, oldest first: new ones, and what was not wholly reached."""
    there: dict[Version, dict[str, Wheel]] = {}
    for wheel in wheels:
        version = stable_version(wheel)
        if version is not None and not version.local:
            there.setdefault(version, {}).setdefault(wheel.filename, wheel)
    rows = data.get(table, {}).get("release", ())
    removed = {row["version"] for row in rows if row.get(REMOVE)}
    refreshed = {row["version"] for row in rows if REFRESHED in row}
    again = {row.version for row in known if row.not_reached and str(row.version) in refreshed}
    versions = [row.version for row in known]
    return {
        version: tuple(there[version].values())
        for version in sorted(there)
        if version in again or (_is_newer(version, versions) and str(version) not in removed)
    }


def _is_newer(version: Version, known: Sequence[Version]) -> bool:
    """Newer than the known ones of its own series: one between known series was left out on purpose."""
    series = [one for one in known if one.release[:2] == version.release[:2]]
    return version > max(series or known)


def _news(version: Version, found: Found, known: Iterable[Release]) -> tuple[Found, ...]:
    """What was found of a release; nothing where a row was asked for again in vain."""
    before = next((set(row.not_reached) for row in known if row.version == version), None)
    if before is None:
        return (found,)
    if not found.rows or not set(found.rows[0].row.get("not_reached", ())) < before:
        return ()
    release, *others = found.rows
    return (replace(found, rows=(replace(release, again=True), *others)),)


def _of(version: Version, wheels: Iterable[Wheel]) -> tuple[Wheel, ...]:
    return tuple(
        one for one in wheels if (v := stable_version(one)) is not None and v.public == version.public
    )


def _sound(found: Found, user: user_data.UserData) -> Found:
    """The rows, if the tables can be read with them: whoever made the metadata may have made it up."""
    wrong = user_data.wrong_with(joined(user.data, found.rows))
    if not wrong:
        return found
    first = found.rows[0]
    name = f"{first.table} {first.row.get('version', '')}".rstrip()
    return Found(notes=(f"{name} is left out, its metadata makes no sense: {wrong[0]}",))


def _dated(found: Found, today: dt.date) -> Found:
    return replace(found, rows=tuple(_dated_row(one, today) for one in found.rows))


def _dated_row(one: NewRow, today: dt.date) -> NewRow:
    """The row with the day on which it was written; of a release, when no source tells, its date, too."""
    row, comments = {**one.row, REFRESHED: today}, one.comments
    if "date" in row and row["date"] is None:
        row, comments = {**row, "date": today}, (*comments, "date is the day of the refresh: no source tells")
    return replace(one, row=row, comments=comments)


def _user_data(system: System) -> user_data.UserData:
    """The user's data laid over the tables; the file may not be there yet."""
    path = user_data.place(system)
    if path is None:
        raise UserDataRefused(
            "There is no place for your data file: this account has no home folder",
            hint=f"name a file in the variable {user_data.VARIABLE}",
        )
    if not system.exists(path):
        tables.overlay(None)
        return user_data.UserData(path=path)
    return user_data.apply(system)
