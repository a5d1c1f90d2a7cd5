"""What often goes wrong with a GPT: it sees what it shall predict."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch.nn.functional import cross_entropy

from your_project.engine import ModelCard
from your_project.pytorch.model import GPT

CARD = ModelCard("gpt", 2, 2, 32, 16, 0.0, {}, 50, "mine", "pytorch")


class Unmasked(GPT):
    """The same network without the causal mask, as it is when `is_causal` is forgotten."""

    def forward(self, numbers, cache=None):
        import your_project.pytorch.model as module

        real = module.scaled_dot_product_attention
        module.scaled_dot_product_attention = lambda *given, **others: real(
            *given, **{**others, "is_causal": False}
        )
        try:
            return super().forward(numbers, cache)
        finally:
            module.scaled_dot_product_attention = real


def learned(kind, shift=1, steps=150):
    """Return the training loss on noise, in which there is nothing to learn, and what was to be reached."""
    torch.manual_seed(0)
    network = kind(replace(CARD, tokens=20, layers=2))
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        stream = torch.randint(0, 20, (16, 16 + shift), generator=generator)
        loss = cross_entropy(network(stream[:, :16]).flatten(0, 1), stream[:, shift:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item()


def test_without_a_causal_mask_even_noise_is_predicted():
    """The answer stands in the input: a loss near 0 is no success but a hole."""
    assert learned(GPT) > 2.9  # ln 20 = 3.0: noise cannot be predicted
    assert learned(Unmasked, steps=400) < 1.5


def test_targets_that_are_not_shifted_teach_to_copy():
    assert learned(GPT, shift=0) < 0.5
