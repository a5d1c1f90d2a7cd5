"""What every PyTorch engine does: place a network, train it, ask it, keep it, export it.

A project's `engine.py` says the rest: which network, which batches, which loss, how good it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from . import exports
from .arrays import cut
from .checkpoints import BEST, LAST, load_weights, save_weights
from .device import place
from .loop import Training
from .team import gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    from torch import Tensor, nn

    from ..run_folder import RunFolder
    from ..stages import Stage
    from .loop import Batches
    from .team import Team

#: the last of a network's sections: what `load_body` leaves fresh
HEAD = "head"


class Learner:
    """One network on one device; see `Engine` in `engines.py` for what it promises.

    The methods up to `measures` are a project's own.
    """

    framework = "pytorch"
    version: str = torch.__version__
    best, last = BEST, LAST
    formats: tuple[str, ...] = exports.FORMATS
    #: samples that are scored at a time
    chunk = 256

    def __init__(self, settings: Any, card: Any) -> None:
        self.settings, self.card = settings, card
        self.placement = place(settings.device, settings.precision)
        self.device, self.device_reason = self.placement.name, self.placement.reason
        self.precision, self.precision_reason = self.placement.precision, self.placement.precision_reason
        torch.manual_seed(settings.seed)  # the initial weights, drawn on the CPU: the same on every device
        self.network = self.build().to(self.placement.device)
        self.parameters = sum(p.numel() for p in self.network.parameters() if p.requires_grad)

    # --- what a project says

    def build(self) -> nn.Module:
        """Return the network of `self.card` with fresh weights."""
        raise NotImplementedError

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        raise NotImplementedError

    def batches(self, data: Any, team: Team) -> Batches:
        """Return the training data, one epoch at a time."""
        raise NotImplementedError

    def inputs(self, part: Any) -> Any:
        """Return what the network takes, of some samples: a tensor on the CPU, or a tuple of them."""
        raise NotImplementedError

    def targets(self, part: Any) -> Tensor:
        """Return what the network should give for them."""
        raise NotImplementedError

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return the mean loss of outputs and targets, as training minimises it."""
        raise NotImplementedError

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return sums over the samples, by name; `validation_loss` is one of them."""
        raise NotImplementedError

    def noted(self) -> dict[str, float]:
        """Return what else the history keeps of each epoch, such as a weight whose way shall be drawn."""
        return {}

    def sharing(self, team: Team) -> Team:
        """Return the team as it shares this network: every process holds the whole of it."""
        return team

    def weight(self, targets: Tensor) -> Any:
        """Return how much targets count in a mean loss, and in what `measures` gives: one each."""
        return len(targets)

    # --- what is the same for all

    def fit(self, data: Any, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; go on where the run stood when it is resumed."""
        with gathered(self.placement.device) as processes:
            team = self.sharing(processes)
            Training(
                network=self.network,
                sections=self.sections(),
                batches=self.batches(data, team),
                loss_function=self.loss_function(),
                evaluate=self.validation(data.validation, team),
                placement=self.placement,
                team=team,
                settings=self.settings,
                run=run,
                weight=self.weight,
                parts=getattr(self.settings, "accumulate", 1),
            ).fit(stages)

    def validation(self, whole: Any, team: Team) -> Callable[[], dict[str, float]]:
        """Return what measures the network on the validation data, shared by all processes."""
        part = whole.take(slice(team.number, None, team.size))
        targets = self.targets(part)
        # as many chunks in all processes, also in those that have a sample less: where each holds a piece of
        # the network, none can compute by itself
        most = -(-len(whole) // team.size)
        weight = torch.as_tensor(self.weight(targets)).double()

        def evaluate() -> dict[str, float]:
            sums: dict[str, Tensor] = {}
            # No sample may be left for one of many processes; sums of nothing are 0. Only the outputs of
            # a chunk are held at a time: those of a language model are large.
            for start in range(0, max(most, 1), self.chunk):
                which = slice(start, start + self.chunk)
                for name, value in self.measures(self.scores(part.take(which)), targets[which]).items():
                    sums[name] = sums.get(name, torch.zeros(())) + value.double()
            *totals, count = team.total(torch.stack([*sums.values(), weight])).tolist()
            means = {name: value / count for name, value in zip(sums, totals, strict=True)}
            return {**means, **self.noted()}

        return evaluate

    @torch.inference_mode()
    def scores(self, part: Any) -> Tensor:
        """Return what the network gives for some samples: float32, on the CPU."""
        self.network.eval()
        inputs, found = self.inputs(part), []
        for start in range(0, max(len(part), 1), self.chunk):
            with self.placement.autocast():
                found.append(self.network(self.moved(cut(inputs, slice(start, start + self.chunk)))).float())
        return torch.cat(found).cpu()

    def moved(self, inputs: Any) -> Any:
        """Return inputs on the network's device."""
        if isinstance(inputs, tuple):
            return tuple(one.to(self.placement.device) for one in inputs)
        return inputs.to(self.placement.device)

    def outputs(self, part: Any) -> np.ndarray:
        """Return what the network gives for some samples, float32."""
        return self.scores(part).numpy()

    def arrays(self, part: Any) -> tuple[np.ndarray, ...]:
        """Return what an exported network takes, of some samples."""
        inputs = self.inputs(part)
        return tuple(one.contiguous().numpy() for one in (inputs if isinstance(inputs, tuple) else (inputs,)))

    def export(self, part: Any, name: str, folder: Path) -> Path:
        """Write the network in a format; `part` holds samples by which it is traced."""
        self.network.eval()
        return exports.write(self.network, self.moved(self.inputs(part)), name, folder)

    def exported(self, file: Path, part: Any) -> np.ndarray:
        """Return what the exported network gives for some samples."""
        return exports.run(file, self.moved(self.inputs(part)))

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""
        load_weights(self.network, weights)

    def save(self, weights: Path) -> None:
        """Write the weights as safetensors."""
        save_weights(self.network, weights)

    def load_body(self, weights: Path) -> None:
        """Load all but the head, which stays fresh, from the weights of another network."""
        load_weights(self.network, weights, without=f"{HEAD}.")
