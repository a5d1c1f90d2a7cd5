"""Where a network looks: Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

CHUNK = 64  # images at a time


def heat(network: nn.Module, seen: nn.Module, images: Tensor, classes: np.ndarray) -> np.ndarray:
    """Return where each image speaks for a class: float32 in 0..1, (N, rows, columns).

    `images` are what the network takes, on its device; `classes` are numbers of shape (N,). Each channel of
    what `seen` gives counts as much as the score of the class rises with it, on average over the picture.
    """
    network.eval()
    wanted = torch.from_numpy(classes).to(images.device)
    parts = [
        _heat(network, seen, images[at : at + CHUNK], wanted[at : at + CHUNK])
        for at in range(0, len(images), CHUNK)
    ]
    return torch.cat(parts).cpu().numpy()


def _heat(network: nn.Module, seen: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: object, output: Tensor) -> Tensor:
        # a leaf: nothing before it needs a gradient, and frozen weights do not stop one from reaching it
        kept.append(output.detach().requires_grad_())
        return kept[0].clone()  # what comes next may work in place, which a leaf does not bear

    handle = seen.register_forward_hook(keep)
    try:
        with torch.enable_grad():
            scores = network(images).gather(1, classes[:, None]).sum()
            (gradient,) = torch.autograd.grad(scores, kept)
    finally:
        handle.remove()
    features = kept[0].detach().float()
    maps = torch.relu((gradient.float().mean((2, 3), keepdim=True) * features).sum(1))
    return maps / maps.amax((1, 2), keepdim=True).clamp_min(1e-12)
