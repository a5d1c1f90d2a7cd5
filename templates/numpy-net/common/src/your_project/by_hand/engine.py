"""The NumPy engine: what the rest of the project sees of the network that is written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import ProjectError
from . import checkpoints, exports
from .checkpoints import BEST, LAST
from .loop import Training
from .network import Network, initial

if TYPE_CHECKING:
    from pathlib import Path

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..run_folder import RunFolder
    from ..settings import Settings
    from ..stages import Stage

#: the precisions that NumPy computes in at full speed, and the one for each choice
DTYPES = {"fp32": np.float32, "auto": np.float64}


class NumPyEngine:
    """The two-layer network on the processor; see `TaskEngine` in `engine.py` for what it promises."""

    framework = "numpy"
    version = np.__version__
    best, last = BEST, LAST
    device, device_reason = "cpu", "NumPy computes on the processor"
    formats = exports.FORMATS

    def __init__(self, settings: Settings, card: ModelCard) -> None:
        if settings.device not in ("auto", "cpu"):
            raise ProjectError(f"--device {settings.device} cannot be used: {self.device_reason}")
        if settings.precision not in DTYPES:
            raise ProjectError(f"--precision {settings.precision}: NumPy has fp32 and auto, which is fp64")
        self.settings, self.card = settings, card
        dtype = DTYPES[settings.precision]
        self.precision = "fp64" if dtype is np.float64 else "fp32"
        self.precision_reason = "as the frameworks compute" if dtype is np.float32 else "NumPy's usual one"
        start = initial(card, settings.seed)
        self.network = Network(card, {name: value.astype(dtype) for name, value in start.items()})
        self.parameters = sum(value.size for value in self.network.weights.values())

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; go on where the run stood when it is resumed."""
        Training(self.network, data, self.settings, run).fit(stages)

    def outputs(self, part: Split) -> np.ndarray:
        """Return the scores of some samples, float32, (N, classes)."""
        return self.network.forward(part.inputs).scores.astype(np.float32)

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""
        checkpoints.put(checkpoints.load(weights)[0], self.network.weights, weights)

    def load_body(self, weights: Path) -> None:
        """Load the hidden layer from the weights of another network; the head stays fresh."""
        body = {name: value for name, value in self.network.weights.items() if not name.startswith("head.")}
        checkpoints.put(checkpoints.load(weights)[0], body, weights)

    def save(self, weights: Path) -> None:
        """Write the weights as a NumPy archive."""
        checkpoints.save(weights, self.network.weights)

    def arrays(self, part: Split) -> tuple[np.ndarray, ...]:
        """Return what an exported network takes: features as they are, float32."""
        return (part.inputs.astype(np.float32),)

    def export(self, part: Split, name: str, folder: Path) -> Path:
        """Write the network in a format."""
        return exports.write(self.card, self.network.weights, name, folder)

    def exported(self, file: Path, part: Split) -> np.ndarray:
        """Return what the network of a `.json` file gives for some samples."""
        return exports.run(file, part.inputs)
