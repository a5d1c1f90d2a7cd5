"""What happens between the epochs of `fit`.

Their order matters: first judge the epoch and keep the best weights, then log it, and last of all save
the state. What was not saved is run again after a kill, with the very same result.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import keras

from ..errors import ProjectError
from ..files import replacing
from ..run_folder import RunFolder
from .checkpoint import Position, save_state

Logs = Mapping[str, float] | None


class StartEpoch(keras.callbacks.Callback):
    """Tell the data which epoch begins.

    A `PyDataset` cannot count for itself: `fit` calls its `on_epoch_end` also before the first epoch, and a
    resumed run does not begin at 0.
    """

    def __init__(self, start: Callable[[int], None]) -> None:
        super().__init__()
        self.start = start

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.start(epoch)


class ProgressBar(keras.callbacks.Callback):
    """A bar over the steps of each epoch, where someone watches."""

    def __init__(self, run: RunFolder, stage: str) -> None:
        super().__init__()
        self.run, self.stage = run, stage
        self.bar_open = ExitStack()

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.done, self.steps = 0, self.params["steps"]
        self.bar = self.bar_open.enter_context(self.run.progress(self.steps, f"{self.stage} {epoch + 1}"))

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        # Several steps are executed at a time; the last bundle of an epoch can be smaller than the others.
        done = min(batch + 1, self.steps)
        self.bar.advance(done - self.done, **({"loss": logs["loss"]} if logs else {}))
        self.done = done

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.bar_open.close()


class Judge(keras.callbacks.Callback):
    """Keep account of how the run does, keep the best weights, and end a stage that gets no better.

    The best weights are those with the lowest validation loss over all stages. Patience counts within
    a stage, because the next one begins with another learning rate.
    """

    def __init__(
        self,
        now: Position,
        network: keras.Model,
        run: RunFolder,
        *,
        judged_by: str,
        epochs: int,
        patience: int,
    ) -> None:
        super().__init__()
        self.now, self.network, self.run = now, network, run
        self.judged_by, self.epochs, self.patience = judged_by, epochs, patience

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        model, now, logs = self.model, self.now, logs or {}  # with JAX, `self.model` fetches the weights
        loss = logs[self.judged_by]
        for name, value in (("loss", logs["loss"]), ("validation loss", loss)):
            if not math.isfinite(value):
                raise ProjectError(
                    f"the {name} became {value} in epoch {epoch + 1}; choose a smaller --learning-rate"
                )
        now.epoch, now.stage_epoch, now.waited = now.epoch + 1, now.stage_epoch + 1, now.waited + 1
        if loss < now.stage_best:
            now.stage_best, now.waited = loss, 0
        if loss < now.best:
            now.best = loss
            with replacing(self.run.best) as draft:
                self.network.save_weights(draft)
        model.stop_training = 0 < self.patience <= now.waited
        if model.stop_training or now.stage_epoch == self.epochs:
            now.stage, now.stage_epoch, now.stage_best, now.waited = now.stage + 1, 0, math.inf, 0


class Log(keras.callbacks.Callback):
    """One row of history an epoch."""

    def __init__(
        self,
        run: RunFolder,
        stage: str,
        schedule: Callable[[int], float],
        measures: Mapping[str, str],
        noted: Callable[[], Mapping[str, float]],
    ) -> None:
        super().__init__()
        self.run, self.stage, self.schedule, self.measures, self.noted = run, stage, schedule, measures, noted

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs, optimiser = logs or {}, self.model.optimizer
        steps = int(keras.ops.convert_to_numpy(optimiser.iterations))
        self.run.log(
            self.stage,
            epoch,
            train_loss=logs["loss"],
            **{name: logs[f"val_{metric}"] for name, metric in self.measures.items()},
            **self.noted(),
            learning_rate=float(keras.ops.convert_to_numpy(self.schedule(steps - 1))),  # of the last step
            seconds=time.perf_counter() - self.began,
        )


class SaveState(keras.callbacks.Callback):
    """Write what an exact resume needs."""

    def __init__(self, now: Position, network: keras.Model, run: RunFolder) -> None:
        super().__init__()
        self.now, self.network, self.run = now, network, run

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        save_state(self.run.last, self.now, self.network, self.model.optimizer)
