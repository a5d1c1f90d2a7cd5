"""Networks that one GPU cannot train: each process keeps a share of every weight (FSDP2).

`fully_shard` splits weights, gradients and the optimiser's averages over the processes. A block's weights
come together just before the block computes and go again behind it, so a GPU holds its share and one block.
After Rajbhandari et al. 2020 (ZeRO stage 3, arXiv:1910.02054) and Zhao et al. 2023 (arXiv:2304.11277).

The network is made whole and then split, and whole again in the first process at the end, which evaluates it.
So what a GPU cannot even hold is not for this; of what training takes, weights are the smaller part.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from .team import Team

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from torch import Tensor, nn


@dataclass(frozen=True)
class ShardedTeam(Team):
    """Processes that each keep a share of a network. Files hold the whole, as without sharing."""

    blocks: tuple[nn.Module, ...] = field(default=(), kw_only=True)
    precision: torch.dtype = field(default=torch.float32, kw_only=True)

    def learner(self, network: nn.Module) -> nn.Module:
        """Return the network, split; its gradients are averaged while they are computed."""
        if not isinstance(network, FSDPModule):
            shard(network, self.blocks, self, self.precision)
        return network

    @contextmanager
    def alone(self, learner: nn.Module) -> Iterator[None]:
        """Let gradients add up in this process while the context lasts; the averaging waits."""
        network = cast("FSDPModule", learner)
        network.set_requires_gradient_sync(requires_gradient_sync=False)
        yield
        network.set_requires_gradient_sync(requires_gradient_sync=True)

    def weights(self, network: nn.Module) -> dict[str, Tensor]:
        """Return the whole weights in the first process, nothing in the others; all must call it."""
        whole = ((name, gathered(value)) for name, value in network.state_dict().items())
        return {name: value for name, value in whole if self.leads}

    def averages(self, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
        """Return the optimiser's state, in the form that it has of the whole network."""
        state = optimiser.state_dict()
        whole = {
            number: {name: gathered(value) for name, value in held.items()}
            for number, held in state["state"].items()
        }
        return {**state, "state": whole}

    def restore(self, optimiser: torch.optim.Optimizer, saved: dict[str, Any]) -> None:
        """Take this process' share of what `averages` returned."""
        parameters = [one for group in optimiser.param_groups for one in group["params"]]
        shares = {
            number: {name: share(value, parameters[number]) for name, value in held.items()}
            for number, held in saved["state"].items()
        }
        optimiser.load_state_dict({**saved, "state": shares})

    def finish(self, network: nn.Module, best: Path) -> None:
        """Leave the network split: the engine builds a whole one for the weights in the file."""


def shard(network: nn.Module, blocks: Iterable[nn.Module], team: Team, precision: torch.dtype) -> None:
    """Split a network over the processes of a team; all of them must hold the same weights before.

    `blocks` are gathered one at a time; what lies outside of them is a unit of its own. Weights are gathered
    and features computed in `precision`, gradients are added up in float32. Make the optimiser afterwards:
    the parameters change.
    """
    mesh = init_device_mesh(team.device.type, (team.size,))
    policy = MixedPrecisionPolicy(param_dtype=precision, reduce_dtype=torch.float32)
    for block in blocks:
        fully_shard(block, mesh=mesh, mp_policy=policy)
    fully_shard(network, mesh=mesh, mp_policy=policy)


def gathered(value: Any) -> Any:
    """Return a tensor as a whole, on the processor; all processes must call it. Others are returned as is."""
    return value.full_tensor().detach().cpu() if isinstance(value, DTensor) else value


def share(value: Any, parameter: Tensor) -> Any:
    """Return this process' share of a tensor that belongs to a parameter; single numbers are not split."""
    if not (isinstance(parameter, DTensor) and isinstance(value, torch.Tensor) and value.ndim):
        return value
    whole = value.to(parameter.device_mesh.device_type)
    # every process has read the same file: nothing need be sent
    return distribute_tensor(whole, parameter.device_mesh, parameter.placements, src_data_rank=None)


def own_size(network: nn.Module) -> int:
    """Return the bytes of weights that this process keeps while nothing is computed."""
    kept = [one.to_local() if isinstance(one, DTensor) else one for one in network.parameters()]
    return sum(one.numel() * one.element_size() for one in kept)
