"""Frozen weights in 8 or 4 bits: a base that need not learn can be kept small while adapters learn beside it.

That is QLoRA (Dettmers et al. 2023, arXiv:2305.14314) without its CUDA kernels, in plain PyTorch: it runs on
every device. Each product makes the weights float again for its moment, so it saves memory and costs time.
Where speed matters too, and the GPU is NVIDIA's, the package bitsandbytes has kernels that do both at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from ..errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Collection

#: weights that share a scale in 4 bits, as in QLoRA
BLOCK = 64
#: NF4: 16 values that normally distributed weights use equally often (QLoRA, appendix E)
NF4 = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635),
    *(-0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725),
    *(0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941),
    *(0.7229568362236023, 1.0),
)


class QuantisedLinear(nn.Linear):
    """A frozen linear layer; `dense` makes its weights float again. It is an `nn.Linear` to all who ask."""

    weight: Any  # integers, a buffer: nothing that an optimiser could take
    bias: Any

    def __init__(self, layer: nn.Linear) -> None:
        nn.Module.__init__(self)  # nn.Linear's own would make weights that nobody needs
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.bias = layer.bias
        if self.bias is not None:
            self.bias.requires_grad_(False)
        self.store(layer.weight.detach().float())

    def store(self, weight: Tensor) -> None:
        """Keep float32 weights of shape (outputs, inputs) as integers."""
        raise NotImplementedError

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weights as floats."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer gives, in the precision of its inputs or of autocast."""
        kind = x.device.type
        if torch.is_autocast_enabled(kind):
            x = x.to(torch.get_autocast_dtype(kind))
        product: Tensor = _Product.apply(x, self)
        return product if self.bias is None else product + self.bias.to(product.dtype)


class _Product(torch.autograd.Function):
    """x W^T, which keeps no float copy of W for the way back: it would take what quantising has saved."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: QuantisedLinear) -> Tensor:  # type: ignore[override]
        ctx.layer = layer
        return linear(x, layer.dense(x.dtype))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return gradient @ ctx.layer.dense(gradient.dtype), None


class Int8Linear(QuantisedLinear):
    """8 bits: each row has a scale, and its largest weight becomes 127."""

    def store(self, weight: Tensor) -> None:
        """Keep float32 weights of shape (outputs, inputs) as int8."""
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("weight", (weight / scale).round().to(torch.int8))

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weights as floats."""
        scale: Any = self.scale
        return self.weight.to(dtype) * scale.to(dtype)  # type: ignore[no-any-return]


class NF4Linear(QuantisedLinear):
    """4 bits: each block of 64 weights has a scale, and each weight is one of 16 values; a byte holds two."""

    def store(self, weight: Tensor) -> None:
        """Keep float32 weights of shape (outputs, inputs) as uint8, two in each."""
        flat = weight.flatten()
        blocks = torch.cat([flat, flat.new_zeros(-len(flat) % BLOCK)]).view(-1, BLOCK)
        scale = blocks.abs().amax(1, keepdim=True).clamp(min=1e-12)
        values = torch.tensor(NF4, device=weight.device)
        middles = (values[1:] + values[:-1]) / 2  # between two of them the nearer one is taken
        codes = torch.bucketize(blocks / scale, middles).to(torch.uint8).view(-1, 2)
        self.register_buffer("scale", scale)
        self.register_buffer("values", values, persistent=False)
        self.register_buffer("weight", codes[:, 0] * 16 + codes[:, 1])

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weights as floats."""
        scale: Any = self.scale
        values: Any = self.values
        codes = torch.stack((self.weight >> 4, self.weight & 15), 1).view(-1, BLOCK)
        flat = (values.to(dtype)[codes.int()] * scale.to(dtype)).flatten()
        return flat[: self.out_features * self.in_features].view(self.out_features, self.in_features)


KINDS: dict[int, type[QuantisedLinear]] = {8: Int8Linear, 4: NF4Linear}


@dataclass(frozen=True)
class Saving:
    """What a model takes before and after, in bytes."""

    bits: int
    before: int
    after: int
    layers: int = 0  # that are kept in fewer bits
    whole: tuple[str, ...] = ()  # names of matrices that are not, as their layers are of another kind

    def words(self) -> str:
        """Return the saving as a line, with its price."""
        told = (
            f"{self.before / 1e6:,.0f} MB of weights become {self.after / 1e6:,.0f} MB: linear layers in"
            f" {self.bits} bits, made float again in each product, which takes more time"
        )
        if not self.whole:
            return told
        return f"{told}; of layers that are not linear {len(self.whole)} stay whole ({self.whole[0]})"


def quantise(model: nn.Module, bits: int, without: Collection[str] = ()) -> Saving:
    """Replace a model's linear layers by frozen ones of 8 or 4 bits, except those that are called `without`.

    The embedding stays, and an output layer that is tied to it should: name it in `without`.
    """
    if bits not in KINDS:
        raise ProjectError(f"weights are kept in {' or '.join(map(str, sorted(KINDS)))} bits, not in {bits}")
    before, count = size(model), 0
    for name, layer in list(model.named_modules()):
        if name not in without and (plain := as_linear(layer)) is not None:
            parent, _, last = name.rpartition(".")
            setattr(model.get_submodule(parent), last, KINDS[bits](plain))
            count += 1
    whole = tuple(
        f"{name}.{part}" if name else part
        for name, layer in model.named_modules()
        if name not in without and not isinstance(layer, nn.Embedding)
        for part, weights in layer.named_parameters(recurse=False)
        if weights.ndim > 1
    )
    return Saving(bits, before, size(model), count, whole)


def as_linear(layer: Any) -> nn.Linear | None:
    """Return a layer as a linear one, None where it is of another kind.

    GPT-2's `Conv1D` of transformers is one whose matrix is turned: (inputs, outputs).
    """
    if type(layer) is nn.Linear:
        return layer
    if type(layer).__name__ != "Conv1D" or not hasattr(layer, "nf"):
        return None
    outputs, inputs = layer.weight.shape[1], layer.weight.shape[0]
    plain = nn.Linear(inputs, outputs, device="meta")
    plain.weight, plain.bias = nn.Parameter(layer.weight.detach().T), layer.bias
    return plain


def size(model: nn.Module) -> int:
    """Return the bytes of a model's weights and buffers, each counted once however often it is used."""
    kept = {tensor.data_ptr(): tensor for tensor in (*model.parameters(), *model.buffers())}
    return sum(tensor.numel() * tensor.element_size() for tensor in kept.values())
