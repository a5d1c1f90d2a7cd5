"""A project as PyCharm sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.builds.model import Framework
from scaffold.projects.model import TORCH_LAUNCHERS, RunConfiguration, RunKind
from scaffold.results import read_json

if TYPE_CHECKING:
    from scaffold.pycharm.registration.model import RegistrationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherInterpreter:
    """An environment beside the project's own, in which one framework gets what it does not get there."""

    name: str  # keras: of .envs/keras
    python: str  # 3.12.1
    frameworks: tuple[Framework, ...]  # whose run configurations are there for it, too
    interpreter: Path | None = None  # absolute
    sdk_name: str = ""  # as the IDE's table has it; "" where it goes by the usual name

    def sdk(self, module: str) -> str:
        """The interpreter's name, for the module that names it."""
        from scaffold.pycharm.reading.sdk import sdk_name

        return self.sdk_name or sdk_name(self.python, module)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeProject:
    """What PyCharm's files say of a project. Paths are below its root, with ``/``."""

    module: str  # = [project].name = stem of the .iml = <module name> in run configurations
    runs: tuple[RunConfiguration, ...]
    python: str  # 3.12.1, of the environment's interpreter; "" where there is no environment yet
    interpreter: Path | None = None  # absolute; None where there is no environment yet
    sources: tuple[str, ...] = ("src",)
    tests: tuple[str, ...] = ("tests",)
    excluded: tuple[str, ...] = ()
    further: tuple[FurtherInterpreter, ...] = ()
    partial: bool = False  # not all of runs and excluded is known: what we wrote of them earlier stays
    sdk_name: str = (
        ""  # as the IDE's table has it (`registration` chooses); "" where it goes by the usual name
    )

    @property
    def sdk(self) -> str:
        """The interpreter's name, by default in the form from which every PyCharm can guess it."""
        from scaffold.pycharm.reading.sdk import sdk_name

        return self.sdk_name or sdk_name(self.python, self.module)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module (``.iml``): where its code lies and which interpreter it names. Paths are absolute."""

    name: str
    content: tuple[Path, ...] = ()
    sources: tuple[Path, ...] = ()  # test roots among them, in the file's order
    excluded: tuple[Path, ...] = ()
    sdk: str = ""  # the interpreter's name; "" where none is set
    dependencies: tuple[str, ...] = ()  # names of other modules


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiles:
    """What ``.idea`` says, or what PyCharm would assume where there is none."""

    root: Path
    modules: tuple[Module, ...]  # at least one
    sdk: str = ""  # the project's interpreter, by name
    problems: tuple[str, ...] = ()

    @property
    def own(self) -> Module:
        """The module on the project's own folder; the first one where none is."""
        return next((one for one in self.modules if self.root in one.content), self.modules[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationFile:
    """A run configuration as it stands in its file: macros unexpanded, nothing looked up."""

    path: Path
    name: str
    type: str = ""  # PythonConfigurationType, tests, ...
    factory: str = ""  # Python, py.test, ...
    folder: str = ""
    module: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    members: tuple[tuple[str, str], ...] = ()  # what a compound starts: name and type
    before: tuple[str, ...] = ()  # names of what the IDE runs first, one after the other
    more: tuple[str, ...] = ()  # other steps before it, and plugins that are switched on for it, by name
    problem: str = ""  # why the file cannot be read, with the line; everything above is empty then

    @property
    def kind(self) -> RunKind | None:
        """What it starts; None for the kinds that other plugins of the IDE launch."""
        if self.type == "PythonConfigurationType":
            if not self.flag("MODULE_MODE", default=False):
                return "script"
            return "torchrun" if self.options.get("SCRIPT_NAME") in TORCH_LAUNCHERS else "module"
        if self.type == "CompoundRunConfigurationType":
            return "compound"
        if self.type == "tests" and self.factory in {"py.test", "pytest"}:
            return "pytest"
        return None

    def flag(self, option: str, *, default: bool) -> bool:
        """An option that is true or false."""
        value = self.options.get(option, "")
        return value.lower() == "true" if value else default

    def test_option(self, option: str) -> str:
        """An option of a test configuration, whose value is JSON; "" where it is none."""
        try:
            value = read_json(self.options.get(option, "") or '""')
        except ValueError:
            return ""
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A run configuration, resolved to what PyCharm would start."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict)  # complete
    added: Mapping[str, str] = field(default_factory=dict)  # what differs from the inherited one
    standard_input: Path | None = None  # a file that is read in place of the keyboard
    before: tuple[str, ...] = ()  # names of run configurations that are run first
    problems: tuple[str, ...] = ()  # why PyCharm would not start it, or not as meant


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaReport:
    """What became of each file below ``.idea``, by its path below the project's root."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # where what somebody wrote or chose stays in place of what we want
    notices: tuple[str, ...] = ()  # what of that a user should be told, a sentence each
    registration: RegistrationReport | None = None  # the interpreters, in PyCharm's own settings
