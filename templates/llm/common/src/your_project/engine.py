"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .engines import Engine

if TYPE_CHECKING:
    import numpy as np

    from .data import Data, Split
    from .sampling import Reader
    from .settings import Settings


@dataclass(frozen=True)
class ModelCard:
    """All that one needs to use a file of weights; it is kept beside them as `model.json`."""

    model: str  # gpt
    layers: int
    heads: int
    width: int
    context: int  # tokens that it sees at a time
    dropout: float
    tokenizer: dict[str, Any]  # what `tokenizers.from_card` makes a tokenizer of
    tokens: int  # different ones
    text: str  # that it learned from: the name of its data
    framework: str  # pytorch | keras
    rank: int = 0  # of its LoRA matrices, 0 = it has none
    alpha: float = 0.0
    adapter_dropout: float = 0.0
    targets: tuple[str, ...] = ()
    base: str = ""  # the run whose network they adapt

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        lora = f", LoRA of rank {self.rank}" if self.rank else ""
        size = f"{self.layers} blocks of {self.heads} heads, {self.width} wide"
        return f"{self.model}, {size}, {self.tokens} tokens, context {self.context}{lora}"


def card_of(text: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for this text is like."""
    return ModelCard(
        model="gpt",
        layers=settings.layers,
        heads=settings.heads,
        width=settings.width,
        context=settings.context,
        dropout=settings.dropout,
        tokenizer=text.tokenizer.card(),
        tokens=text.tokenizer.size,
        text=text.name,
        framework=framework,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It gives logits of the next token, of shape (N, tokens seen, tokens)."""

    settings: Settings
    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...

    def losses(self, part: Split) -> np.ndarray:
        """Return the loss of each token in nats, (N, context) float32; 0 where nothing is to be learned."""

    def reader(self, *, cached: bool = True) -> Reader:
        """Return what reads tokens and says which come next; `cached` keeps what it has computed of them."""
