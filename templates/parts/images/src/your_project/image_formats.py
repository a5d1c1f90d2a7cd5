"""The binary formats in which the classic data sets are published. No pickle: a data file cannot run code."""

from __future__ import annotations

import gzip
import math
import tarfile
import zlib
from typing import TYPE_CHECKING

import numpy as np

from .errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

IDX_UINT8 = 8  # the format's code for unsigned bytes
CIFAR_RECORD = 1 + 3 * 32 * 32  # a label, then the red, the green and the blue plane


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX file of bytes, as MNIST has them: images (N, height, width) or labels (N,).

    Layout: two zero bytes, the type, the number of dimensions, each dimension as 4 bytes, the values.
    """
    try:
        with gzip.open(path) as file:
            raw = file.read()
    except (OSError, EOFError, zlib.error) as problem:
        raise ProjectError(f"cannot read {path}: {problem}; delete it and it is downloaded again") from None
    dimensions = raw[3] if len(raw) > 3 else 0
    start = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(raw[at : at + 4], "big") for at in range(4, start, 4))
    if raw[:3] != bytes((0, 0, IDX_UINT8)) or not dimensions or len(raw) != start + math.prod(shape):
        raise ProjectError(f"{path} is not an IDX file of bytes; delete it and it is downloaded again")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def read_cifar(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Read CIFAR-10's binary archive: `train` and `test`, each images (N, 32, 32, 3) and labels (N,).

    Members are read straight from the archive; nothing is unpacked.
    """
    parts = {"train": [f"data_batch_{i}.bin" for i in range(1, 6)], "test": ["test_batch.bin"]}
    try:
        with tarfile.open(path) as archive:
            members = {member.name.rpartition("/")[2]: member for member in archive}
            raw = {part: [_member(archive, members[name]) for name in names] for part, names in parts.items()}
    except (OSError, EOFError, KeyError, tarfile.TarError, zlib.error) as problem:
        raise ProjectError(f"cannot read {path}: {problem}; delete it and it is downloaded again") from None
    return {part: _split_records(path, b"".join(blocks)) for part, blocks in raw.items()}


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    if file is None:
        raise KeyError(member.name)
    return file.read()


def _split_records(path: Path, raw: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Take labels and images apart and bring the channels last."""
    if len(raw) % CIFAR_RECORD:
        raise ProjectError(f"{path} is cut off; delete it and it is downloaded again")
    records = np.frombuffer(raw, np.uint8).reshape(-1, CIFAR_RECORD)
    images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), records[:, 0].astype(np.int64)
