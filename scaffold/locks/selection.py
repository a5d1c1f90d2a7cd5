"""Which packages of a lock a machine would install."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from scaffold.locks.markers import applies
from scaffold.locks.model import Lock, Locked, Need


def installed(
    lock: Lock, facts: Mapping[str, str], chosen: Collection[str] | None = None
) -> tuple[Locked, ...]:
    """The packages that are reached from the roots under these marker facts, in the file's order.

    ``chosen`` are the extras and groups that are on (``extra cu126``); None: those of the lock itself.
    """
    on = frozenset(lock.default if chosen is None else chosen)
    by_name: dict[str, list[int]] = {}
    for index, one in enumerate(lock.packages):
        by_name.setdefault(one.name, []).append(index)
    reached: dict[int, set[str]] = {}
    waiting = [need for need in lock.roots if not need.when or on.intersection(need.when)]
    while waiting:
        need = waiting.pop()
        if not applies(need.marker, facts, on):
            continue
        for index in _meant(need, by_name.get(need.name, []), lock, facts, on):
            one = lock.packages[index]
            extras = reached.get(index)
            fresh = set(need.extras) - (extras or set())
            if extras is None:
                waiting += one.needs
            reached.setdefault(index, set()).update(need.extras)
            waiting += [more for extra in sorted(fresh) for more in one.optional.get(extra, ())]
    rows = (
        replace(lock.packages[index], extras=tuple(sorted({*lock.packages[index].extras, *extras})))
        for index, extras in sorted(reached.items())
    )
    return _each_once(rows)


def _each_once(rows: Iterable[Locked]) -> tuple[Locked, ...]:
    """A package that is named twice counts once: with its pin, and with every extra that was asked for."""
    merged: dict[tuple[str, str, bool], Locked] = {}
    for one in rows:
        merged.setdefault((one.name, one.version, one.conda), one)
        first = merged[one.name, one.version, one.conda]
        extras = tuple(sorted({*first.extras, *one.extras}))
        merged[one.name, one.version, one.conda] = replace(first, extras=extras)
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
    need: Need, indices: list[int], lock: Lock, facts: Mapping[str, str], on: Collection[str]
) -> list[int]:
    """The packages that an edge leads to: of a fork, the one for this environment."""
    fitting = [
        index
        for index in indices
        if (not need.version or lock.packages[index].version == need.version)
        and (not need.index or lock.packages[index].index in {"", need.index})
    ]
    if len(fitting) < 2:
        return fitting
    return [index for index in fitting if applies(lock.packages[index].marker, facts, on)]
