"""The settings that a search tries: ranges and choices, and points that are spread evenly over them."""

from __future__ import annotations

import difflib
import itertools
import json
import math
import typing
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arguments import read_comments
from .errors import ProjectError

if typing.TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`; with `log`, each power of ten gets as many trials as the next."""

    low: float
    high: float
    log: bool
    whole: bool

    def at(self, share: float) -> float | int:
        """Return the number at a share of the way, 0..1."""
        if self.log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        return round(value) if self.whole else float(f"{value:.4g}")  # digits that nobody needs to read


@dataclass(frozen=True)
class Choice:
    """One of some values."""

    values: tuple[Any, ...]

    def at(self, share: float) -> Any:
        """Return the value at a share of the way, 0..1."""
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]


#: groups of settings that a search may change: all trials see the same data
TUNABLE = ("network", "training")
#: settings of these groups that say nothing of a network or its training
FREE = frozenset({"resume", "overwrite"})

Space = dict[str, "Range | Choice"]


def parse(texts: tuple[str, ...], settings: type, allowed: Collection[str] | None = None) -> Space:
    """Return the space that is written as `name=low:high`, `name=low:high:log` or `name=a,b,c`.

    Raises `ProjectError` for a name that is no setting, or none of those `allowed`, and for values that it
    cannot have.

    >>> @dataclass
    ... class Settings:
    ...     width: int = 8
    ...     rate: float = 1e-3
    >>> parse(("width=8,16", "rate=1e-4:1e-2:log"), Settings)
    {'width': Choice(values=(8, 16)), 'rate': Range(low=0.0001, high=0.01, log=True, whole=False)}
    """
    hints = typing.get_type_hints(settings)
    space: Space = {}
    for text in texts:
        name, equals, values = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not values:
            raise ProjectError(f"--space {text}: write it as name=low:high, name=low:high:log or name=a,b,c")
        if name not in hints:
            near = difflib.get_close_matches(name, hints, n=1)
            raise ProjectError(
                f"--space {text}: no such setting: {name}" + (f"; did you mean {near[0]}?" if near else "")
            )
        if allowed is not None and name not in allowed:
            raise ProjectError(
                f"--space {text}: trials differ in what {' and '.join(TUNABLE)} take ({', '.join(allowed)}),"
                f" not in {name}: with other data their losses could not be compared"
            )
        space[name] = (
            _range(text, values, hints[name]) if ":" in values else _choice(text, values, hints[name])
        )
    if not space:
        raise ProjectError("--space is empty: there is nothing to search")
    return space


def tunable(settings: type) -> tuple[str, ...]:
    """Return the settings that a search may change."""
    groups = {name: group for name, (group, _) in read_comments(settings).items()}
    known = [one for one in typing.get_type_hints(settings) if one not in FREE]
    # without its source a class has no groups: then all that can be tried is
    return tuple(one for one in known if groups.get(one, TUNABLE[0]) in TUNABLE)


def points(space: Space, count: int, seed: int) -> list[dict[str, Any]]:
    """Return up to `count` different points, spread evenly over the space and over each of its axes.

    An additive recurrence puts them far from one another: its steps are powers of a root that generalises the
    golden ratio (M. Roberts 2018,
    https://extremelearning.com.au/unreasonable-effectiveness-of-quasirandom-sequences/).
    Their ranks, instead of themselves, give each axis one value in each of `count` equal parts.
    """
    root = 2.0
    for _ in range(40):  # the positive solution of root ** (n + 1) == root + 1
        root = (1 + root) ** (1 / (len(space) + 1))
    steps = (1 / root) ** np.arange(1, len(space) + 1)
    places = (np.random.default_rng(seed).random(len(space)) + np.outer(np.arange(count), steps)) % 1
    shares = (places.argsort(0).argsort(0) + 0.5) / count
    found: list[dict[str, Any]] = []
    for row in (*shares.tolist(), *_every_choice(space, count)):
        point = {name: axis.at(share) for (name, axis), share in zip(space.items(), row, strict=True)}
        if point not in found:
            found.append(point)
    return found[:count]


def _every_choice(space: Space, most: int) -> list[tuple[float, ...]]:
    """Return the shares of every point of a space that has no more than `most`, else none."""
    axes = [len(axis.values) if isinstance(axis, Choice) else most + 1 for axis in space.values()]
    if math.prod(axes) > most:
        return []
    return list(itertools.product(*([(at + 0.5) / many for at in range(many)] for many in axes)))


def toml(value: object) -> str:
    """Return a setting's value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml, value))}]"
    # TOML's strings take JSON's escapes: those of a path of Windows, too
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _range(text: str, values: str, hint: Any) -> Range:
    low, high, *log = values.split(":")
    if hint not in (int, float) or (log and log != ["log"]):
        raise ProjectError(
            f"--space {text}: a range low:high or low:high:log is for settings that are numbers"
        )
    try:
        found = Range(float(low), float(high), bool(log), hint is int)
    except ValueError:
        raise ProjectError(f"--space {text}: {low} and {high} are no numbers") from None
    if not (math.isfinite(found.low) and found.low < found.high < math.inf) or (log and found.low <= 0):
        raise ProjectError(f"--space {text}: low must be below high, and above 0 where it is logarithmic")
    return found


def _choice(text: str, values: str, hint: Any) -> Choice:
    return Choice(tuple(dict.fromkeys(_value(text, one.strip(), hint) for one in values.split(","))))


def _value(text: str, value: str, hint: Any) -> Any:
    if hint is bool:
        if value not in ("on", "off"):
            raise ProjectError(f"--space {text}: {value} is neither on nor off")
        return value == "on"
    if typing.get_origin(hint) is typing.Literal:
        if value not in typing.get_args(hint):
            raise ProjectError(f"--space {text}: {value} is none of {', '.join(typing.get_args(hint))}")
        return value
    try:
        return hint(value)
    except (TypeError, ValueError):
        raise ProjectError(f"--space {text}: {value} is not a {getattr(hint, '__name__', hint)}") from None
