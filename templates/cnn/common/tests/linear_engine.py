"""A small NumPy network in place of a framework, so that the programs can be tried in milliseconds."""

from __future__ import annotations

import numpy as np

from your_project.errors import ProjectError
from your_project.files import replacing


class LinearEngine:
    """Softmax regression, trained by gradient descent; its state is one array."""

    framework = "pytorch"
    version = "0"
    best, last = "best.safetensors", "last.pt"
    device, device_reason = "cpu", "it is NumPy"
    precision, precision_reason = "fp32", "it is NumPy"
    formats = ()
    interrupt_at: int | None = None  # the epoch in which somebody presses Ctrl-C

    def __init__(self, settings, card):
        self.settings, self.card = settings, card
        self.weights = np.zeros((int(np.prod(card.image_shape)), len(card.classes)))
        self.parameters = self.weights.size

    def inputs(self, images):
        normal = (images.astype(np.float64) - self.card.mean) / self.card.std
        return normal.reshape(len(images), -1)

    def fit(self, data, stages, run):
        first = 0
        if run.resuming:
            state = np.load(run.last.with_suffix(".npz"), allow_pickle=False)
            first, self.weights = int(state["epoch"]), state["weights"]
        run.rewind(first)
        rates = [stage.learning_rate for stage in stages for _ in range(stage.epochs)]
        targets = np.eye(len(self.card.classes))[data.train.labels]
        inputs = self.inputs(data.train.images)
        for epoch in range(first, len(rates)):
            if epoch == type(self).interrupt_at:
                raise KeyboardInterrupt
            scores = inputs @ self.weights
            shares = np.exp(scores - scores.max(1, keepdims=True))
            shares /= shares.sum(1, keepdims=True)
            self.weights = self.weights + rates[epoch] * inputs.T @ (targets - shares) / len(inputs)
            loss = -np.log(shares[targets == 1] + 1e-9).mean()
            run.log("train", epoch, train_loss=loss, validation_loss=loss, seconds=0.1)
            np.savez(run.last.with_suffix(".npz"), epoch=epoch + 1, weights=self.weights)
            run.last.touch()
        self.save(run.best)

    def outputs(self, part):
        return (self.inputs(part.images) @ self.weights).astype(np.float32)

    def load(self, weights):
        try:
            with weights.open("rb") as file:
                self.weights = np.load(file, allow_pickle=False)
        except (OSError, ValueError) as problem:
            raise ProjectError(f"{weights} cannot be read as weights: {problem}") from None

    def load_body(self, weights):
        assert weights.is_file()

    def save(self, weights):
        with replacing(weights) as draft, draft.open("wb") as file:
            np.save(file, self.weights)
