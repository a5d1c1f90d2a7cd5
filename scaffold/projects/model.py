"""Templates, their parts, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NoReturn

from scaffold.builds.model import BuildPlan, Framework

#: A rendered project: path below the project's root -> content.
Tree = Mapping[PurePosixPath, bytes]

#: What a project is opened with: PyCharm, VS Code, either.
Ide = Literal["pycharm", "vscode", "both"]

#: Whose format a template is in; "none": an existing project that scaffold was told of.
TemplateKind = Literal["scaffold", "copier", "cookiecutter", "none"]

#: Whoever adds one is led by mypy, from `unknown_kind` to `unknown_kind`.
RunKind = Literal["script", "module", "pytest", "torchrun", "compound"]


def unknown_kind(kind: NoReturn) -> AssertionError:
    """The end of a ``match`` over every RunKind: ``typing.assert_never``, which Python 3.10 does not have."""
    return AssertionError(f"no run configuration is of the kind {kind!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfiguration:
    """One thing to run in a project. It feeds PyCharm's XML, ``scaffold run``, the README and the smoke test.

    ``target`` is a path below the project's root (script, pytest) or a dotted module. A relative
    path among the ``arguments`` is one below the root: the working directory is always the root.
    A torchrun starts ``processes`` copies of a module on this machine. A compound starts its ``members``,
    which are names of other rows, side by side, and has nothing of its own to start.
    """

    name: str  # train (PyTorch)
    kind: RunKind
    target: str = ""  # a compound's, and no other's, is ""
    arguments: tuple[str, ...] = ()
    processes: int = 0  # of a torchrun
    members: tuple[str, ...] = ()  # of a compound
    smoke: tuple[str, ...] = ()  # arguments of a run that ends within half a minute on two cores
    environment: Mapping[str, str] = field(default_factory=dict)
    framework: Framework | None = None  # None: for every selection of frameworks
    folder: str = ""  # the group in which PyCharm shows it
    summary: str = ""  # one line for the README and `scaffold run`
    terminal: bool = True  # emulate a terminal, so that progress bars are drawn
    default: bool = False  # selected when the project is first opened


#: What ``torchrun`` is as a module; the command itself may not be on PATH.
TORCHRUN = "torch.distributed.run"
#: It, and what it was before.
TORCH_LAUNCHERS = frozenset({TORCHRUN, "torch.distributed.launch"})
#: Modules that start a program of the project in processes of their own.
WORKER_LAUNCHERS = TORCH_LAUNCHERS | {"accelerate.commands.launch"}


def torchrun_arguments(run: RunConfiguration) -> tuple[str, ...]:
    """What follows the module `TORCHRUN`: this machine alone, a free port, so many copies of the program.

    >>> more = {"target": "a.train", "processes": 2, "arguments": ("--run", "b")}
    >>> run = RunConfiguration(name="train", kind="torchrun", **more)
    >>> " ".join(torchrun_arguments(run))
    '--standalone --nproc_per_node 2 -m -- a.train --run b'

    Without the dashes it would take the program's ``--run`` for the beginning of its own ``--run-path``.
    """
    own = ("--standalone", "--nproc_per_node", str(run.processes), "-m", "--")
    return (*own, run.target, *run.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A folder that is laid over the project's root, shared by templates."""

    name: str
    folder: Path
    summary: str = ""
    requires: tuple[str, ...] = ()  # names of other parts
    dependencies: tuple[str, ...] = ()  # PEP 508
    framework: Framework | None = None
    runs: tuple[RunConfiguration, ...] = ()  # of every template that has the part, unless it changes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A folder of a template and the parts below it, laid when its framework is chosen."""

    folder: Path
    framework: Framework | None
    parts: tuple[Part, ...]  # in the order in which they are laid, required ones first
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a program's network must reach with default settings, in every framework; one bound of the two."""

    job: str  # train | finetune
    measure: str  # a key of metrics.json
    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value is good enough."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One kind of project."""

    name: str  # cnn
    title: str
    description: str
    version: str
    provider: str  # the distribution that brings it
    folder: Path
    layers: tuple[Layer, ...]
    runs: tuple[RunConfiguration, ...]
    frameworks: tuple[Framework, ...]
    data: str = ""  # what it trains on out of the box
    excluded: tuple[str, ...] = ()  # folders that an IDE must not index
    floors: tuple[Floor, ...] = ()
    apart: bool = False  # of no installed distribution: its prose is rendered in a process of its own

    def runs_for(self, frameworks: tuple[Framework, ...]) -> tuple[RunConfiguration, ...]:
        """The run configurations that make sense with these frameworks.

        A compound goes as a whole where one of its members does: the rest of it would be another thing.
        """
        fitting = [run for run in self.runs if run.framework is None or run.framework in frameworks]
        names = {run.name for run in fitting}
        return tuple(run for run in fitting if names.issuperset(run.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectName:
    """A project's name in its three spellings."""

    distribution: str  # cnn-project: folder, [project].name, PyCharm's module
    package: str  # cnn_project: what Python imports
    title: str  # Cnn Project: prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a project remembers of its making (``.scaffold/project.json``).

    All that its rendering depends on stands here, so that the same template renders the same again, on any
    machine.
    """

    template: str
    template_version: str
    provider: str
    scaffold_version: str
    name: ProjectName
    frameworks: tuple[Framework, ...]
    ide: Ide = "pycharm"  # what its environments are shown to
    kind: TemplateKind = "scaffold"
    origin: str = ""  # what --template took, where the template is not an installed one: gh:owner/name
    revision: str = ""  # of the origin, where it has any: a commit
    answers: Mapping[str, Any] = field(default_factory=dict)  # a foreign template's, less the secret ones
    trusted: bool = False  # code of the template's author ran when it was rendered
    python: str = ""  # the minor version that it was rendered for; "" in records of before 0.9
    builds: tuple[BuildPlan, ...] = ()  # as rendered; without the reasons and this machine's sources
    #: Path -> sha256 of what was written; where secrets are in a file, of the same without them.
    files: Mapping[str, str] = field(default_factory=dict)
    secret_files: tuple[str, ...] = ()  # of them: what secret answers are in

    @property
    def qualified_template(self) -> str:
        """The template's name with its provider, so that two of one name are not mixed up."""
        return f"{self.provider}:{self.template}"
