"""Which libraries releases of frameworks open or bring (data/*.toml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scaffold.toml import loads

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release of TensorFlow for Linux was built with, and opens."""

    since: str
    cuda: str
    cudnn: str
    wheels: bool  # it finds the nvidia-... packages beside it
    names: tuple[str, ...]  # libcudart.so.12


@cache
def _releases() -> tuple[Release, ...]:
    rows = loads((_DATA / "tensorflow.toml").read_text(encoding="utf-8"))["release"]
    return tuple(Release(**{**row, "names": tuple(row["names"])}) for row in rows)


def of_tensorflow(version: str) -> Release | None:
    """The row for a release; None for older ones, and where no version is told.

    >>> of_tensorflow("2.17.1").cudnn, of_tensorflow("2.4.0").cuda, of_tensorflow("1.15")
    ('8.9', '11.0', None)
    """
    wanted = _numbers(version)
    if not wanted:
        return None
    return next((one for one in _releases() if _numbers(one.since) <= wanted), None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version)[:2])
