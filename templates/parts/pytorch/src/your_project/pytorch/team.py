"""Several processes that train one network, on as many GPUs or on the processor.

Each holds the whole network and all of the data, and takes its share of every batch. The gradients are
averaged before each step, so that all make the same step, and the networks stay equal: two processes learn
what one would from the same batches, but that batch normalisation sees each share by itself.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from .. import processes
from .checkpoints import load_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from torch import Tensor, nn


@dataclass(frozen=True)
class Team:
    """This process among those that train together; each holds the whole network.

    A network may be shared in another way (see `Learner.sharing`): then the methods that take a network are
    others. All processes call them, as some need all to answer.
    """

    device: torch.device
    number: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether it is this process that writes."""
        return self.number == 0

    def learner(self, network: nn.Module) -> nn.Module:
        """Return the network with gradients that are averaged over all processes while they are computed.

        What learns must be settled before: DistributedDataParallel looks once.
        """
        if self.size == 1:
            return network
        devices = None if self.device.type == "cpu" else [self.device]
        return DistributedDataParallel(network, device_ids=devices)

    def alone(self, learner: nn.Module) -> AbstractContextManager[None]:
        """Let gradients add up in this process while the context lasts; the averaging waits."""
        return learner.no_sync() if isinstance(learner, DistributedDataParallel) else nullcontext()

    def weights(self, network: nn.Module) -> dict[str, Tensor]:
        """Return the whole network's weights; what other processes than the first get is of no use."""
        return network.state_dict()

    def averages(self, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
        """Return the optimiser's state, of all weights; only the first process gets what is of use."""
        return optimiser.state_dict()

    def restore(self, optimiser: torch.optim.Optimizer, saved: dict[str, Any]) -> None:
        """Put what `averages` returned back."""
        optimiser.load_state_dict(saved)

    def finish(self, network: nn.Module, best: Path) -> None:
        """Leave the best weights in the network of the first process."""
        if self.leads:
            load_weights(network, best)

    def total(self, values: Tensor) -> Tensor:
        """Return the sums over all processes, the same in each to the last bit."""
        if self.size > 1:
            values = values.to(self.device)
            dist.all_reduce(values)
        return values

    def share_statistics(self, network: nn.Module) -> None:
        """Let all normalise by the same means and variances: those that the first process has seen.

        DistributedDataParallel does so before each step; what the last one has added is not shared yet.
        """
        if self.size > 1:
            for statistic in network.buffers():
                dist.broadcast(statistic, 0)


@contextmanager
def gathered(device: torch.device) -> Iterator[Team]:
    """Wait for the other processes, and work together until the block ends."""
    if processes.count() == 1:
        yield Team(device)
        return
    if device.type == "cpu":
        dist.init_process_group("gloo")
    else:
        # NCCL is the fast way between NVIDIA's and AMD's GPUs, XCCL between Intel's; Windows has neither
        has_nccl = device.type == "cuda" and dist.is_nccl_available()
        backend = "nccl" if has_nccl else "xccl" if device.type == "xpu" else "gloo"
        torch.accelerator.set_device_index(device.index)
        dist.init_process_group(backend, device_id=device if has_nccl else None)
    try:
        yield Team(device, processes.number(), processes.count())
    finally:
        dist.destroy_process_group()
