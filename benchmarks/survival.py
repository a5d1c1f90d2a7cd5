"""What a kill leaves behind: installers killed at random moments, then run once more, then looked through.

    python benchmarks/survival.py [--kills 40] [--write]      # in a checkout; ten minutes

Every tool makes an environment of the same wheels (made here, from a folder: no network), is killed with
SIGKILL at a moment drawn evenly over its usual duration, and run again with the same command. Afterwards
every file that an installed package's RECORD names must be there, as long as it says.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import uv
from builds_table import table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scaffold import __version__
from scaffold.environments.condition.verify import damages
from scaffold.environments.layout import site_packages_of
from tests.environments.conftest import make_wheel
from tests.environments.standins import make_project, make_wheels

RESULTS = Path(__file__).with_name("results")
PACKAGES, FILES = 6, 4000
PYTHON = str(getattr(sys, "_base_executable", sys.executable))


ABOUT = """\
Made by `python benchmarks/survival.py --write` with {made}.

{packages} packages of {files} files each, from a folder of wheels; uv's cache is warm. Each run is killed
(SIGKILL) at a moment drawn evenly over the tool's usual duration, then the same command is run once more.
*Incomplete*: a package is missing, or a file that its RECORD names is missing or cut short. *Cut in two*:
it is listed as installed and lacks files. scaffold's time holds the making of the environment, the
verification and a training step of the stand-in framework; the others start from an environment that is
there."""


@dataclass(frozen=True)
class Tool:
    """One way to make the environment; ``command`` makes it in the folder that it is given."""

    name: str
    command: Callable[[Path], list[str]]
    prepare: Callable[[Path], None]


@dataclass
class Outcome:
    """What came of one tool's kills."""

    kills: int = 0
    incomplete: int = 0  # of them left an environment that lacks something
    cut: int = 0  # of these, a package is listed as installed and lacks files
    broken: int = 0  # still lacks something after one more run that ended with status 0
    refused: int = 0  # the second run did not succeed
    seconds: float = 0.0  # of a run that nobody kills, median


def wheelhouse(folder: Path) -> Path:
    """Stand-ins for frameworks, and some packages of many files."""
    make_wheels(folder)
    for number in range(PACKAGES):
        files = {f"many{number}/part_{n}.py": f"number = {n}\n" * 100 for n in range(FILES)}
        make_wheel(folder, f"many{number}", "1.0", files)
    return folder


def names() -> list[str]:
    """What is asked for, the same of all."""
    return ["torch==2.13.0+cpu", *(f"many{number}" for number in range(PACKAGES))]


def tools(wheels: Path) -> list[Tool]:
    """The peers and ourselves."""
    binary = uv.find_uv_bin()

    def empty(folder: Path) -> None:
        subprocess.run([binary, "venv", "-q", "--seed", "--python", PYTHON, ".venv"], cwd=folder, check=True)

    def project(folder: Path) -> None:
        folder.rmdir()
        make_project(folder, "pytorch")
        declared = (folder / "pyproject.toml").read_text()
        listed = ", ".join(json.dumps(name) for name in names()[1:])
        (folder / "pyproject.toml").write_text(declared.replace('["alpha"]', f"[{listed}]"))

    def synced(folder: Path) -> None:
        project(folder)
        text = (
            (folder / "pyproject.toml")
            .read_text()
            .replace("dependencies = [", f'dependencies = ["{names()[0]}", ')
        )
        (folder / "pyproject.toml").write_text(text + "[tool.uv]\npackage = false\n")
        command = [binary, "lock", "-q", "--no-index", "--find-links", str(wheels), "--python", PYTHON]
        subprocess.run(command, cwd=folder, check=True)
        empty(folder)

    sources = ["--no-index", "--find-links", str(wheels)]
    ours = [sys.executable, "-m", "scaffold", "env", "create", "--yes", "--python", PYTHON]

    def with_pip(folder: Path) -> list[str]:
        return [str(folder / ".venv/bin/python"), "-m", "pip", "install", *sources, *names()]

    def with_uv(folder: Path) -> list[str]:
        return [binary, "pip", "install", "--python", str(folder / ".venv"), *sources, *names()]

    return [
        Tool("pip install", with_pip, empty),
        Tool("uv pip install", with_uv, empty),
        Tool("uv sync", lambda _: [binary, "sync", "--frozen", *sources], synced),
        Tool("scaffold env create", lambda _: [*ours, "--index", str(wheels)], project),
    ]


