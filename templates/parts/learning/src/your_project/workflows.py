"""The six programs. Each takes the name of a framework and a command line (default: its own).

`program.py` makes a request of the command line; the work is done by the modules that are imported here only
when they are needed, so that `--help` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .program import Program, Request, start
from .settings import DESCRIPTIONS, SMOKE, Settings

if TYPE_CHECKING:
    from collections.abc import Callable


def train(framework: str, argv: list[str] | None = None) -> None:
    """Train a network, evaluate it and write a report."""

    def work(request: Request[Settings]) -> None:
        from . import training

        training.train(request)

    _start("train", ("data", "network", "training"), work, framework, argv, parallel=True)


def finetune(framework: str, argv: list[str] | None = None) -> None:
    """Adapt a trained network to new data, beside training from scratch with the same budget."""

    def work(request: Request[Settings]) -> None:
        from . import finetuning

        finetuning.finetune(request)

    _start("finetune", ("data", "network", "training", "fine-tuning"), work, framework, argv)


def evaluate(framework: str, argv: list[str] | None = None) -> None:
    """Evaluate a trained network on data that it has not learned from."""

    def work(request: Request[Settings]) -> None:
        from . import evaluation

        evaluation.evaluate(_with_a_run(request))

    _start("evaluate", ("data",), work, framework, argv)


def predict(framework: str, argv: list[str] | None = None) -> None:
    """Ask a trained network."""

    def work(request: Request[Settings]) -> None:
        from . import evaluation, prediction

        request = _with_a_run(request)
        prediction.predict(request, *evaluation.trained(request))

    _start("predict", ("prediction",), work, framework, argv)


def search(framework: str, argv: list[str] | None = None) -> None:
    """Try settings, and keep the network whose settings did best on the validation data."""

    def work(request: Request[Settings]) -> None:
        from . import searching

        searching.search(request)

    _start("search", ("search", "data", "network", "training"), work, framework, argv)


def export(framework: str, argv: list[str] | None = None) -> None:
    """Write a trained network in formats that other programs run, and check what was written."""

    def work(request: Request[Settings]) -> None:
        from . import exporting

        exporting.export(_with_a_run(request))

    _start("export", ("export", "data"), work, framework, argv)


def _start(
    name: str,
    groups: tuple[str, ...],
    work: Callable[[Request[Settings]], None],
    framework: str,
    argv: list[str] | None,
    *,
    parallel: bool = False,
) -> None:
    every = (*groups, "machine", "the run")
    start(Program(name, Settings, every, DESCRIPTIONS[name], SMOKE, work, parallel), framework, argv)


def _with_a_run(request: Request[Settings]) -> Request[Settings]:
    """Give a smoke run, whose folder is empty, a network to work with."""
    if request.settings.smoke:
        from . import training

        training.train(request)
    return request
