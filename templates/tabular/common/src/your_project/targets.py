"""What is to be told of a row: the classes that a column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .errors import ProjectError

if TYPE_CHECKING:
    from .sources import Source

MOST_CLASSES = 50  # more different numbers than that are no classes, but something to be estimated


def labelled(source: Source) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the index of each row's class, -1 for a gap, and the classes in the order of their names."""
    values = source.table.column(source.target)
    words = source.table.words(source.target)
    classes = tuple(np.unique(words[words != ""]).tolist())
    if values.dtype.kind == "f":
        classes = tuple(sorted(classes, key=float))
        known = values[~np.isnan(values)]
        if len(classes) > 2 and (len(classes) > MOST_CLASSES or (known != np.round(known)).any()):
            raise ProjectError(
                f"{source.table.source}: {source.target} holds {len(classes)} different numbers: that is to"
                " be estimated (template regression), not told apart; name another --target"
            )
    if len(classes) < 2:
        raise ProjectError(f"{source.table.source}: {source.target} has the same value in all rows")
    if len(classes) > MOST_CLASSES:
        raise ProjectError(
            f"{source.table.source}: {source.target} has {len(classes)} different values; more than"
            f" {MOST_CLASSES} are names rather than classes: name another --target"
        )
    index = {name: at for at, name in enumerate(classes)}
    return np.array([index.get(word, -1) for word in words.tolist()], np.int64), classes


def found(positive: str, classes: tuple[str, ...], counts: np.ndarray) -> str:
    """Return the class to be found, of two: the one that was named, or the rarer one."""
    if positive and positive not in classes:
        raise ProjectError(f"--positive {positive}: the classes are {', '.join(classes)}")
    if len(classes) != 2:
        return ""
    return positive or classes[int(np.argmin(counts))]
