"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from ..engine import ModelCard, Stage
from .augment import ImageBatches
from .checkpoints import load_weights, save_weights
from .device import place
from .loop import Training
from .model import HEAD, build

if TYPE_CHECKING:
    from ..data import Data
    from ..run_folder import RunFolder
    from ..settings import Settings

#: images that are scored at a time
CHUNK = 256


class PyTorchEngine:
    """One network on one device; see `Engine` in `engine.py` for what it promises."""

    framework = "pytorch"
    version = torch.__version__

    def __init__(self, settings: Settings, card: ModelCard) -> None:
        self.settings, self.card = settings, card
        self.placement = place(settings.device, settings.precision)
        self.device, self.device_reason = self.placement.name, self.placement.reason
        self.precision, self.precision_reason = self.placement.precision, self.placement.precision_reason
        torch.manual_seed(settings.seed)  # the initial weights, drawn on the CPU: the same on every device
        # channels-last: the order in which convolutions on tensor cores and on vector units want their numbers
        self.network = build(card).to(self.placement.device, memory_format=torch.channels_last)
        self.parameters = sum(p.numel() for p in self.network.parameters())

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; go on where the run stood when it is resumed."""
        settings, device = self.settings, self.placement.device
        batches = ImageBatches(
            data.train, settings.batch_size, device, augment=settings.augment, mirror=data.mirror
        )
        images = data.validation.images
        labels = torch.from_numpy(data.validation.labels)

        def evaluate() -> dict[str, float]:
            logits = self.scores(images)
            return {
                "validation_loss": nn.functional.cross_entropy(logits, labels).item(),
                "validation_accuracy": (logits.argmax(1) == labels).double().mean().item(),
            }

        Training(
            network=self.network,
            sections=self.network.sections(),
            batches=batches,
            loss_function=nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing),
            evaluate=evaluate,
            placement=self.placement,
            settings=settings,
            run=run,
        ).fit(stages)

    @torch.inference_mode()
    def scores(self, images: np.ndarray) -> Tensor:
        """Logits of shape (N, classes), float32, on the CPU."""
        self.network.eval()
        parts = []
        for chunk in torch.from_numpy(images).split(CHUNK):
            with self.placement.autocast():
                parts.append(self.network(chunk.to(self.placement.device).permute(0, 3, 1, 2)))
        return torch.cat(parts).cpu() if parts else torch.zeros(0, len(self.card.classes))

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Scores of shape (N, classes), float32."""
        return self.scores(images).numpy()

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""
        load_weights(self.network, weights)

    def save(self, weights: Path) -> None:
        """Write the weights as safetensors."""
        save_weights(self.network, weights)

    def load_body(self, weights: Path) -> None:
        """Load all but the head, which stays fresh, from the weights of a network with other classes."""
        load_weights(self.network, weights, without=f"{HEAD}.")
