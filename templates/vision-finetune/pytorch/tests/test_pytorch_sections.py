"""Networks of other packages are taken apart from the input to the head."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch_cases import PLAIN, engine, images


class Residual(torch.nn.Module):
    """A block as ResNet has it: what its last convolution gives is not yet what it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(4, 4, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.conv(x)) + x)


class Convolutions(torch.nn.Module):
    """A network whose parts are not named in the order in which they are passed, and that ends in 1x1."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Sequential(Residual(), Residual())
        self.stem = torch.nn.Conv2d(3, 4, 3, 2)
        self.top = torch.nn.Conv2d(4, 6, 1)
        self.fc = torch.nn.Linear(6, 1000)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        pooled = self.layer(self.stem(images)).mean((2, 3), keepdim=True)
        scores: torch.Tensor = self.fc(self.top(pooled).flatten(1))
        return scores


class Encoder(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pos_embedding = torch.nn.Parameter(torch.zeros(1, 5, 8))
        layer = torch.nn.TransformerEncoderLayer
        self.layers = torch.nn.Sequential(*(layer(8, 2, 16, batch_first=True) for _ in range(3)))
        self.ln = torch.nn.LayerNorm(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.ln(self.layers(x + self.pos_embedding))
        return result


class Transformer(torch.nn.Module):
    """A network as torchvision's ViT: a class token of its own, all layers inside one encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_proj = torch.nn.Conv2d(3, 8, 16, 16)
        self.class_token = torch.nn.Parameter(torch.zeros(1, 1, 8))
        self.encoder = Encoder()
        self.heads = torch.nn.Sequential(torch.nn.Linear(8, 1000))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        tokens = self.conv_proj(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(images), -1, -1), tokens], 1)
        scores: torch.Tensor = self.heads(self.encoder(tokens)[:, 0])
        return scores


@pytest.mark.parametrize(
    ("network", "sections"),
    [
        (Convolutions, ["stem", "layer.0", "layer.1", "top", "head"]),
        (
            Transformer,
            [
                "tokens",
                "encoder.tokens",
                "conv_proj",
                *(f"encoder.layers.{at}" for at in range(3)),
                "encoder.ln",
                "head",
            ],
        ),
    ],
)
def test_networks_thaw_from_the_head_to_the_input(
    network: type[torch.nn.Module], sections: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = SimpleNamespace(create_model=lambda name, pretrained: network())
    monkeypatch.setitem(sys.modules, "timm", fake)
    made: Any = engine(replace(PLAIN, model="timm:other", image_size=32), known=False, size=32)
    assert list(made.sections()) == sections
    everything = {id(one) for one in made.network.parameters()}
    assert {id(one) for part in made.sections().values() for one in part.parameters()} == everything
    seen = made.network.seen()
    few = images(32).test.take(slice(3))
    if network is Transformer:
        assert seen is None
        assert made.heat(few, np.zeros(3, np.int64)) is None
    else:  # the last block with its shortcut, not the convolution in it, nor the one behind the mean
        assert seen is made.network.body.layer
        assert made.heat(few, np.zeros(3, np.int64)).shape == (3, 15, 15)
