"""Refusing settings that cannot be meant, in words that name the setting."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

#: settings that every project has, and the least that each can be
AT_LEAST = {
    **dict.fromkeys(("epochs", "batch_size", "trials"), 1),
    **dict.fromkeys(("limit", "patience", "shots", "head_epochs", "clip", "seed"), 0),
    **dict.fromkeys(("learning_rate", "weight_decay", "warmup", "layer_decay", "head_boost"), 0),
}
FINITE = ("learning_rate", "weight_decay", "clip", "head_boost")
SHARES = ("warmup",)


def check(settings: object, at_least: Mapping[str, float] | None = None, shares: Iterable[str] = ()) -> None:
    """Raise `ValueError` for a setting that is out of its bounds.

    `at_least` and `shares` (which must be below 1) name a project's settings beside those of every project.
    """
    values, own_shares = vars(settings), tuple(shares)
    for name, least in {**AT_LEAST, **dict.fromkeys(own_shares, 0), **(at_least or {})}.items():
        if not values[name] >= least:  # "not >=" also catches nan
            raise ValueError(f"{name} must be at least {least}, not {values[name]}")
    for name in FINITE:
        if math.isinf(values[name]):
            raise ValueError(f"{name} must be finite")
    if not values["learning_rate"]:
        raise ValueError("learning_rate must be above 0: nothing would be learned")
    for name in (*SHARES, *own_shares):
        if values[name] >= 1:
            raise ValueError(f"{name} is a share and must be below 1, not {values[name]}")
    if values["layer_decay"] > 1:
        raise ValueError(f"layer_decay must be at most 1, not {values['layer_decay']}")
