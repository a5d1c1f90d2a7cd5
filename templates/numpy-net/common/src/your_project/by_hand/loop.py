"""The training loop, in full.

What an epoch does follows from the weights and from (seed, epoch), from nothing else; so a run that was
killed and resumed ends with the very weights of one that was not.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ProjectError
from ..stages import finite
from . import checkpoints
from .optimiser import AdamW, clip, peak_rates, schedule

if TYPE_CHECKING:
    from ..data import Data, Split
    from ..run_folder import RunFolder
    from ..settings import Settings
    from ..stages import Stage
    from .network import Network


@dataclass
class Position:
    """How far a run has come, and how well it has done."""

    stage: int = 0  # index of the stage that is running
    stage_epoch: int = 0  # finished epochs of it
    stage_best: float = math.inf  # its lowest validation loss
    waited: int = 0  # its epochs since then
    epoch: int = 0  # finished epochs of all stages
    best: float = math.inf  # lowest validation loss of all stages


class Training:
    """A network and what it is trained with."""

    def __init__(self, network: Network, data: Data, settings: Settings, run: RunFolder) -> None:
        self.network, self.data, self.settings, self.run = network, data, settings, run
        self.size = min(settings.batch_size, len(data.train))
        # The last, incomplete batch is left out: its gradient would be noisier, at the same learning rate.
        self.steps = len(data.train) // self.size

    def fit(self, stages: tuple[Stage, ...]) -> None:
        """Train through all stages; leave the weights with the lowest validation loss in the network."""
        run, patience = self.run, self.settings.patience
        plan = [{**asdict(stage), "steps": self.steps} for stage in stages]
        now, saved = self.restore(plan) if run.resuming else (Position(), None)
        for number in range(now.stage, len(stages)):
            stage = stages[number]
            optimiser = AdamW(self.network.weights, self.settings.weight_decay)
            if saved:
                optimiser.restore(saved)
                saved = None
            else:
                now = Position(number, epoch=now.epoch, best=now.best)

            while now.stage_epoch < stage.epochs and not 0 < patience <= now.waited:
                started = time.perf_counter()
                train_loss = self.epoch(stage, now, optimiser)
                measured = measures(self.network, self.data.validation)
                rate = stage.learning_rate * self.share(stage, now, self.steps - 1)
                values = {"train_loss": train_loss, **measured, "learning_rate": rate}
                run.log(stage.name, now.epoch, **values, seconds=time.perf_counter() - started)

                loss = finite(measured["validation_loss"], "validation loss", now.epoch)
                now.waited = 0 if loss < now.stage_best else now.waited + 1
                now.stage_best = min(now.stage_best, loss)
                if loss < now.best:  # first the weights, then the state that speaks of them
                    now.best = loss
                    checkpoints.save(run.best, self.network.weights)
                now.stage_epoch, now.epoch = now.stage_epoch + 1, now.epoch + 1
                arrays = {**self.network.weights, **optimiser.state()}
                checkpoints.save(run.last, arrays, {"position": asdict(now), "plan": plan})
        checkpoints.put(checkpoints.load(run.best)[0], self.network.weights, run.best)

    def epoch(self, stage: Stage, now: Position, optimiser: AdamW) -> float:
        """Go once through the training data; return the mean loss."""
        train, network, peaks = self.data.train, self.network, peak_rates(stage)
        # the Keras side draws its order by the same numbers, PyTorch's by its own generator
        order = np.random.default_rng((self.settings.seed, now.epoch, 1)).permutation(len(train))
        total = 0.0
        with self.run.progress(self.steps, f"{stage.name} {now.stage_epoch + 1}/{stage.epochs}") as bar:
            for step in range(self.steps):
                batch = train.take(order[step * self.size : (step + 1) * self.size])
                done = network.forward(batch.inputs)
                total += done.loss(batch.labels)
                gradients = network.backward(done, batch.labels)
                clip(
                    {name: g for name, g in gradients.items() if peaks[name.split(".")[0]]},
                    self.settings.clip,
                )
                share = self.share(stage, now, step)
                optimiser.step(gradients, {name: share * peak for name, peak in peaks.items()})
                bar.advance()
        return finite(total / self.steps, "loss", now.epoch)

    def share(self, stage: Stage, now: Position, step: int) -> float:
        """Return the share of the peak learning rate at a step of the running epoch."""
        done = now.stage_epoch * self.steps + step
        return schedule(done, stage.epochs * self.steps, self.settings.warmup)

    def restore(self, plan: list[dict[str, Any]]) -> tuple[Position, dict[str, np.ndarray]]:
        """Go back to where a run was saved; the optimiser follows when its stage begins."""
        saved, facts = checkpoints.load(self.run.last)
        if facts.get("plan") != plan:
            raise ProjectError(
                f"{self.run.last} belongs to a run with other epochs or rates; start a new run"
            )
        checkpoints.put(saved, self.network.weights, self.run.last)
        now = Position(**facts["position"])
        self.run.rewind(now.epoch)  # the run may have been killed between logging an epoch and saving it
        return now, saved


def measures(network: Network, part: Split) -> dict[str, float]:
    """Return what is logged of the validation data."""
    done = network.forward(part.inputs)
    return {
        "validation_loss": done.loss(part.labels),
        "validation_accuracy": float((done.scores.argmax(1) == part.labels).mean()),
    }
