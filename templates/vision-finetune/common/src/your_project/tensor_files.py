"""Weights in PyTorch's oldest file format, read with NumPy alone.

Such a file is a row of pickles, and a pickle can call any function of any module. This reader knows three
names and refuses all others, as `torch.load(weights_only=True)` does; so a stranger's file can do no harm,
and a project without PyTorch can read it.

The layout, of `torch/serialization.py` (`_legacy_save`): a magic number, the version, the sizes of C's types;
the dictionary, in which a tensor names a storage, an offset, its shape and its strides; the list of the
storages' keys; then of each storage the count of its numbers (8 bytes) and the numbers.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from .errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = 0x1950A86A20F9469CFC6C
TYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8"}


class Storage:
    """Numbers that tensors look at; they follow behind the pickles."""

    def __init__(self, kind: str, count: int) -> None:
        self.kind, self.count = np.dtype(kind), count
        self.numbers = np.empty(0, self.kind)

    def read(self, file: BinaryIO) -> None:
        """Read the numbers from where the file stands."""
        said = int.from_bytes(file.read(8), "little")
        raw = file.read(self.count * self.kind.itemsize)
        if said != self.count or len(raw) < self.count * self.kind.itemsize:
            raise ValueError("it is cut off")
        self.numbers = np.frombuffer(raw, self.kind)


class Tensor:
    """A view of a storage; its strides count numbers, not bytes."""

    def __init__(
        self, storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self) -> np.ndarray:
        """Return the numbers in the order of the shape.

        The strides count: who reads a channels-last tensor in the order of its storage gets numbers of the
        right shape in the wrong places, and no error.
        """
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.strides, strict=True))
        if min(self.offset, *self.shape, *self.strides, 0) < 0 or last >= self.storage.count:
            raise ValueError("a tensor reaches beyond its storage")
        size = self.storage.kind.itemsize
        start = self.storage.numbers[self.offset :]
        view = np.lib.stride_tricks.as_strided(start, self.shape, [step * size for step in self.strides])
        return np.ascontiguousarray(view).reshape(self.shape)


def rebuild(
    storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> Tensor:
    """Stand in for the function that makes PyTorch's tensors."""
    return Tensor(storage, offset, tuple(shape), tuple(strides))


class Reader(pickle.Unpickler):
    """An unpickler that can make dictionaries, tensors and nothing else."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Return what a pickle may call; anything else is an `UnpicklingError`."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no part of weights")

    def persistent_load(self, told: Any) -> Storage:
        """Return the storage that a tensor names: ("storage", type, key, device, count, None)."""
        _, kind, key, _, count, _ = told
        return self.storages.setdefault(key, Storage(kind, count))


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file of weights by name; one that holds anything else is a `ProjectError`."""
    try:
        with path.open("rb") as file:
            if Reader(file).load() != MAGIC:
                raise ValueError("it is not of the old format")
            for _ in ("version", "sizes"):
                Reader(file).load()
            reader = Reader(file)
            tensors = reader.load()
            for key in Reader(file).load():
                reader.storages[key].read(file)
        return {name: tensor.array() for name, tensor in tensors.items()}
    except (
        OSError,
        EOFError,
        pickle.UnpicklingError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as problem:
        raise ProjectError(f"cannot read {path} as weights: {problem}") from None
