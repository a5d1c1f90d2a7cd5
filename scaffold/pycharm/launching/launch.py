"""What PyCharm starts for a run configuration: command line, working folder, environment.

Written after PythonCommandLineState, PythonScripts.kt and TargetedPythonPaths.kt of
intellij-community. Two things differ on purpose. pytest is started as ``python -m pytest``: PyCharm's
own runner only translates the results for its test window. And variables that lead a program back
into the running IDE (its display port, its project id) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import LaunchFailed
from scaffold.pycharm.launching.commands import command_of
from scaffold.pycharm.launching.there import is_folder
from scaffold.pycharm.launching.variables import variables
from scaffold.pycharm.model import ConfigurationFile, Launch, Module, ProjectFiles
from scaffold.pycharm.reading.configurations import configurations, find
from scaffold.pycharm.reading.macros import Macros, interactive
from scaffold.pycharm.reading.project_files import read_project
from scaffold.pycharm.reading.sdk import environments, find_interpreter, is_own_name, is_unfinished
from scaffold.shell import line
from scaffold.system import System

__all__ = ["configurations", "resolve", "resolve_configuration"]


def resolve(
    root: Path,
    name: str,
    *,
    extra_arguments: Sequence[str] = (),
    system: System,
    registered: Mapping[str, Path] | None = None,
) -> Launch:
    """The launch of the run configuration of that name, with ``extra_arguments`` behind its own.

    ``registered`` are interpreters that an IDE knows, by name.
    Raises RunUnknown, or LaunchFailed where there is nothing to start.
    """
    configuration = find(configurations(root), name)
    return resolve_configuration(
        root, configuration, extra_arguments=extra_arguments, system=system, registered=registered
    )


def resolve_configuration(
    root: Path,
    configuration: ConfigurationFile,
    *,
    extra_arguments: Sequence[str] = (),
    system: System,
    registered: Mapping[str, Path] | None = None,
) -> Launch:
    """As `resolve`, for a run configuration that was read already."""
    _refuse_unreadable(configuration)
    project = read_project(root.absolute(), system)
    module, problems = _module(project, configuration)
    context = _Context(project=project, module=module, configuration=configuration, system=system)
    command = command_of(configuration, context.macros, context.import_roots)
    python, missing = _interpreter(context, registered)
    environment, unread = variables(configuration, context.macros, context.import_roots, python, system)
    if configuration.kind == "pytest":
        environment["PYTEST_RUN_CONFIG"] = "True"
    return Launch(
        name=configuration.name,
        argv=(str(python), *command.arguments, *extra_arguments),
        cwd=command.cwd,
        environment=environment,
        added={k: v for k, v in environment.items() if system.environment.get(k) != v},
        standard_input=_standard_input(context),
        before=configuration.before,
        problems=(
            *project.problems,
            *problems,
            *missing,
            *command.problems,
            *unread,
            *_unfillable(configuration),
            *(() if is_folder(command.cwd) else (f"the working folder is not there: {command.cwd}",)),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """One configuration in its project."""

    project: ProjectFiles
    module: Module
    configuration: ConfigurationFile
    system: System

    @property
    def macros(self) -> Macros:
        content = next(iter(self.module.content), None)
        variables = self.system.environment
        return Macros(
            project=self.project.root,
            module=content,
            home=self.system.home,
            module_name=self.module.name,
            os={"macos": "mac"}.get(self.system.platform.os, self.system.platform.os),
            user=variables.get("USER") or variables.get("USERNAME", ""),
        )

    @property
    def import_roots(self) -> tuple[Path, ...]:
        """What PyCharm puts on PYTHONPATH: content roots first, then source and test roots."""
        known = {module.name: module for module in self.project.modules}
        modules = [self.module, *(known[name] for name in self.module.dependencies if name in known)]
        roots: list[Path] = []
        if self.configuration.flag("ADD_CONTENT_ROOTS", default=True):
            roots += [root for module in modules for root in module.content]
        if self.configuration.flag("ADD_SOURCE_ROOTS", default=True):
            roots += [root for module in modules for root in module.sources]
        return tuple(dict.fromkeys(roots))


def _refuse_unreadable(configuration: ConfigurationFile) -> None:
    if configuration.problem:
        raise LaunchFailed(
            configuration.problem, hint=f"Correct or delete {configuration.path}; PyCharm ignores it as it is"
        )
    if configuration.kind == "compound":
        names = [name for name, _ in configuration.members]
        raise LaunchFailed(
            f"{configuration.name!r} starts several programs, and one is needed here",
            detail=tuple(names),
            hint=f"Name one of them:  {line('scaffold', 'run', names[0])}" if names else "",
        )
    if configuration.kind is None:
        raise LaunchFailed(
            f"{configuration.name!r} is of a kind that only the IDE itself starts: {configuration.type}",
            detail=(str(configuration.path),),
            hint="Open the project in PyCharm, and start it there",
        )


def _module(project: ProjectFiles, configuration: ConfigurationFile) -> tuple[Module, tuple[str, ...]]:
    """The module that it is bound to. Without a name PyCharm takes the project's first."""
    first = project.modules[0]
    if not configuration.module:
        return first, ()
    named = [module for module in project.modules if module.name == configuration.module]
    if named:
        return named[0], ()
    names = ", ".join(module.name for module in project.modules)
    return first, (f"module {configuration.module} does not exist in this project (it has {names})",)


