"""The four programs. Each takes the name of a framework and a command line (default: its own).

Here settings become a call; the work is done in `training.py`, `finetuning.py` and `evaluation.py`, which are
imported when they are needed, so that `--help` answers at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from . import arguments, engines
from .errors import run_program
from .files import project_root
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


#: how the temporary folders of smoke runs begin
SMOKE = "your-project-"


@dataclass(frozen=True)
class Request:
    """What was asked for, and of which framework."""

    framework: str
    settings: Settings
    given: dict[str, Any]  # the settings that were given by file or command line, by name

    @property
    def runs(self) -> Path:
        """The folder of runs."""
        return project_root() / self.settings.runs


def train(framework: str, argv: list[str] | None = None) -> None:
    """Train a network, evaluate it and write a report."""

    def work(request: Request) -> None:
        from . import training

        training.train(request)

    groups = ("data", "network", "training", "machine", "the run")
    _start("train", framework, argv, groups, "Train a network, evaluate it and write a report.", work)


def finetune(framework: str, argv: list[str] | None = None) -> None:
    """Adapt a trained network to classes that it has not seen, beside training from scratch."""

    def work(request: Request) -> None:
        from . import finetuning

        finetuning.finetune(request)

    groups = ("data", "network", "training", "fine-tuning", "machine", "the run")
    words = "Adapt a trained network to new classes, beside training from scratch with the same budget."
    _start("finetune", framework, argv, groups, words, work)


def evaluate(framework: str, argv: list[str] | None = None) -> None:
    """Evaluate a trained network on images that it was not trained on."""

    def work(request: Request) -> None:
        from . import evaluation

        evaluation.evaluate(_with_a_run(request))

    words = "Evaluate a trained network on images that it was not trained on."
    _start("evaluate", framework, argv, ("data", "machine", "the run"), words, work)


def predict(framework: str, argv: list[str] | None = None) -> None:
    """Say what is on images."""

    def work(request: Request) -> None:
        from . import evaluation

        evaluation.predict(_with_a_run(request))

    groups = ("prediction", "machine", "the run")
    _start("predict", framework, argv, groups, "Say what is on images.", work)


def _start(
    program: str,
    framework: str,
    argv: list[str] | None,
    groups: tuple[str, ...],
    description: str,
    work: Callable[[Request], None],
) -> None:
    """Read the settings and do the work; what goes wrong ends in one line."""
    settings, given = arguments.parse(
        Settings, argv, program=engines.command(framework, program), description=description, groups=groups
    )

    def body() -> None:
        with _place(Request(framework, settings, given)) as request:
            work(request)

    run_program(body)


@contextmanager
def _place(request: Request) -> Iterator[Request]:
    """Let a smoke run work in a folder that vanishes with it, lest its network be taken for a trained one."""
    if not request.settings.smoke:
        yield request
        return
    with TemporaryDirectory(prefix=SMOKE, ignore_cleanup_errors=True) as folder:
        # small enough for seconds on any processor, yet every line of the program runs
        small: dict[str, Any] = {
            "epochs": 1,
            "head_epochs": 1,
            "width": 8,
            "limit": 200,
            "batch_size": 32,
            "shots": 4,
        }
        small |= {"runs": folder, "run": "", "resume": False}
        yield replace(request, settings=replace(request.settings, **small), given=request.given | small)
    print("smoke run   done; what it wrote is deleted again")


def _with_a_run(request: Request) -> Request:
    """Give a smoke run, whose folder is empty, a network to work with."""
    if request.settings.smoke:
        from . import training

        training.train(request)
    return request
