"""The training loop, in full.

It knows nothing of images: it is given a network, batches of inputs and targets, a loss function and a way to
measure the network. What an epoch does follows from the weights and from (seed, epoch), from nothing else;
so a run that was killed and resumed ends with the very weights of one that was not.
"""

from __future__ import annotations

import math
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from ..errors import ProjectError
from ..stages import finite
from .arrays import cut
from .checkpoints import load_state, save_state, write_weights
from .optimiser import freeze, make_optimiser, schedule, set_rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor, nn

    from ..run_folder import RunFolder
    from ..stages import Stage, TrainingSettings
    from .device import Placement
    from .team import Team


class Batches(Protocol):
    """The training data, one epoch at a time."""

    steps: int  # batches in an epoch

    def __call__(self, generator: torch.Generator) -> Iterator[tuple[Any, Tensor]]:
        """Yield inputs and targets on the device; order and augmentation are drawn from the generator."""


@dataclass
class Position:
    """How far a run has come, and how well it has done."""

    stage: int = 0  # index of the stage that is running
    stage_epoch: int = 0  # finished epochs of it
    stage_best: float = math.inf  # its lowest validation loss
    waited: int = 0  # its epochs since then
    epoch: int = 0  # finished epochs of all stages
    best: float = math.inf  # lowest validation loss of all stages


