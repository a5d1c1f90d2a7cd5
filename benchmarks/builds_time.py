"""How long the commands take, beside uv: whole processes, in turn, medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import uv
from builds_table import table
from pytorch_index import StandIn


def measure(machines: Path, stand: StandIn, rounds: int) -> dict[str, float]:
    """Median seconds of each command; in turn, so that a machine that slows down slows all alike."""
    binary, recorded = uv.find_uv_bin(), f"{machines}#t4-drv535-py311"
    scaffold = [sys.executable, "-m", "scaffold"]
    told = {**stand.environment, "UV_CUDA_DRIVER_VERSION": "535.216.01"}
    resolve = [
        binary,
        "pip",
        "compile",
        "-",
        "--torch-backend=auto",
        "--python-version",
        "3.11",
        "--no-cache",
    ]
    resolve += ["--python", sys.executable, "--default-index", stand.pypi]
    commands: dict[str, tuple[list[str], dict[str, str]]] = {
        "python -c pass": ([sys.executable, "-c", "pass"], dict(os.environ)),
        "uv --version": ([binary, "--version"], dict(os.environ)),
        "scaffold detect": ([*scaffold, "detect"], dict(os.environ)),
        "scaffold detect --facts FILE": ([*scaffold, "detect", "--facts", recorded], dict(os.environ)),
        "scaffold builds --facts FILE": ([*scaffold, "builds", "--facts", recorded], dict(os.environ)),
        "uv pip compile --torch-backend=auto, from the stand-in index": (resolve, told),
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, environment) in commands.items():
            taken[name].append(_seconds(command, environment))
    return {name: statistics.median(values) for name, values in taken.items()}


def _seconds(command: list[str], environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, input=b"torch\n", env=environment, check=False, capture_output=True)
    return time.perf_counter() - start


def page(took: Mapping[str, float]) -> str:
    """The section of the page."""
    base = took["python -c pass"]
    rows = [[f"`{name}`", f"{one * 1000:.0f}", f"{one / base:.1f}"] for name, one in took.items()]
    said = "Whole processes; ratios are to be trusted, milliseconds are one machine's."
    return f"## Time\n\n{said}\n\n{table(['command', 'median ms', 'x Python'], rows)}\n"
