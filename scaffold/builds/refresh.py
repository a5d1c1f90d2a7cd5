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
from scaffold.builds.refresh_ask import PROJECTS, Asked
from scaffold.builds.refresh_rows import Found, NewRow
from scaffold.builds.refresh_torch import TorchWheels
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
    known = [row.version for row in tables.torch().releases]
    fresh = _newer(asked.offers.wheels("torch"), known, _removed(data, "torch"))
    if not fresh:
        return []
    offers = asked.pytorch(_variants())
    return [
        refresh_torch.torch(
            version,
            TorchWheels(
                ordinary=wheels,
                variants={
                    listing.source.variant: _of(version, listing.wheels)
                    for listing in offers.listings
                    if listing.outcome == "ok"
                },
            ),
            asked.read,
        )
        for version, wheels in fresh.items()
    ]


def _tensorflow(asked: Asked, data: Mapping[str, Any]) -> list[Found]:
    known = [row.version for row in tables.tensorflow().releases]
    fresh = _newer(asked.offers.wheels("tensorflow"), known, _removed(data, "tensorflow"))
    cpu = asked.offers.wheels("tensorflow-cpu")
    return [
        refresh_tensorflow.tensorflow(version, wheels, _of(version, cpu), asked.read)
        for version, wheels in fresh.items()
    ]


def _keras(asked: Asked) -> list[Found]:
    pythons = dict.fromkeys(
        python
        for row in (tables.torch().releases[0], tables.tensorflow().releases[0])
        for python in row.python
    )
    stable = [wheel for wheel in asked.offers.wheels("keras") if stable_version(wheel) is not None]
    return [refresh_tensorflow.keras(stable, tuple(pythons))]


def _jax(asked: Asked, data: Mapping[str, Any]) -> list[Found]:
    known = [row.version for row in tables.jax().releases]
    fresh = _newer(asked.offers.wheels("jax"), known, _removed(data, "jax"))
    parts = {project: asked.offers.wheels(project) for project in PROJECTS["jax"]}
    return [refresh_jax.jax(version, wheels, parts, asked.read) for version, wheels in fresh.items()]


def _variants() -> tuple[str, ...]:
    """The CUDA builds of the newest release that the tables know; a new one is told by the ordinary index."""
    table = tables.torch()
    newest = table.releases[0].version
    platforms = {row.platform for row in table.kernels}
    known = {
        row.variant for row in table.kernels for p in platforms if table.kernels_of(newest, row.variant, p)
    }
    return tuple(sorted(known))


def _newer(
    wheels: Iterable[Wheel], known: Sequence[Version], removed: Iterable[str]
) -> dict[Version, tuple[Wheel, ...]]:
    """The stable releases that are newer than the known ones of their own series, oldest first.

    A release between known series was left out of the tables on purpose.
    """
    there: dict[Version, dict[str, Wheel]] = {}
    for wheel in wheels:
        version = stable_version(wheel)
        if version is not None and not version.local:
            there.setdefault(version, {}).setdefault(wheel.filename, wheel)
    newest = max(known)
    fresh = []
    for version in sorted(there):
        series = [one for one in known if one.release[:2] == version.release[:2]]
        if version > (max(series) if series else newest) and str(version) not in removed:
            fresh.append(version)
    return {version: tuple(there[version].values()) for version in fresh}


def _of(version: Version, wheels: Iterable[Wheel]) -> tuple[Wheel, ...]:
    return tuple(
        one for one in wheels if (v := stable_version(one)) is not None and v.public == version.public
    )


def _removed(data: Mapping[str, Any], table: str) -> set[str]:
    """The releases that the user does not want to hear of."""
    return {row["version"] for row in data.get(table, {}).get("release", ()) if row.get(REMOVE)}


def _sound(found: Found, user: user_data.UserData) -> Found:
    """The rows, if the tables can be read with them: whoever made the metadata may have made it up."""
    trial: dict[str, Any] = {name: dict(table) for name, table in user.data.items()}
    for one in found.rows:
        table = trial.setdefault(one.table, {})
        table[one.array] = [*table.get(one.array, ()), one.row]
    wrong = user_data.wrong_with(trial)
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
