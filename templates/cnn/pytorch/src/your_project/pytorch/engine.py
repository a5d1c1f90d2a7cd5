"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from .augment import ImageBatches
from .checkpoints import BEST, LAST, load_weights, save_weights
from .device import place
from .loop import Training
from .model import HEAD, build
from .team import gathered

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from torch import Tensor

    from ..data import Data
    from ..engine import ModelCard
    from ..run_folder import RunFolder
    from ..settings import Settings
    from ..stages import Stage
    from .team import Team

#: images that are scored at a time
CHUNK = 256


class PyTorchEngine:
    """One network on one device; see `ImageEngine` in `engine.py` for what it promises."""

    framework = "pytorch"
    version = torch.__version__
    best, last = BEST, LAST

    def __init__(self, settings: Settings, card: ModelCard) -> None:
        self.settings, self.card = settings, card
        self.placement = place(settings.device, settings.precision)
        self.device, self.device_reason = self.placement.name, self.placement.reason
        self.precision, self.precision_reason = self.placement.precision, self.placement.precision_reason
        torch.manual_seed(settings.seed)  # the initial weights, drawn on the CPU: the same on every device
        # channels-last: the order in which tensor cores and vector units want the numbers of a convolution
        self.network = build(card).to(self.placement.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.parameters = sum(p.numel() for p in self.network.parameters())

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; go on where the run stood when it is resumed."""
        with gathered(self.placement.device) as team:
            self.fit_in(team, data, stages, run)

    def fit_in(self, team: Team, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train as one of a team of processes, mostly of one."""
        settings = self.settings
        batches = ImageBatches(
            data.train, settings.batch_size, team, augment=settings.augment, mirror=data.mirror
        )
        images = data.validation.images[team.number :: team.size]
        labels = torch.from_numpy(data.validation.labels[team.number :: team.size])

        def evaluate() -> dict[str, float]:
            logits = self.scores(images)
            # no image may be left for one of many processes, and the mean of none is no number
            loss = cross_entropy(logits, labels).item() * len(labels) if len(labels) else 0.0
            correct = (logits.argmax(1) == labels).sum().item()
            own = torch.tensor([loss, correct, len(labels)], dtype=torch.float64)
            losses, right, count = team.total(own).tolist()
            return {"validation_loss": losses / count, "validation_accuracy": right / count}

        Training(
            network=self.network,
            sections=self.network.sections(),
            batches=batches,
            loss_function=torch.nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing),
            evaluate=evaluate,
            placement=self.placement,
            team=team,
            settings=settings,
            run=run,
        ).fit(stages)

    @torch.inference_mode()
    def scores(self, images: np.ndarray) -> Tensor:
        """Return logits of shape (N, classes), float32, on the CPU."""
        self.network.eval()
        parts = []
        for start in range(0, len(images), CHUNK):
            chunk = torch.from_numpy(images[start : start + CHUNK]).to(self.placement.device)
            with self.placement.autocast():
                parts.append(self.network(chunk.permute(0, 3, 1, 2)))
        return torch.cat(parts).cpu() if parts else torch.zeros(0, len(self.card.classes))

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return scores of shape (N, classes), float32."""
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
