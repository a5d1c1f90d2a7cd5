"""The four programs. Each takes the name of a framework and a command line (default: its own).

`program.py` makes a request of the command line; the work is done in `training.py`, `finetuning.py` and
`evaluation.py`, which are imported when they are needed, so that `--help` answers at once.
"""

from __future__ import annotations

from .program import Program, Request, start
from .settings import Settings

#: small enough for seconds on any processor, yet every line of the programs runs
SMOKE = {"epochs": 1, "head_epochs": 1, "width": 8, "limit": 200, "batch_size": 32, "shots": 4}


def train(framework: str, argv: list[str] | None = None) -> None:
    """Train a network, evaluate it and write a report."""

    def work(request: Request[Settings]) -> None:
        from . import training

        training.train(request)

    groups = ("data", "network", "training", "machine", "the run")
    words = "Train a network, evaluate it and write a report."
    start(Program("train", Settings, groups, words, SMOKE, work, parallel=True), framework, argv)


def finetune(framework: str, argv: list[str] | None = None) -> None:
    """Adapt a trained network to classes that it has not seen, beside training from scratch."""

    def work(request: Request[Settings]) -> None:
        from . import finetuning

        finetuning.finetune(request)

    groups = ("data", "network", "training", "fine-tuning", "machine", "the run")
    words = "Adapt a trained network to new classes, beside training from scratch with the same budget."
    start(Program("finetune", Settings, groups, words, SMOKE, work), framework, argv)


def evaluate(framework: str, argv: list[str] | None = None) -> None:
    """Evaluate a trained network on images that it was not trained on."""

    def work(request: Request[Settings]) -> None:
        from . import evaluation

        evaluation.evaluate(_with_a_run(request))

    groups = ("data", "machine", "the run")
    words = "Evaluate a trained network on images that it was not trained on."
    start(Program("evaluate", Settings, groups, words, SMOKE, work), framework, argv)


def predict(framework: str, argv: list[str] | None = None) -> None:
    """Say what is on images."""

    def work(request: Request[Settings]) -> None:
        from . import evaluation

        evaluation.predict(_with_a_run(request))

    groups = ("prediction", "machine", "the run")
    start(Program("predict", Settings, groups, "Say what is on images.", SMOKE, work), framework, argv)


def _with_a_run(request: Request[Settings]) -> Request[Settings]:
    """Give a smoke run, whose folder is empty, a network to work with."""
    if request.settings.smoke:
        from . import training

        training.train(request)
    return request