def _interpreter(context: _Context, registered: Mapping[str, Path] | None) -> tuple[Path, tuple[str, ...]]:
    """PyCharm's order: the module's interpreter, one by name, one by path, the module's after all."""
    options, system, root = context.configuration.options, context.system, context.project.root
    problems: tuple[str, ...] = ()
    name = context.module.sdk
    if not context.configuration.flag("IS_MODULE_SDK", default=False):
        by_path = context.macros.all(options.get("SDK_HOME", ""))
        if options.get("SDK_NAME"):
            name = options["SDK_NAME"]
            problems = (f"it names an interpreter of one machine: {name}",)
        elif by_path and system.exists(by_path):
            return Path(by_path), ()
        elif by_path:
            problems = (f"it names an interpreter that is not there: {by_path}",)
    found = find_interpreter(root, name, context.project.own.name, system, registered=registered)
    if found is None:
        raise _no_interpreter(context)
    if is_unfinished(root, found, system):
        problems = (*problems, "the environment is unfinished; go on with:  scaffold env create")
    return found, (*problems, *_unknown(context, name, found, registered))


def _unknown(
    context: _Context, name: str, found: Path, registered: Mapping[str, Path] | None
) -> tuple[str, ...]:
    """Why the interpreter that is started may not be the one that a name means.

    Nothing of a name of the project's own: PyCharm finds what it means, or `scaffold ide pycharm` enters it.
    """
    if registered is None or not name:
        return ()
    system, known = context.system, registered.get(name)
    if known is not None and not system.exists(known):
        return (f"the interpreter {name} is not there ({known}); {found} is started instead",)
    project = context.project
    if known is None and not is_own_name(project.root, name, project.own.name, system):
        return (f"no PyCharm on this machine knows the interpreter {name}; {found} is started instead",)
    return ()


def _no_interpreter(context: _Context) -> LaunchFailed:
    root = context.project.root
    broken = environments(root, context.system)
    if broken:
        return LaunchFailed(
            f"The environment in {broken[0]} has lost its Python",
            detail=("the Python that it was made from was removed or moved",),
            hint=f"Make it anew:  scaffold env {_make(context)}",
        )
    return LaunchFailed(
        f"There is no Python environment in {root}", hint=f"Make it:  scaffold env {_make(context)}"
    )


def _make(context: _Context) -> str:
    """What makes the environment: exactly what the project has locked, where it has."""
    locks = context.system.list_folder(context.project.root / "requirements")
    return "sync" if any(one.startswith("lock-") for one in locks) else "create"


def _standard_input(context: _Context) -> Path | None:
    named = context.configuration.options.get("INPUT_FILE", "")
    redirected = context.configuration.flag("REDIRECT_INPUT", default=False)
    return context.project.root / context.macros.all(named) if redirected and named else None


def _unfillable(configuration: ConfigurationFile) -> tuple[str, ...]:
    """A problem for each macro whose value is the editor's present state."""
    found = interactive(" ".join(configuration.options.values()))
    return tuple(f"it uses {macro}, which only the running IDE can fill in" for macro in found)
