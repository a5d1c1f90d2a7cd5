"""How long the command takes to start, beside the peers: whole processes, interleaved, medians and ratios.

    python benchmarks/startup.py      # with the peers that are installed beside this interpreter

Ratios are to be trusted, seconds are this machine's.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
HERE = Path(sys.executable).parent


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def commands() -> dict[str, list[str]]:
    """What is measured: bare Python first, ourselves, the peers that are here."""
    python = [sys.executable]
    found = {
        "python -c pass": [*python, "-c", "pass"],
        "import click": [*python, "-c", "import click"],
        "scaffold --version": [*python, "-m", "scaffold", "--version"],
        "scaffold --help": [*python, "-m", "scaffold", "--help"],
        "scaffold detect": [*python, "-m", "scaffold", "detect"],
    }
    for peer in ("cookiecutter", "copier", "virtualenv"):
        if (HERE / peer).exists():
            found[f"{peer} --help"] = [str(HERE / peer), "--help"]
    return found


def main() -> None:
    """Measure in turn, so that a machine that slows down slows all alike."""
    measured: dict[str, list[float]] = {name: [] for name in commands()}
    for _ in range(ROUNDS):
        for name, command in commands().items():
            measured[name].append(seconds(command))
    base = statistics.median(measured["import click"])
    print(f"{'command':24} {'median ms':>10} {'min ms':>8} {'x click':>8}")
    for name, values in measured.items():
        median = statistics.median(values)
        print(f"{name:24} {median * 1000:10.0f} {min(values) * 1000:8.0f} {median / base:8.2f}")


if __name__ == "__main__":
    main()
