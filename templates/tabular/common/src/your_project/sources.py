"""Where tables come from: one that the project brings, two of scikit-learn, the user's own."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import ProjectError
from .files import find
from .tables import Kind, Table, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .settings import Settings

ADULT = Path(__file__).parent / "samples" / "adult.csv.gz"
LEARN = ("breast_cancer", "wine")


@dataclass(frozen=True)
class Source:
    """A table, and what its publisher says of it."""

    table: Table
    target: str
    drop: tuple[str, ...] = ()
    group: str = ""


def read(settings: Settings, kinds: Mapping[str, Kind] | None = None) -> Source:
    """Read the table that `settings.data` names; `kinds` says what columns are, for a network that knows."""
    given: dict[str, Kind] = {**dict.fromkeys(settings.categories, "category"), **(kinds or {})}
    if settings.data == "adult":
        # the sampling weight says how many people a row stands for, and nothing about the one it shows
        source = Source(read_table(ADULT, kinds=given), "income", ("sampling-weight",), "marital-status")
    elif settings.data in LEARN:
        source = _learn(settings.data)
    else:
        path = find(settings.data)
        if not path.is_file():
            raise ProjectError(f"--data {settings.data} is neither a file nor adult, {', '.join(LEARN)}")
        table = read_table(path, kinds=given)
        source = Source(table, table.names[-1])
    if missing := [name for name in settings.categories if name not in source.table.columns]:
        raise ProjectError(
            f"--categories {' '.join(missing)}: the columns are {', '.join(source.table.names)}"
        )
    return Source(
        source.table,
        settings.target or source.target,
        (*source.drop, *settings.drop),
        settings.group or source.group,
    )


def _learn(name: str) -> Source:
    """Return 569 tumours with 30 measures, or 178 wines with 13, which scikit-learn brings."""
    try:
        found = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")()
    except ModuleNotFoundError:
        raise ProjectError(
            f"--data {name} needs the package scikit-learn: pip install scikit-learn"
        ) from None
    columns = {
        str(title): found.data[:, at].astype(np.float64) for at, title in enumerate(found.feature_names)
    }
    kinds: dict[str, Kind] = dict.fromkeys(columns, "number")
    columns["kind"] = np.array([str(found.target_names[at]) for at in found.target], np.str_)
    return Source(
        Table(name, columns, {**kinds, "kind": "category"}, np.arange(1, len(found.data) + 1)), "kind"
    )