def run(
    command: list[str], folder: Path, cache: Path, *, kill_after: float | None = None
) -> tuple[int, float]:
    """Exit status and duration; killed after that many seconds."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UV_", "PIP_", "VIRTUAL_ENV"))
    }
    environment = {
        **kept,
        "HOME": str(cache.parent),  # the user's own settings would bring other packages
        "UV_CACHE_DIR": str(cache),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(kill_after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode, time.perf_counter() - started


def lacks(folder: Path) -> bool:
    """Whether the environment lacks a package or a file."""
    location = folder / ".venv"
    packages = site_packages_of(location)
    wanted = {name.partition("==")[0] for name in names()}
    if packages is None:
        return True
    there = {one.name.partition("-")[0] for one in packages.glob("*.dist-info")}
    return not wanted <= there or bool(damages(location))


def measure(tool: Tool, kills: int, cache: Path) -> Outcome:
    """Kill it at moments drawn evenly over its duration."""
    draw, outcome = random.Random(0), Outcome()
    durations = []
    for _ in range(3):
        with fresh(tool) as folder:
            status, took = run(tool.command(folder), folder, cache)
            assert status == 0, tool.name
            assert not lacks(folder), tool.name
            durations.append(took)
    outcome.seconds = statistics.median(durations)
    for _ in range(kills):
        with fresh(tool) as folder:
            run(tool.command(folder), folder, cache, kill_after=draw.uniform(0, outcome.seconds))
            outcome.kills += 1
            outcome.incomplete += lacks(folder)
            outcome.cut += bool(damages(folder / ".venv"))
            status, _ = run(tool.command(folder), folder, cache)
            outcome.refused += status != 0
            outcome.broken += status == 0 and lacks(folder)
    return outcome


class fresh:  # noqa: N801 - reads as a word
    """A folder that is ready for a tool, and goes away."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool

    def __enter__(self) -> Path:
        self._base = Path(tempfile.mkdtemp(prefix="survival-"))
        folder = self._base / "project"
        folder.mkdir()
        self._tool.prepare(folder)
        return folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._base, ignore_errors=True)


def main() -> None:
    """Measure, print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=40, help="kills of each tool")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/survival.{md,json}")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="survival-wheels-") as base:
        wheels = wheelhouse(Path(base) / "wheels")
        found = {one.name: measure(one, asked.kills, Path(base) / "cache") for one in tools(wheels)}
    page = text(found)
    print(page)
    if asked.write:
        (RESULTS / "survival.md").write_text(page, encoding="utf-8")
        values = {name: vars(one) for name, one in found.items()}
        (RESULTS / "survival.json").write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def counts(one: Outcome) -> tuple[int, ...]:
    """A row's numbers."""
    return one.kills, one.incomplete, one.cut, one.broken, one.refused


def text(found: dict[str, Outcome]) -> str:
    """The page."""
    head = [
        "tool",
        "kills",
        "left incomplete",
        "a package cut in two",
        "still incomplete after the same command ended well",
        "same command failed",
        "s, not killed",
    ]
    rows = [
        [f"`{name}`", *map(str, counts(one)), f"{one.seconds:.1f}"] for name, one in found.items()
    ]  # fmt: skip
    made = (
        f"scaffold {__version__}, uv {version('uv')}, pip {version('pip')}, Python {sys.version.split()[0]}"
    )
    said = ABOUT.format(made=made, packages=PACKAGES, files=FILES)
    return f"# What a kill leaves behind\n\n{said}\n\n{table(head, rows)}\n"


if __name__ == "__main__":
    main()
