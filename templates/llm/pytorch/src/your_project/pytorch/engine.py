"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from .. import memory, processes
from ..adapters import ADAPTER, LoRA
from ..data import IGNORED
from ..errors import ProjectError
from ..sampling import Rereader
from . import lora
from .arrays import ArrayBatches
from .checkpoints import load_weights
from .learner import Learner
from .model import GPT, Cache
from .sharding import ShardedTeam

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..run_folder import RunFolder
    from ..sampling import Reader
    from ..settings import Settings
    from ..stages import Stage
    from .team import Team


class PyTorchEngine(Learner):
    """A GPT on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: GPT
    chunk = 64

    def build(self) -> GPT:
        """Return the network of the card, with LoRA's matrices where it has some."""
        network = GPT(self.card)
        network.recompute = self.settings.recompute
        if self.card.rank:
            lora.add(network, lora_of(self.card))
        return network

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns, by name, from the input to the head: with LoRA that is its matrices."""
        if self.card.rank:
            return {"body": lora.body(self.network), "head": self.network.get_submodule(lora.NAME)}
        return self.network.sections()

    def batches(self, data: Data, team: Team) -> ArrayBatches:
        """Return the training windows."""
        return ArrayBatches(self.inputs(data.train), self.targets(data.train), self.settings.batch_size, team)

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Say how much memory it takes, then train."""
        count = processes.count()
        plan = memory.plan(self.card, self.settings, self.precision, self.parameters, count)
        plan = plan.shared(count) if self.settings.shard else plan
        print(f"memory      {plan.words(self.left())}", flush=True)
        super().fit(data, stages, run)
        if self.card.rank:  # beside the whole weights: a few kilobytes that fit on the base
            lora.save(self.network, lora_of(self.card), run.path / ADAPTER, self.card.base)
        if self.settings.shard and not processes.number():  # its own is split still, and the others have gone
            self.network = self.build().to(self.placement.device)
            self.load(run.best)

    def left(self) -> int:
        """Return the bytes of memory that the device has left, 0 = unknown."""
        device = self.placement.device
        if device.type == "cuda":
            return int(torch.cuda.mem_get_info(device)[0])
        return memory.available() if device.type == "cpu" else 0

    def sharing(self, team: Team) -> Team:
        """Return how the processes share the network: each holds the whole, or a share of every weight."""
        if not self.settings.shard:
            return team
        if team.size == 1:
            raise ProjectError("--shard splits the network between processes, and this is one: use torchrun")
        if self.precision == "fp16":
            raise ProjectError("--shard computes in fp32 or bf16: choose by --precision")
        return ShardedTeam(
            team.device,
            team.number,
            team.size,
            blocks=tuple(self.network.blocks),
            precision=self.placement.dtype,
        )

    def inputs(self, part: Split) -> Tensor:
        """Return tokens, (N, context)."""
        return torch.from_numpy(part.inputs)

    def targets(self, part: Split) -> Tensor:
        """Return the tokens that follow, (N, context); IGNORED where nothing is to be learned."""
        return torch.from_numpy(part.targets).long()

    def weight(self, targets: Tensor) -> Tensor:
        """Return how many tokens are to be learned: a loss is a mean over them, not over windows."""
        return (targets != IGNORED).sum()

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return the mean loss of the tokens that are to be learned."""

        def loss(logits: Tensor, targets: Tensor) -> Tensor:
            return cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)

        return loss

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the sum of the tokens' losses."""
        return {"validation_loss": token_losses(outputs, targets).sum()}

    def losses(self, part: Split) -> np.ndarray:
        """Return the loss of each token in nats, (N, context) float32."""
        found = []
        for start in range(0, len(part), self.chunk):  # the logits of all would be a thousand times as large
            some = part.take(slice(start, start + self.chunk))
            found.append(token_losses(self.scores(some), self.targets(some)))
        return torch.cat(found).numpy()

    def load_body(self, weights: Path) -> None:
        """Load all weights of another network but LoRA's matrices, which stay fresh."""
        load_weights(self.network, weights, without=f"{lora.NAME}.")

    def reader(self, *, cached: bool = True) -> Reader:
        """Return what reads tokens and says which come next."""
        return CachedReader(self) if cached else Rereader(self.last_logits)

    @torch.inference_mode()
    def last_logits(self, tokens: np.ndarray, cache: Cache | None = None) -> np.ndarray:
        """Return the logits of what follows on some tokens, float32 of shape (tokens,)."""
        self.network.eval()
        with self.placement.autocast():
            logits = self.network(torch.from_numpy(tokens)[None].to(self.placement.device), cache)
        last: np.ndarray = logits[0, -1].cpu().numpy()
        return last


class CachedReader:
    """Reads each token once: keys and values of those before are kept."""

    def __init__(self, engine: PyTorchEngine) -> None:
        self.engine = engine
        self.forget()

    def read(self, tokens: np.ndarray) -> np.ndarray:
        """Read tokens that follow on those read before; return the logits of what comes next."""
        return self.engine.last_logits(tokens, self.cache)

    def forget(self) -> None:
        """Begin again with nothing read."""
        self.cache = Cache()


def lora_of(card: ModelCard) -> LoRA:
    """Return what the card says of LoRA."""
    return LoRA(card.rank, card.alpha, card.adapter_dropout, card.targets)


def token_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of each token, (N, T); 0 where nothing is to be learned."""
    return cross_entropy(logits.transpose(1, 2), targets, ignore_index=IGNORED, reduction="none")
