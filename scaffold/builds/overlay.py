"""Lay a user's data over the shipped tables: pure functions over what TOML readers return.

A user's array of tables is laid over the shipped one row by row: a row of the same identity changes
the keys that it names, another one is added, ``remove = true`` takes rows away. A single value
replaces the shipped one. The shipped tables are the schema: what they do not have has no effect, so
it is refused rather than passed over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

Row = Mapping[str, Any]

#: Keys of a user's row that say what to do with it. ``refreshed``: when a refresh wrote it; it gives
#: way to a shipped row of the same identity, which people have looked at.
REMOVE, REFRESHED = "remove", "refreshed"

#: Keys that a row may have although no shipped row needs them.
_ALWAYS = {REMOVE: True, REFRESHED: dt.date(2026, 11, 22)}
_OF_RELEASE = {
    "python_on": {"linux_x86_64": ["3.12"]},
    "size_mb": {"linux_x86_64": 539},
    "confidence": "high",
    "not_reached": ["cu126"],
}
_SOMETIMES: Mapping[tuple[str, str], Row] = {
    ("torch", "release"): {
        **_OF_RELEASE, "glibc_of": {"cu126": "2.28"}, "macos_of": {"3.14": "14.0"},
        "pytorch_index": {"linux_x86_64": ["cpu", "cu126"]},
    },
    ("tensorflow", "release"): {
        **_OF_RELEASE, "cpu_size_mb": {"linux_x86_64": 274}, "cpu_python": {"linux_x86_64": ["3.12"]},
        "numpy": "numpy<2",
    },
    ("jax", "release"): _OF_RELEASE,
}  # fmt: skip

_NAMES = {
    str: "a text in quotes", bool: "true or false", int: "a number", float: "a number", list: "a list",
    dict: "a table", dt.date: "a date",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What makes two rows of an array the same, and in which order a chooser must find them."""

    identity: tuple[str, ...]
    order: Literal["first counts", "last counts"] | Callable[[Row], Any] = "first counts"
    descending: bool = False


def _version_of(key: str) -> Callable[[Row], Any]:
    def value(row: Row) -> Any:
        from packaging.version import Version

        return (not row[key], Version(row[key] or "0"))  # "" stands for all that are newer

    return value


_RELEASE = _Rows(identity=("version",), order=_version_of("version"), descending=True)
_ARRAYS: Mapping[tuple[str, str], _Rows] = {
    ("torch", "release"): _RELEASE,
    ("tensorflow", "release"): _RELEASE,
    ("jax", "release"): _RELEASE,
    ("torch", "kernels"): _Rows(identity=("variant", "platform", "releases")),
    ("cuda", "driver"): _Rows(identity=("cuda",), order=lambda row: row["cuda"], descending=True),
    ("cuda", "first_driver"): _Rows(identity=("since",), order=_version_of("since"), descending=True),
    ("cuda", "cubin"): _Rows(identity=("code",)),
    ("cuda", "cudnn"): _Rows(identity=("below",), order=_version_of("below")),
    ("keras", "companion"): _Rows(identity=("requirement",), order="last counts"),
    ("jax", "kernels"): _Rows(identity=("variant", "releases")),
    ("jax", "cuda"): _Rows(identity=("variant",)),
    ("rocm", "builds"): _Rows(identity=("torch",)),
    ("rocm", "kernels"): _Rows(identity=("rocm",)),
    ("xpu", "devices"): _Rows(identity=("family",), order="last counts"),
}
_OTHER = _Rows(identity=())


