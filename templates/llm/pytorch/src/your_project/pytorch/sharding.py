"""Networks that one GPU cannot hold: each process keeps a share of every weight (FSDP2).

`fully_shard` splits weights, gradients and the optimiser's averages over the processes. A block's weights
come together just before the block computes and go again behind it, so a GPU holds its share and one block.
After Rajbhandari et al. 2020 (ZeRO stage 3, arXiv:1910.02054) and Zhao et al. 2023 (arXiv:2304.11277).

`train` does not use it: our GPT fits everywhere, and there each process holds the whole (`team.py`). To train
one that does not, call `shard` before the optimiser is made, and save what `gathered_weights` returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor, nn

    from .team import Team


def shard(network: nn.Module, blocks: Iterable[nn.Module], team: Team, precision: torch.dtype) -> None:
    """Split a network over the processes of a team; all of them must hold the same weights before.

    `blocks` are gathered one at a time; what lies outside of them is a unit of its own. Products are computed
    in `precision`, gradients are added up in float32. Make the optimiser afterwards: the parameters change.
    """
    mesh = init_device_mesh(team.device.type, (team.size,))
    policy = MixedPrecisionPolicy(param_dtype=precision, reduce_dtype=torch.float32)
    for block in blocks:
        fully_shard(block, mesh=mesh, mp_policy=policy)
    fully_shard(network, mesh=mesh, mp_policy=policy)


def gathered_weights(network: nn.Module) -> dict[str, Tensor]:
    """Return the whole weights in the first process, nothing in the others; all must call it.

    They lie on the processor, with the names and shapes that the unsharded network's `load_state_dict` takes.
    """
    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    weights: dict[str, Any] = get_model_state_dict(network, options=options)
    return weights


def own_size(network: nn.Module) -> int:
    """Return the bytes of weights that this process keeps while nothing is computed."""
    kept = [one.to_local() if isinstance(one, DTensor) else one for one in network.parameters()]
    return sum(one.numel() * one.element_size() for one in kept)
