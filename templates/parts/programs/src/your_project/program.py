"""How a program starts: from its command line to the request that it works on.

Imports nothing heavy, so that `--help` answers at once; what does the work is imported by `Program.work`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import Field, dataclass, replace
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from . import arguments, engines, processes
from .errors import ProjectError, run_program
from .files import project_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

#: how the temporary folders of smoke runs begin
SMOKE = "your-project-"


class ProgramSettings(Protocol):
    """The settings that every program reads; a project's `Settings` is a dataclass with these and more."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def run(self) -> str:
        """Name of the run's folder, "" = a new one."""

    @property
    def runs(self) -> str:
        """Where runs are kept, below the project unless absolute."""

    @property
    def resume(self) -> bool:
        """Go on from the run's last checkpoint."""

    @property
    def overwrite(self) -> bool:
        """Replace a run of the same name."""

    @property
    def smoke(self) -> bool:
        """Everything once, in seconds; leaves nothing behind."""


Kind = TypeVar("Kind", bound=ProgramSettings)


@dataclass(frozen=True)
class Request(Generic[Kind]):
    """What was asked for, and of which framework."""

    framework: str
    settings: Kind
    given: dict[str, Any]  # the settings that were given by file or command line, by name

    kept: str = ""  # where runs are kept that are not this smoke run's own

    @property
    def runs(self) -> Path:
        """The folder of runs."""
        return project_root() / self.settings.runs

    @property
    def kept_runs(self) -> str:
        """The setting `runs` for what was there before: a smoke run has a folder of its own."""
        return self.kept or self.settings.runs


@dataclass(frozen=True)
class Program(Generic[Kind]):
    """A program as its project describes it; `start` runs it."""

    name: str  # of its entry file: train, finetune, evaluate, predict
    settings: type[Kind]
    groups: tuple[str, ...]  # of settings that its command line takes
    description: str  # one sentence for --help
    smoke: Mapping[str, Any]  # settings so small that it ends in seconds, yet every line of it runs
    work: Callable[[Request[Kind]], None]
    parallel: bool = False  # several processes may share its work


def start(program: Program[Kind], framework: str, argv: list[str] | None = None) -> None:
    """Read the settings and do the work; what goes wrong ends in one line."""
    settings, given = arguments.parse(
        program.settings,
        argv,
        program=engines.command(framework, program.name),
        description=program.description,
        groups=program.groups,
    )

    def body() -> None:
        if processes.count() > 1 and not (program.parallel and framework in engines.PARALLEL):
            raise ProjectError(
                f"{program.name} with {framework} runs in one process: start it without torchrun"
            )
        try:
            with (
                processes.only_the_first_speaks(),
                place(Request(framework, settings, given), program.smoke) as request,
            ):
                program.work(request)
        except ValueError as problem:
            if refused_by(program.settings, problem):
                raise ProjectError(str(problem)) from None
            raise

    run_program(body)
    processes.leave()


def refused_by(settings: type, problem: BaseException) -> bool:
    """Tell whether settings refused a value, as when a program changes some that then do not agree."""
    check, frame = getattr(settings, "__post_init__", None), problem.__traceback__
    while frame:
        if check is not None and frame.tb_frame.f_code is check.__code__:
            return True
        frame = frame.tb_next
    return False


@contextmanager
def place(request: Request[Kind], smoke: Mapping[str, Any]) -> Iterator[Request[Kind]]:
    """Let a smoke run work in a folder that vanishes with it, lest its network be taken for a trained one."""
    if not request.settings.smoke:
        yield request
        return
    with TemporaryDirectory(prefix=SMOKE, ignore_cleanup_errors=True) as folder:
        small: dict[str, Any] = {**smoke, "runs": folder, "run": "", "resume": False}
        settings = replace(request.settings, **small)
        yield replace(request, settings=settings, given=request.given | small, kept=request.settings.runs)
    print("smoke run   done; what it wrote is deleted again")
