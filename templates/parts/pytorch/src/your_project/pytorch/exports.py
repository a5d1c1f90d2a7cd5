"""A network as a file that runs without this project: ONNX for onnxruntime, `.pt2` for PyTorch alone."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import TYPE_CHECKING, Any

import torch

from ..files import replacing

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from torch import nn

FORMATS = ("onnx", "pt2")
ENDINGS = {"onnx": "model.onnx", "pt2": "model.pt2"}


def write(network: nn.Module, inputs: Any, name: str, folder: Path) -> Path:
    """Write a network that takes inputs like these, of any number of samples; return the file."""
    file = folder / ENDINGS[name]
    several = torch.export.Dim("samples", min=1)
    each = tuple({0: several} for _ in inputs) if isinstance(inputs, tuple) else {0: several}
    with replacing(file) as draft, _quiet():
        if name == "onnx":
            # external_data: below 2 GB one file holds it all, and can be moved
            program = torch.onnx.export(
                network, (inputs,), dynamo=True, dynamic_shapes=(each,), external_data=False, verbose=False
            )
            program.save(str(draft), external_data=False)  # type: ignore[union-attr]
        else:
            torch.export.save(torch.export.export(network, (inputs,), dynamic_shapes=(each,)), draft)
    return file


def run(file: Path, inputs: Any) -> np.ndarray:
    """Return what the network of a `.pt2` file gives."""
    with _quiet():
        network = torch.export.load(file).module()
    with torch.inference_mode():
        outputs: np.ndarray = network(inputs).float().cpu().numpy()
    return outputs


@contextlib.contextmanager
def _quiet() -> Any:
    """Hold back what the exporter says of packages that no one asked for, and of its own old code."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
