"""Rows of numbers and the number to predict, divided into training, validation and test.

NumPy only: every framework reads the same arrays. What is measured on rows (mean, deviation, range), is
measured on the training rows alone: the test rows stand for those that nobody has seen yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import encoding, sources
from .errors import ProjectError
from .rows import FEWEST, Split, divide, joined, label_of, rows_of

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings

__all__ = ["Data", "Split", "load", "load_new", "load_unseen"]


@dataclass(frozen=True)
class Data:
    """Three parts without a common row, and how to standardise them."""

    unit: ClassVar[str] = "rows"

    name: str
    train: Split
    validation: Split
    test: Split
    target: str
    group: str  # column by which `Split.groups` are told, "" = there is none
    new: tuple[str, ...]  # groups that fine-tuning adapts to, () = all but the commonest
    features: tuple[str, ...]
    references: tuple[str, ...]  # see `encoding.py`
    mean: tuple[float, ...]  # of each feature
    std: tuple[float, ...]
    low: tuple[float, ...]  # the smallest and the largest value of each feature
    high: tuple[float, ...]
    target_mean: float
    target_std: float

    def describe(self) -> str:
        """Return what the rows are like, for the reader."""
        return f"{len(self.features)} features, target {self.target}"

    def limited(self, most: int) -> Data:
        """Return the same with at most this many training rows (0 = all)."""
        if not most or most >= len(self.train):
            return self
        return self.of(self.train.take(slice(most)), self.validation, self.test)

    def only(self, values: tuple[str, ...]) -> Data:
        """Return the rows of some groups, standardised anew."""
        parts = (self.train, self.validation, self.test)
        return self.of(*(part.take(np.isin(part.groups, values)) for part in parts))

    def few(self, shots: int, seed: int) -> Data:
        """Return the same with this many training rows and as many validation rows, 0 = as they are.

        All others become test rows: where few are learned from, many are left to measure with.
        """
        whole = joined(self.train, self.validation, self.test)
        if not shots:
            return self
        if len(whole) < 3 * shots:
            raise ProjectError(f"--shots {shots}: {len(whole)} rows are too few to test on others as well")
        order = np.random.default_rng(seed).permutation(len(whole))
        train, validation, test = order[:shots], order[shots : 2 * shots], np.sort(order[2 * shots :])
        return self.of(whole.take(train), whole.take(validation), whole.take(test))

    def of(self, train: Split, validation: Split, test: Split) -> Data:
        """Return the same table with other parts."""
        return make(self, train, validation, test)


@dataclass(frozen=True)
class Meaning:
    """What the columns of some rows are."""

    name: str
    target: str
    group: str
    new: tuple[str, ...]
    features: tuple[str, ...]
    references: tuple[str, ...]


def load(settings: Settings, *, without_group: bool = False) -> Data:
    """Load, clean and divide the rows that the settings name. The division depends on the rows alone.

    `without_group` hides the column that divides them from the network.
    """
    source = sources.read(settings)
    if without_group and not source.group:
        raise ProjectError(
            f"which rows of {settings.data} are new? name the column that says so: --group COLUMN"
        )
    hidden = (source.target, *settings.drop, *((source.group,) if without_group else ()))
    for name in settings.drop:
        source.table.column(name)
    chosen, told = encoding.columns_of(source.table, hidden)
    whole = rows_of(source, chosen.features, chosen.references, chosen.label)
    for line in (*source.table.notes, *told):
        print(f"data        {line}")
    parts, doubles = divide(whole)
    if doubles:
        print(f"data        {doubles} rows occur more than once and were left out")
    meaning = Meaning(
        settings.data, source.target, source.group, source.new, chosen.features, chosen.references
    )
    return make(meaning, *parts).limited(settings.limit)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return rows to evaluate a network on, none of which it has seen.

    `seen` holds checksums. From the data that the network was trained on (`same`) it is the test part; of a
    network that was adapted with few rows of a group all others of that group; of another file all rows.
    """
    group = card.group if card.values else settings.group
    words = tuple({*settings.categories, *encoding.columns_of_words(card.references)})
    source = sources.read(replace(settings, target=card.target, group=group, categories=words))
    whole = rows_of(source, card.features, card.references, label_of(source.table, card))
    if card.values:
        whole = whole.take(np.isin(whole.groups, card.values))
    part = divide(whole)[0][2] if same and not card.adapted else whole
    kept = part.take(~np.isin(part.checksums(), seen))
    if not len(kept):
        raise ProjectError(f"{settings.data}: the network was trained on every one of these rows")
    return kept


def load_new(settings: Settings, card: ModelCard, seen: np.ndarray) -> Data:
    """Load rows for a network that there is already: encoded as it takes them, without those it has seen.

    `settings.new` keeps the rows of some groups only.
    """
    words = tuple({*settings.categories, *encoding.columns_of_words(card.references)})
    source = sources.read(replace(settings, target=settings.target or card.target, categories=words))
    whole = rows_of(source, card.features, card.references, label_of(source.table, card))
    if settings.new:
        whole = whole.take(np.isin(whole.groups, settings.new))
    whole = whole.take(~np.isin(whole.checksums(), seen))
    if len(whole) < 3 * FEWEST:
        raise ProjectError(
            f"{settings.data}: the network has not seen {len(whole)} of these rows, and {3 * FEWEST} are"
            " needed to adapt it and to test that"
        )
    meaning = Meaning(settings.data, source.target, source.group, source.new, card.features, card.references)
    return make(meaning, *divide(whole)[0])


def make(meaning: Meaning | Data, train: Split, validation: Split, test: Split) -> Data:
    """Put parts together, and measure the training part; too few rows are a `ProjectError`."""
    for part, rows, least in (("training", train, FEWEST), ("validation", validation, 1), ("test", test, 1)):
        if len(rows) < least:
            count = sum(map(len, (train, validation, test)))
            raise ProjectError(
                f"{meaning.name}: {len(rows)} {part} rows are too few, at least {least} are needed: of"
                f" {count} rows without gaps and doubles"
            )
    mean, std = standard(train.features)
    target_mean, target_std = standard(train.targets)
    if not np.ptp(train.targets):
        raise ProjectError(f"{meaning.name}: {meaning.target} is the same in all training rows")
    return Data(
        name=meaning.name,
        train=train,
        validation=validation,
        test=test,
        target=meaning.target,
        group=meaning.group,
        new=meaning.new,
        features=meaning.features,
        references=meaning.references,
        mean=tuple(mean.tolist()),
        std=tuple(std.tolist()),
        low=tuple(train.features.min(0).tolist()),
        high=tuple(train.features.max(0).tolist()),
        target_mean=float(target_mean[0]),
        target_std=float(target_std[0]),
    )


def standard(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each column, float64; 1 for the deviation of a constant one."""
    exact = values.astype(np.float64)
    mean, std = exact.mean(0), exact.std(0)
    return mean, np.where(np.ptp(exact, axis=0) > 0, std, 1.0)
