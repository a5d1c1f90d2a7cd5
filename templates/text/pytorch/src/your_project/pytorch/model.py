"""The networks: a recurrent one, and transformers. The Keras side builds the same ones.

They take the numbers of tokens, (N, length), 0 = padding, and give float32 logits of shape (N, classes).
Padding changes nothing: a text's logits are the same however much follows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..errors import ProjectError
from .encoder import Encoder

if TYPE_CHECKING:
    from ..engine import ModelCard

HEAD = "head"


class Recurrent(nn.Module):
    """Two recurrent layers side by side, one that reads the text forwards and one that reads it backwards.

    Tokens (N, length) to (N, length, 2 width): what each of them knew after each token, in its own order.
    """

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.features = 2 * card.width
        cell = {"lstm": nn.LSTM, "gru": nn.GRU}[card.cell]
        self.embedding = nn.Embedding(len(card.vocabulary), card.width, padding_idx=0)
        self.dropout = nn.Dropout(card.dropout)
        self.recurrent = nn.ModuleDict(
            {way: cell(card.width, card.width, batch_first=True) for way in ("forwards", "backwards")}
        )
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)  # small: what a word means comes with training
        for layer in self.recurrent.values():
            initialise(layer)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input on."""
        return {"embedding": self.embedding, "recurrent": self.recurrent}

    def forward(self, tokens: Tensor) -> Tensor:
        # Padding stands behind the text, so nothing has to be masked here: what was read before it is right.
        forwards, _ = self.recurrent["forwards"](self.dropout(self.embedding(tokens)))
        backwards, _ = self.recurrent["backwards"](self.dropout(self.embedding(turned(tokens))))
        return torch.cat([forwards, backwards], 2)


def turned(tokens: Tensor) -> Tensor:
    """Return the texts backwards, their padding still behind them.

    >>> turned(torch.tensor([[5, 6, 7, 0, 0]]))
    tensor([[7, 6, 5, 0, 0]])
    """
    length = (tokens != 0).sum(1, keepdim=True)
    place = torch.arange(tokens.shape[1], device=tokens.device)
    return tokens.gather(1, torch.where(place < length, length - 1 - place, place))


def initialise(layer: nn.Module) -> None:
    """Draw the weights of a recurrent layer as Keras does: what comes in and what comes back.

    An orthogonal matrix neither grows nor shrinks what is multiplied by it many times (Saxe et al. 2013,
    https://arxiv.org/abs/1312.6120). The gates of an LSTM begin open, so that it remembers (Jozefowicz 2015).
    """
    for name, weight in layer.named_parameters():
        if name.startswith("weight_ih"):
            nn.init.xavier_uniform_(weight)
        elif name.startswith("weight_hh"):
            nn.init.orthogonal_(weight)
        else:
            nn.init.zeros_(weight)
            if isinstance(layer, nn.LSTM) and name.startswith("bias_ih"):
                # the gates stand in the order input, forget, cell, output
                weight.data[layer.hidden_size : 2 * layer.hidden_size] = 1.0


class Classifier(nn.Module):
    """A body that reads, the mean over the tokens, dropout and a linear head."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        if card.model not in ("rnn", "transformer", "minilm"):
            raise ProjectError(f"there is no network {card.model!r}: rnn, transformer, minilm")
        self.body: Recurrent | Encoder = Recurrent(card) if card.model == "rnn" else Encoder(card)
        self.dropout = nn.Dropout(card.dropout)
        self.head = nn.Linear(self.body.features, len(card.classes))
        # a small head: at first all classes are equally likely, and the loss is log(classes)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return {**self.body.sections(), HEAD: self.head}

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.dropout(mean_of_tokens(self.body(tokens), tokens))
        # float32 also under mixed precision: the exponentials of the loss need the digits
        with torch.autocast(x.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
        return logits


def mean_of_tokens(x: Tensor, tokens: Tensor) -> Tensor:
    """Return the mean over the tokens that are there; padding must not count."""
    there = (tokens != 0).unsqueeze(2).to(x.dtype)
    return (x * there).sum(1) / there.sum(1).clamp(min=1)