@dataclass
class Training:
    """A network and what it is trained with."""

    network: nn.Module
    sections: Mapping[str, nn.Module]  # the network in parts, by name, from the input to the head
    batches: Batches
    loss_function: Callable[[Any, Tensor], Tensor]
    evaluate: Callable[[], dict[str, float]]  # on the validation data; `validation_loss` is one of the values
    placement: Placement
    team: Team
    settings: TrainingSettings
    run: RunFolder
    weight: Callable[[Tensor], Any] = len  # how much targets count in the mean loss of a batch
    parts: int = 1  # in which a batch is computed, where memory cannot hold it as a whole

    def fit(self, stages: tuple[Stage, ...]) -> None:
        """Train through all stages; leave the weights with the lowest validation loss in the network."""
        network, run, team, patience = self.network, self.run, self.team, self.settings.patience
        now, saved = self.restore(stages) if run.resuming else (Position(), None)
        for number in range(now.stage, len(stages)):
            stage = stages[number]
            held = freeze(self.sections, stage)
            learner = team.learner(network)  # first: a network that is split has other parameters
            optimiser = make_optimiser(self.sections, stage, self.settings.weight_decay)
            scaler = self.placement.scaler()
            if saved:
                team.restore(optimiser, saved["optimiser"])
                if saved["scaler"]:  # empty where the run did not need one
                    scaler.load_state_dict(saved["scaler"])
                saved = None
            else:
                now = Position(number, epoch=now.epoch, best=now.best)

            while now.stage_epoch < stage.epochs and not 0 < patience <= now.waited:
                started = time.perf_counter()
                network.train()
                for normalisation in held:
                    normalisation.eval()  # else it goes on averaging, and changes what shall stay
                train_loss = self.epoch(stage, now, learner, optimiser, scaler)
                team.share_statistics(network)
                measured = self.evaluate()
                rate = stage.learning_rate * self.share(stage, now, self.batches.steps - 1)
                values = {"train_loss": train_loss, **measured, "learning_rate": rate}
                run.log(stage.name, now.epoch, **values, seconds=time.perf_counter() - started)

                loss = finite(measured["validation_loss"], "validation loss", now.epoch)
                now.waited = 0 if loss < now.stage_best else now.waited + 1
                now.stage_best = min(now.stage_best, loss)
                if loss < now.best:  # first the weights, then the state that speaks of them
                    now.best = loss
                    weights = team.weights(network)
                    if team.leads:
                        write_weights(weights, run.best)
                now.stage_epoch, now.epoch = now.stage_epoch + 1, now.epoch + 1
                self.save(stages, now, optimiser, scaler)
        team.finish(network, run.best)

    def epoch(
        self,
        stage: Stage,
        now: Position,
        learner: nn.Module,
        optimiser: torch.optim.Optimizer,
        scaler: torch.amp.GradScaler,
    ) -> float:
        """Go once through the training data; return the mean loss."""
        generator = seed_epoch(self.settings.seed, now.epoch, self.team.number)
        label = f"{stage.name} {now.stage_epoch + 1}/{stage.epochs}"
        loss_sum = torch.zeros((), device=self.placement.device)
        with self.run.progress(self.batches.steps, label) as bar:
            for step, (inputs, targets) in enumerate(self.batches(generator)):
                set_rates(optimiser, self.share(stage, now, step))
                loss_sum += self.add_gradients(inputs, targets, learner, scaler)
                if self.settings.clip:
                    scaler.unscale_(optimiser)  # the limit is meant for the true gradients
                    clip_grad_norm_(self.network.parameters(), self.settings.clip)
                scaler.step(optimiser)
                scaler.update()
                optimiser.zero_grad(set_to_none=True)
                bar.advance()
        mean = self.team.total(loss_sum).item() / (self.batches.steps * self.team.size)
        return finite(mean, "loss", now.epoch)

    def add_gradients(
        self, inputs: Any, targets: Tensor, learner: nn.Module, scaler: torch.amp.GradScaler
    ) -> Tensor:
        """Add the gradients of a batch, part by part; return its mean loss.

        A part counts as much as its targets do: the mean of the parts' means would be another number where
        they do not hold equally much, as texts of different lengths.
        """
        size, whole = -(-len(targets) // self.parts), self.weight(targets)
        if isinstance(whole, torch.Tensor):  # else it is the same in all processes
            # they will share the mean of their gradients, in which one with more to learn must count more
            whole = self.team.total(whole.float()) / self.team.size
        loss_sum = torch.zeros((), device=self.placement.device)
        for start in range(0, len(targets), size):
            which = slice(start, start + size)
            last = start + size >= len(targets)
            with nullcontext() if last else self.team.alone(learner):
                with self.placement.autocast():
                    loss = self.loss_function(learner(cut(inputs, which)), targets[which])
                loss = loss * (self.weight(targets[which]) / whole)
                scaler.scale(loss).backward()  # several processes: with the last part they share gradients
            loss_sum += loss.detach()  # loss.item() would make the GPU wait for Python in every step
        return loss_sum

    def share(self, stage: Stage, now: Position, step: int) -> float:
        """Return the share of the peak learning rate at a step of the running epoch."""
        steps = self.batches.steps
        return schedule(now.stage_epoch * steps + step, stage.epochs * steps, self.settings.warmup)

    def save(
        self,
        stages: tuple[Stage, ...],
        now: Position,
        optimiser: torch.optim.Optimizer,
        scaler: torch.amp.GradScaler,
    ) -> None:
        """Write all that a resumed run needs. No random state is in it: each epoch is seeded anew."""
        state: dict[str, Any] = {"network": self.team.weights(self.network)}
        state |= {"optimiser": self.team.averages(optimiser), "scaler": scaler.state_dict()}
        state |= {"position": asdict(now), "plan": self.plan(stages)}
        if self.team.leads:
            save_state(state, self.run.last)

    def restore(self, stages: tuple[Stage, ...]) -> tuple[Position, dict[str, Any]]:
        """Go back to where a run was saved; the optimiser follows when its stage begins."""
        saved = load_state(self.run.last)
        if saved.get("plan") != self.plan(stages):
            raise ProjectError(
                f"{self.run.last} belongs to a run with other epochs or rates; start a new run"
            )
        self.network.load_state_dict(saved["network"])
        now = Position(**saved["position"])
        self.run.rewind(now.epoch)  # the run may have been killed between logging an epoch and saving it
        return now, saved

    def plan(self, stages: tuple[Stage, ...]) -> list[dict[str, Any]]:
        """Return what a resumed run must have in common with the one that was saved."""
        return [{**asdict(stage), "steps": self.batches.steps} for stage in stages]


def seed_epoch(seed: int, epoch: int, process: int = 0) -> torch.Generator:
    """Seed all that is random in an epoch: the generator for the data, PyTorch's own for dropout.

    All processes draw the same order of the data, of which each takes its share, and their own dropout.
    """
    for_order, *for_dropout = np.random.SeedSequence((seed, epoch)).generate_state(2 + process).tolist()
    torch.manual_seed(for_dropout[-1])
    return torch.Generator().manual_seed(for_order)
