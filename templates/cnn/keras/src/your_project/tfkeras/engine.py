"""The Keras engine: `compile` and `fit`, with callbacks for what happens between the epochs."""

from __future__ import annotations

import math
import warnings
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from ..data import Data, Split
from ..engine import ModelCard
from ..errors import ProjectError
from ..run_folder import RunFolder
from ..settings import Settings
from ..stages import Stage
from .augment import Batches, one_hot
from .backend import choose_device, choose_precision
from .callbacks import Judge, Log, ProgressBar, SaveState, StartEpoch
from .checkpoint import BEST, LAST, Position, load_position, load_state
from .model import HEAD, build, sections
from .optimiser import LayerwiseAdamW, freeze
from .schedule import WarmupCosine

#: images that are scored at a time
CHUNK = 256


class KerasEngine:
    """One network on one device; see `ImageEngine` in `engine.py` for what it promises."""

    framework = "keras"
    best, last = BEST, LAST

    def __init__(self, settings: Settings, card: ModelCard) -> None:
        self.settings, self.card = settings, card
        self.version = f"{keras.version()} on {keras.backend.backend()}"
        self._device = choose_device(settings.device)
        precision = choose_precision(settings.precision, self._device)
        self.device, self.device_reason = self._device.name, self._device.reason
        self.precision, self.precision_reason = precision.name, precision.reason
        keras.config.set_dtype_policy(precision.policy)
        keras.utils.set_random_seed(settings.seed)  # the initial weights
        with self._device.scope():
            self.network = build(card, settings.seed)
        self.parameters = sum(math.prod(variable.shape) for variable in self.network.trainable_variables)

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; go on where the run stood when it is resumed."""
        settings = self.settings
        batches = Batches(
            data.train,
            len(self.card.classes),
            size=settings.batch_size,
            seed=settings.seed,
            augment=settings.augment,
            mirror=data.mirror,
        )
        plan = [{**asdict(stage), "steps": len(batches)} for stage in stages]
        now = load_position(run.last, plan) if run.resuming else Position(plan=plan)
        with self._device.scope():
            if run.resuming:
                run.rewind(now.epoch)  # the run may have been killed between logging an epoch and saving it
                load_state(run.last, "network", self.network)
            for stage in stages[now.stage :]:
                self._fit_stage(stage, batches, data.validation, now, run)
        self.load(run.best)

    def _fit_stage(
        self, stage: Stage, batches: Batches, validation: Split, now: Position, run: RunFolder
    ) -> None:
        schedule = WarmupCosine(stage.learning_rate, len(batches) * stage.epochs, self.settings.warmup)
        trainer = self._compiled(stage, schedule, len(batches))
        if now.stage_epoch:  # resumed within this stage; one that begins has a fresh optimiser
            load_state(run.last, "optimiser", trainer.optimizer)
        trainer.fit(
            batches,
            validation_data=(validation.images, one_hot(validation.labels, len(self.card.classes))),
            validation_batch_size=CHUNK,
            initial_epoch=now.epoch,
            epochs=now.epoch - now.stage_epoch + stage.epochs,
            shuffle=False,  # the batches have an order of their own
            verbose=0,
            callbacks=[
                StartEpoch(batches.start),
                ProgressBar(run, stage.name),
                Judge(now, self.network, run, epochs=stage.epochs, patience=self.settings.patience),
                Log(run, stage.name, schedule),
                SaveState(now, self.network, run),
            ],
        )

    def _compiled(self, stage: Stage, schedule: WarmupCosine, steps: int) -> keras.Model:
        """Return a model that shares the network's layers and knows how a stage trains them.

        It is a model of its own because `compile` fixes what can be trained, and because the weights of a
        compiled model are saved together with its optimiser.
        """
        settings = self.settings
        rates = freeze(sections(self.network), stage)
        trainer = keras.Model(self.network.inputs, self.network.outputs, name=self.network.name)
        trainer.compile(
            # Under fp16, `compile` wraps the optimiser so that small gradients do not vanish.
            LayerwiseAdamW(
                schedule,
                decay=settings.weight_decay,
                rates=rates,
                global_clipnorm=settings.clip or None,
            ),
            keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing),
            metrics=[
                keras.metrics.CategoricalCrossentropy(name="cross_entropy", from_logits=True),
                keras.metrics.CategoricalAccuracy(name="accuracy"),
            ],
            # A return to Python costs about half a millisecond, as much as a small step takes. The torch
            # backend, which runs step by step, knows nothing else.
            steps_per_execution=1 if keras.backend.backend() == "torch" else min(8, steps),
            jit_compile="auto",  # XLA on GPUs; on processors it makes convolutions slower
        )
        trainer.optimizer.build(trainer.trainable_variables)
        return trainer

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Scores of shape (N, classes), float32."""
        with self._device.scope():
            scores = self.network.predict(images, batch_size=CHUNK, verbose=0)
        return np.asarray(scores, dtype="float32")

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""
        self._load(weights, skip=[])

    def load_body(self, weights: Path) -> None:
        """Load all but the head, which stays fresh, from the weights of a network with other classes."""
        self._load(weights, skip=[self.network.get_layer(HEAD)])

    def save(self, weights: Path) -> None:
        """Write the weights; the name ends in `.weights.h5`."""
        self.network.save_weights(weights)

    def _load(self, weights: Path, skip: list[keras.Layer]) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the error says it once; they would, layer by layer
                self.network.load_weights(weights, objects_to_skip=skip)
        except (OSError, ValueError) as problem:
            reason = str(problem).strip().splitlines()[0]
            raise ProjectError(f"{weights} does not fit this network ({self.card.model}): {reason}") from None
