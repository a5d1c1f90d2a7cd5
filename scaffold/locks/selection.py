"""Which packages of a lock a machine would install."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from scaffold.locks.markers import applies
from scaffold.locks.model import Lock, Locked, Need

#: (name, version, index): what an edge asks for, whatever its marker and extras.
_Wanted: TypeAlias = tuple[str, str, str]


def installed(
    lock: Lock, facts: Mapping[str, str], chosen: Collection[str] | None = None
) -> tuple[Locked, ...]:
    """The packages that are reached from the roots under these marker facts, in the file's order.

    ``chosen`` are the extras and groups that are on (``extra cu126``); None: those of the lock itself.
    """
    on = frozenset(lock.default if chosen is None else chosen)
    holds = cache(lambda marker: applies(marker, facts, on))
    named = _by_name(lock.packages)
    reached: dict[int, set[str]] = {}
    answered: dict[_Wanted, set[str]] = {}
    waiting = [need for need in lock.roots if not need.when or on.intersection(need.when)]
    while waiting:
        wanted, waiting = _together(need for need in waiting if holds(need.marker)), []
        for what, asked in wanted.items():
            fresh = asked - answered.get(what, set())
            if what in answered and not fresh:
                continue
            answered.setdefault(what, set()).update(fresh)
            for index in _meant(what, named, lock.packages, holds):
                one = lock.packages[index]
                waiting += () if index in reached else one.needs
                added = fresh - reached.setdefault(index, set())
                reached[index] |= added
                waiting += [more for extra in sorted(added) for more in one.optional.get(extra, ())]
    rows = (
        replace(lock.packages[index], extras=tuple(sorted({*lock.packages[index].extras, *extras})))
        for index, extras in sorted(reached.items())
    )
    return _each_once(rows)


def _by_name(packages: Iterable[Locked]) -> Mapping[tuple[str, str], list[int]]:
    """The packages of each name and version, and under the version "" those of any."""
    named: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(packages):
        for version in {one.version, ""}:
            named.setdefault((one.name, version), []).append(index)
    return named


def _together(needs: Iterable[Need]) -> dict[_Wanted, set[str]]:
    """What is wanted, each once, with every extra of it: a file may name a package thousands of times."""
    wanted: dict[_Wanted, set[str]] = {}
    for need in needs:
        wanted.setdefault((need.name, need.version, need.index), set()).update(need.extras)
    return wanted


def _each_once(rows: Iterable[Locked]) -> tuple[Locked, ...]:
    """A package that is named twice counts once: with its pin, and with every extra that was asked for."""
    first: dict[tuple[str, str, bool], Locked] = {}
    extras_of: dict[tuple[str, str, bool], set[str]] = {}
    for one in rows:
        key = (one.name, one.version, one.conda)
        first.setdefault(key, one)
        extras_of.setdefault(key, set()).update(one.extras)
    merged = {key: replace(one, extras=tuple(sorted(extras_of[key]))) for key, one in first.items()}
    pinned = {(one.name, one.conda) for one in merged.values() if one.version}
    loose = {key: one for key, one in merged.items() if not one.version and (one.name, one.conda) in pinned}
    return tuple(
        replace(one, extras=tuple(sorted({*one.extras, *extras})))
        for key, one in merged.items()
        if key not in loose
        for extras in [loose[one.name, "", one.conda].extras if (one.name, "", one.conda) in loose else ()]
    )


def choice(lock: Lock, name: str) -> tuple[str, ...]:
    """What is on when an extra or group is asked for besides: nothing that it cannot stand beside."""
    rivals = {other for group in lock.conflicts if name in group for other in group}
    return (*(one for one in lock.default if one not in rivals), name)


def _meant(
    what: _Wanted,
    named: Mapping[tuple[str, str], list[int]],
    packages: tuple[Locked, ...],
    holds: Callable[[str], bool],
) -> Iterator[int]:
    """The packages that an edge leads to: of a fork, the one for this environment."""
    name, version, source = what
    fitting = [
        index
        for index in named.get((name, version), ())
        if not source or packages[index].index in {"", source}
    ]
    leaves: set[tuple[str, bool]] = set()
    for index in fitting:
        one = packages[index]
        if len(fitting) > 1 and not holds(one.marker):
            continue
        leaf = (one.version, one.conda)
        if one.needs or one.optional or leaf not in leaves:  # the same line again leads nowhere else
            yield index
        leaves.add(leaf)
