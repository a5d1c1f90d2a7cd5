"""Which packages of a lock a machine would install."""

from __future__ import annotations

from collections.abc import Collection, Mapping

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
    return tuple(lock.packages[index] for index in sorted(reached))


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