def merged(name: str, shipped: Mapping[str, Any], user: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """A shipped table with the user's data laid over it; its own rows of releases carry ``origin``.

    >>> shipped = {"floor": {"version": "2.10", "why": "holes"}, "cubin": [{"code": "5.0", "exclude": []}]}
    >>> merged("cuda", shipped, {"floor": {"version": "2.11"}, "cubin": [{"code": "9.9"}]}, "")
    {'floor': {'version': '2.11', 'why': 'holes'}, 'cubin': [{'code': '9.9'}, {'code': '5.0', 'exclude': []}]}
    """
    result = dict(shipped)
    for key, value in user.items():
        there = shipped.get(key)
        if is_rows(there):
            result[key] = _laid(
                _ARRAYS.get((name, key), _OTHER), there, value, origin if key == "release" else ""
            )
        elif isinstance(there, dict):
            result[key] = {**there, **value}
        else:
            result[key] = value
    return result


def identity(name: str, array: str, row: Row) -> tuple[object, ...]:
    """What tells a row from the others of its array; () where nothing does."""
    return tuple(row.get(key) for key in _ARRAYS.get((name, array), _OTHER).identity)


def is_rows(value: object) -> TypeGuard[list[dict[str, Any]]]:
    """Whether a value is an array of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def problems(name: str, shipped: Mapping[str, Any], user: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a user's table, a line each; nothing where it can be laid over."""
    for key, value in user.items():
        where = f"[{name}] {key}"
        if key not in shipped:
            yield f"{where}: there is no such key; there are {', '.join(shipped)}"
        elif is_rows(shipped[key]):
            yield from _row_problems(name, key, shipped[key], value)
        elif isinstance(shipped[key], dict) and isinstance(value, dict):
            yield from _table_problems(where, [shipped[key]], value)
        else:
            yield from _value_problems(where, [shipped[key]], value)


def lacking(name: str, array: str, shipped: Mapping[str, Any], user: Mapping[str, Any]) -> bool:
    """Whether a user's row of an array lacks keys that a row of its own must have."""
    there, mine = shipped[array], user.get(array)
    if not is_rows(there) or not is_rows(mine):
        return False
    rows = _ARRAYS.get((name, array), _OTHER)
    return any(_lacks(rows, there, row) for row in mine if not row.get(REMOVE))


def _lacks(rows: _Rows, shipped: Sequence[Row], row: Row) -> set[str]:
    """The keys that every shipped row has, and a row that changes none of them has not."""
    if _same(rows, shipped, row) is not None:
        return set()
    return set.intersection(*(set(one) for one in shipped)) - set(row)


def _laid(rows: _Rows, shipped: Sequence[Row], user: Sequence[Row], origin: str) -> list[dict[str, Any]]:
    kept = [dict(row) for row in shipped if not any(_agrees(row, one) for one in user if one.get(REMOVE))]
    written: list[dict[str, Any]] = []
    refreshed: list[dict[str, Any]] = []
    for row in user:
        same = _same(rows, kept, row)
        if row.get(REMOVE) or (same is not None and REFRESHED in row):
            continue
        there = kept.pop(same) if same is not None else {}
        said = {key: value for key, value in row.items() if key not in _ALWAYS}
        mine = refreshed if REFRESHED in row else written
        mine.append({**there, **said, **({"origin": origin} if origin else {})})
    strongest_first = [*written, *kept, *refreshed]
    if callable(rows.order):
        return sorted(strongest_first, key=rows.order, reverse=rows.descending)
    return strongest_first if rows.order == "first counts" else strongest_first[::-1]


def _same(rows: _Rows, among: Sequence[Row], row: Row) -> int | None:
    """Where the row of the same identity stands."""
    if not rows.identity:
        return None
    mine = [row.get(key) for key in rows.identity]
    found = (index for index, one in enumerate(among) if [one.get(key) for key in rows.identity] == mine)
    return next(found, None)


def _agrees(row: Row, removal: Row) -> bool:
    return all(row.get(key) == value for key, value in removal.items() if key not in _ALWAYS)


def takes_away(removal: Row, among: Sequence[Row]) -> bool:
    """Whether a row that says ``remove`` finds one."""
    return any(_agrees(row, removal) for row in among)


def _row_problems(name: str, array: str, shipped: Sequence[Row], user: object) -> Iterator[str]:
    if not isinstance(user, list) or not all(isinstance(row, dict) for row in user):
        yield f"[{name}] {array}: must be a list of tables, written [[{name}.{array}]]"
        return
    rows = _ARRAYS.get((name, array), _OTHER)
    for number, row in enumerate(user, 1):
        named = " ".join(str(row[key]) for key in rows.identity if key in row) or f"number {number}"
        where = f"[[{name}.{array}]] {named}"
        yield from _table_problems(where, [*shipped, _SOMETIMES.get((name, array), {}), _ALWAYS], row)
        if row.get(REMOVE):
            if not set(row) - set(_ALWAYS):
                yield f"{where}: says {REMOVE}, and not what"
        elif lacks := _lacks(rows, shipped, row):
            yield f"{where}: lacks {', '.join(sorted(lacks))}"
        elif _same(rows, user[: number - 1], row) is not None:
            yield f"{where}: stands there twice"


def _table_problems(where: str, samples: Sequence[Row], table: Row) -> Iterator[str]:
    for key, value in table.items():
        known = [sample[key] for sample in samples if key in sample]
        if not known:
            keys = dict.fromkeys(name for sample in samples for name in sample)
            yield f"{where}: there is no key {key}; there are {', '.join(keys)}"
        else:
            yield from _value_problems(f"{where}: {key}", known, value)


def _value_problems(where: str, samples: Sequence[Any], value: Any) -> Iterator[str]:
    """Whether a value is of the samples' type, and so is all that it holds."""
    if not any(_alike(sample, value) for sample in samples):
        yield f"{where}: must be {_NAMES.get(type(samples[0]), 'of another type')}, and is {value!r}"
        return
    inner = [one for sample in samples for one in _held(sample)]
    for one in _held(value) if inner else ():
        yield from _value_problems(where, inner, one)


def _alike(sample: object, value: object) -> bool:
    if isinstance(sample, (int, float)) and not isinstance(sample, bool):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(sample) is type(value)


def _held(value: object) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
