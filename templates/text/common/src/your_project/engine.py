"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import pretrained
from .engines import Engine
from .errors import ProjectError
from .words import Tokenizer, vocabulary

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings

WIDENING = 4  # of a transformer's inner layer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762)
RAREST = 2  # a word that occurs once teaches nothing


@dataclass(frozen=True)
class ModelCard:
    """All that one needs to use a file of weights; it is kept beside them as `model.json`."""

    model: str  # rnn | transformer | minilm
    framework: str  # pytorch | keras
    classes: tuple[str, ...]
    tokens: str  # words | characters | wordpieces | cased wordpieces
    length: int  # tokens of a text that are read
    width: int  # numbers for each token
    layers: int
    dropout: float
    cell: str  # of an rnn: lstm | gru
    heads: int  # of a transformer, as the rest
    inner: int
    positions: int
    epsilon: float  # of its normalisations
    pretrained: str  # the encoder whose weights it begins with, "" = random ones
    vocabulary: tuple[str, ...]

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        how = f"{self.length} {self.tokens}, {len(self.vocabulary):,} known"
        return f"{self.model}, reads {how}; classes {', '.join(self.classes)}"


def card_of(data: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these texts is like. Its vocabulary is that of the training texts alone."""
    if settings.model == "minilm":
        return card_of_encoder(data, settings, framework)
    tokens = settings.tokens
    if tokens == "auto":
        tokens = "characters" if data.chinese else "words"
    return ModelCard(
        model=settings.model,
        framework=framework,
        classes=data.classes,
        tokens=tokens,
        length=settings.length,
        width=settings.width,
        layers=settings.layers,
        dropout=settings.dropout,
        cell=settings.cell,
        heads=settings.heads,
        inner=settings.width * WIDENING,
        positions=settings.length,
        epsilon=1e-5,
        pretrained="",
        vocabulary=vocabulary(data.train.texts, tokens, settings.words, RAREST),
    )


def card_of_encoder(data: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a pretrained encoder with a head for these classes is like."""
    encoder = pretrained.open_encoder(settings)
    if settings.length > encoder.positions:
        raise ProjectError(
            f"--length {settings.length}: {encoder.name} reads at most {encoder.positions} tokens"
        )
    return ModelCard(
        model=settings.model,
        framework=framework,
        classes=data.classes,
        tokens="cased wordpieces" if encoder.cased else "wordpieces",
        length=settings.length,
        width=encoder.width,
        layers=encoder.layers,
        dropout=settings.dropout,
        cell="",
        heads=encoder.heads,
        inner=encoder.inner,
        positions=encoder.positions,
        epsilon=encoder.epsilon,
        pretrained=settings.encoder,
        vocabulary=encoder.vocabulary,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It gives logits, of shape (N, classes)."""

    card: ModelCard
    tokenizer: Tokenizer

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...

    def load_pretrained(self) -> None:
        """Put the weights of the card's encoder into the body; the head stays fresh."""
