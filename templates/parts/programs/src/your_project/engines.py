"""What every framework offers, and where it is found: the only place that knows which there are."""

from __future__ import annotations

import importlib
import os
import shlex
import subprocess
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from . import processes
from .errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from .run_folder import RunFolder
    from .stages import Stage

FOLDERS = {"pytorch": "pytorch", "keras": "tfkeras", "numpy": "by_hand"}
CLASSES = {"pytorch": "PyTorchEngine", "keras": "KerasEngine", "numpy": "NumPyEngine"}

#: those whose engine can share its work with the same program in other processes
PARALLEL = frozenset({"pytorch"})


class Engine(Protocol):
    """One network on one device. What it learns from, and what it is asked, `engine.py` says."""

    framework: str  # pytorch | keras | numpy
    version: str  # of the framework
    best: str  # file name of the best weights, in the framework's own format
    last: str  # file name of the state to resume from
    card: Any  # a dataclass: all that one needs to build the network again
    device: str  # cpu, cuda:0 (NVIDIA H200), mps
    device_reason: str
    precision: str  # fp32, bf16, fp16
    precision_reason: str
    parameters: int  # trainable ones
    formats: tuple[str, ...]  # in which `export` writes it

    def fit(self, data: Any, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages, logging each epoch to the run.

        Keeps the best weights (lowest validation loss) in `run.best` and everything that an exact
        resume needs in `run.last`, both written atomically; leaves the best weights in place.
        """

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""

    def save(self, weights: Path) -> None: ...

    def load_body(self, weights: Path) -> None:
        """Load all but the head from the weights of another network; the head stays fresh."""

    def outputs(self, part: Any) -> np.ndarray:
        """Return what the network gives for some samples, float32; the first axis counts them."""

    def arrays(self, part: Any) -> tuple[np.ndarray, ...]:
        """Return what an exported network takes, of some samples."""

    def export(self, part: Any, name: str, folder: Path) -> Path:
        """Write the network in a format; `part` holds samples by which it is traced."""

    def exported(self, file: Path, part: Any) -> np.ndarray:
        """Return what the exported network gives for some samples, read back from its file."""


def find(framework: str) -> Any:
    """Import a framework, and return the class of its engine: `Engine`, with what `engine.py` adds."""
    package = f"{__package__}.{FOLDERS[framework]}"
    try:
        # a package may know how its framework is imported without noise
        with getattr(importlib.import_module(package), "importing", nullcontext)():
            return getattr(importlib.import_module(f"{package}.engine"), CLASSES[framework])
    except ModuleNotFoundError as missing:
        raise ProjectError(
            f"{missing.name} is not installed for {sys.executable}: choose the project's interpreter,"
            " or install the project's requirements"
        ) from None


def command(framework: str, program: str, python: str = "python") -> str:
    """Return the command that runs a program."""
    return f"{python} -m {module(framework, program)}"


def module(framework: str, program: str) -> str:
    """Return the module of a program."""
    return f"{__package__}.{FOLDERS[framework]}.{program}"


def pasted(framework: str, program: str) -> str:
    """Return the command that runs a program with this very Python, whatever environment is active.

    It holds in every folder: a program's own need not be that of the shell from which it was started. Where
    torchrun has started several processes, it does so again.
    """
    python = quoted(sys.executable) if sys.executable else "python"
    if processes.count() == 1:
        return command(framework, program, python)
    # the dashes: it would take our --run for the beginning of an option of its own
    copies = f"--standalone --nproc_per_node {processes.count_here()}"
    return f"{python} -m torch.distributed.run {copies} -m -- {module(framework, program)}"


def quoted(argument: object) -> str:
    """Return one argument as the shell of this platform takes it."""
    return subprocess.list2cmdline([str(argument)]) if os.name == "nt" else shlex.quote(str(argument))
