"""What every Keras engine does: place a network, train it with `fit`, ask it, keep it, export it.

A project's `engine.py` says the rest: which network, which batches, which loss, how good it is.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from ..errors import ProjectError
from ..run_folder import RunFolder
from ..stages import Stage
from . import exports
from .backend import choose_device, choose_precision
from .callbacks import Judge, Log, ProgressBar, SaveState, StartEpoch
from .checkpoint import BEST, LAST, Position, load_position, load_state
from .optimiser import LayerwiseAdamW, freeze
from .schedule import WarmupCosine

#: the last of a network's sections: what `load_body` leaves fresh
HEAD = "head"


class Batches(Protocol):
    """The training data, one epoch at a time: a `PyDataset`."""

    def start(self, epoch: int) -> None:
        """Begin an epoch: draw its order."""

    def __len__(self) -> int: ...


class Learner:
    """One network on one device; see `Engine` in `engines.py` for what it promises.

    The methods up to `metrics` are a project's own.
    """

    framework = "keras"
    best, last = BEST, LAST
    #: samples that are scored at a time
    chunk = 256
    #: steps between two returns to Python. One costs about half a millisecond, as much as a small step takes.
    bundle = 8
    #: what is logged of the validation data, and the metric whose mean it is
    measures: Mapping[str, str] = {"validation_loss": "loss"}

    def __init__(self, settings: Any, card: Any) -> None:
        self.settings, self.card = settings, card
        self.version = f"{keras.version()} on {keras.backend.backend()}"
        self.formats = exports.formats()
        self._device = choose_device(settings.device)
        precision = choose_precision(settings.precision, self._device)
        self.device, self.device_reason = self._device.name, self._device.reason
        self.precision, self.precision_reason = precision.name, precision.reason
        keras.config.set_dtype_policy(precision.policy)
        keras.utils.set_random_seed(settings.seed)  # the initial weights
        with self._device.scope():
            self.network = self.build()
        self.parameters = sum(math.prod(variable.shape) for variable in self.network.trainable_variables)

    # --- what a project says

    def build(self) -> keras.Model:
        """Return the network of `self.card` with fresh weights."""
        raise NotImplementedError

    def sections(self) -> Mapping[str, Sequence[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        raise NotImplementedError

    def batches(self, data: Any) -> Batches:
        """Return the training data, one epoch at a time."""
        raise NotImplementedError

    def inputs(self, part: Any) -> Any:
        """Return what the network takes, of some samples: an array, or a tuple of them."""
        raise NotImplementedError

    def targets(self, part: Any) -> np.ndarray:
        """Return what the network should give for them."""
        raise NotImplementedError

    def loss(self) -> keras.losses.Loss:
        """Return the loss that training minimises."""
        raise NotImplementedError

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return fresh metrics, whose names `measures` holds."""
        return []

    def noted(self) -> dict[str, float]:
        """Return what else the history keeps of each epoch, such as a weight whose way shall be drawn."""
        return {}

    # --- what is the same for all

    def fit(self, data: Any, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; go on where the run stood when it is resumed."""
        batches = self.batches(data)
        plan = [{**asdict(stage), "steps": len(batches)} for stage in stages]
        now = load_position(run.last, plan) if run.resuming else Position(plan=plan)
        validation = self.inputs(data.validation), self.targets(data.validation)
        with self._device.scope():
            if run.resuming:
                run.rewind(now.epoch)  # the run may have been killed between logging an epoch and saving it
                load_state(run.last, "network", self.network)
            for stage in stages[now.stage :]:
                self._fit_stage(stage, batches, validation, now, run)
        self.load(run.best)

    def _fit_stage(
        self, stage: Stage, batches: Batches, validation: tuple[Any, Any], now: Position, run: RunFolder
    ) -> None:
        schedule = WarmupCosine(stage.learning_rate, len(batches) * stage.epochs, self.settings.warmup)
        trainer = self._compiled(stage, schedule, len(batches))
        if now.stage_epoch:  # resumed within this stage; one that begins has a fresh optimiser
            load_state(run.last, "optimiser", trainer.optimizer)
        judged_by = f"val_{self.measures['validation_loss']}"
        patience = self.settings.patience
        trainer.fit(
            batches,
            validation_data=validation,
            validation_batch_size=self.chunk,
            initial_epoch=now.epoch,
            epochs=now.epoch - now.stage_epoch + stage.epochs,
            shuffle=False,  # the batches have an order of their own
            verbose=0,
            callbacks=[
                StartEpoch(batches.start),
                ProgressBar(run, stage.name),
                Judge(now, self.network, run, judged_by=judged_by, epochs=stage.epochs, patience=patience),
                Log(run, stage.name, schedule, self.measures, self.noted),
                SaveState(now, self.network, run),
            ],
        )

    def _compiled(self, stage: Stage, schedule: WarmupCosine, steps: int) -> keras.Model:
        """Return a model that shares the network's layers and knows how a stage trains them.

        It is a model of its own because `compile` fixes what can be trained, and because the weights of a
        compiled model are saved together with its optimiser.
        """
        settings = self.settings
        rates = freeze(self.sections(), stage)
        trainer = keras.Model(self.network.inputs, self.network.outputs, name=self.network.name)
        trainer.compile(
            # Under fp16, `compile` wraps the optimiser so that small gradients do not vanish.
            LayerwiseAdamW(
                schedule,
                decay=settings.weight_decay,
                rates=rates,
                global_clipnorm=settings.clip or None,
            ),
            self.loss(),
            metrics=self.metrics(),
            # the torch backend runs step by step and knows nothing else
            steps_per_execution=1 if keras.backend.backend() == "torch" else min(self.bundle, steps),
            jit_compile="auto",  # XLA on GPUs; on processors it makes convolutions slower
        )
        trainer.optimizer.build(trainer.trainable_variables)
        return trainer

    def outputs(self, part: Any) -> np.ndarray:
        """Return what the network gives for some samples, float32."""
        with self._device.scope():
            scores = self.network.predict(self.inputs(part), batch_size=self.chunk, verbose=0)
        return np.asarray(scores, dtype="float32")

    def arrays(self, part: Any) -> tuple[np.ndarray, ...]:
        """Return what an exported network takes, of some samples."""
        inputs = self.inputs(part)
        return inputs if isinstance(inputs, tuple) else (inputs,)

    def export(self, part: Any, name: str, folder: Path) -> Path:
        """Write the network in a format; `part` holds samples by which it is traced."""
        self.network.predict(self.inputs(part), verbose=0)  # what was never called cannot be traced
        return exports.write(self.network, name, folder)

    def exported(self, file: Path, part: Any) -> np.ndarray:
        """Return what the exported network gives for some samples."""
        return exports.run(file, self.arrays(part))

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""
        self._load(weights, skip=[])

    def load_body(self, weights: Path) -> None:
        """Load all but the head, which stays fresh, from the weights of another network."""
        self._load(weights, skip=list(self.sections()[HEAD]))

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
