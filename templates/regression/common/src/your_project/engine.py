"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import closed_form, polynomial
from .data import standard
from .engines import Engine

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings


@dataclass(frozen=True)
class ModelCard:
    """All that one needs to use a file of weights; it is kept beside them as `model.json`."""

    model: str  # mlp | polynomial | linear
    width: int
    depth: int
    dropout: float
    degree: int
    target: str
    features: tuple[str, ...]  # in the order of the inputs; see `encoding.py`
    references: tuple[str, ...]  # column=word that zeros stand for
    mean: tuple[float, ...]  # of each feature, over the training rows
    std: tuple[float, ...]
    low: tuple[float, ...]  # beyond these the network was never corrected: it extrapolates
    high: tuple[float, ...]
    term_mean: tuple[float, ...]  # of each term of a polynomial of standardised features
    term_std: tuple[float, ...]
    target_mean: float
    target_std: float
    loss_std: float  # in whose squares test losses are told: the same for all that is tested beside it
    shown: tuple[int, ...]  # of a linear model: the two features whose weights' way is drawn
    group: str  # column by which rows were divided for fine-tuning, "" = none
    values: tuple[str, ...]  # values of that column that the network learned from, () = all rows
    adapted: bool  # it was fine-tuned with few rows; all others of its groups are unseen
    framework: str  # pytorch | keras

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        rows = f", {self.group} {', '.join(self.values)}" if self.values else ""
        return f"{self.model}, predicts {self.target} from {len(self.features)} features{rows}"


def card_of(data: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these rows is like."""
    shown: tuple[int, ...] = ()
    term_mean: tuple[float, ...] = ()
    term_std: tuple[float, ...] = ()
    features, targets = closed_form.standardised(data)
    if settings.model == "linear":
        shown = closed_form.heaviest(closed_form.solve(features, targets).weights)
    if settings.model == "polynomial":
        mean, std = standard(polynomial.terms(features, settings.degree))
        term_mean, term_std = tuple(mean.tolist()), tuple(std.tolist())
    return ModelCard(
        model=settings.model,
        width=settings.width,
        depth=settings.depth,
        dropout=settings.dropout,
        degree=settings.degree,
        target=data.target,
        features=data.features,
        references=data.references,
        mean=data.mean,
        std=data.std,
        low=data.low,
        high=data.high,
        term_mean=term_mean,
        term_std=term_std,
        target_mean=data.target_mean,
        target_std=data.target_std,
        loss_std=data.target_std,
        shown=shown,
        group=data.group,
        values=(),
        adapted=False,
        framework=framework,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It takes rows as they are and gives the target in its own unit, (N, 1).

    The network holds the standardisation of the card as its first and its last layer.
    """

    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...

    def noted(self) -> dict[str, float]:
        """Return the weights of a linear model whose way the report draws: weight_1, weight_2."""
