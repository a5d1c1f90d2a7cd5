"""Run configurations wherever they are kept, and what each lacks on this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.pycharm.launching.commands import command_of
from scaffold.pycharm.model import ConfigurationFile, Module
from scaffold.pycharm.reading.configurations import configuration_of
from scaffold.pycharm.reading.macros import Macros, interactive
from scaffold.pycharm.survey.files import there
from scaffold.pycharm.survey.model import IdeFile, Lack, Missing, Run

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

WORKSPACE = ".idea/workspace.xml"

#: What a run configuration's own missing thing is called, by its kind.
_TARGETS: Mapping[str, Missing] = {
    "script": "script",
    "module": "module",
    "torchrun": "script",
    "pytest": "tests",
}

_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]")

#: The beginning of an interpreter that lies on another machine, or in a container.
_ELSEWHERE = re.compile(r"(?:docker|docker-compose|ssh|sftp|wsl|vagrant)://|Remote |.*\b(?:Docker|WSL|SSH)\b")


def runs(root: Path, files: Sequence[IdeFile]) -> tuple[Run, ...]:
    """Every run configuration in the files, less the lacks, which need the modules (`with_lacks`)."""
    return tuple(run for file in files for run in _runs_of(root, file))


def _runs_of(root: Path, file: IdeFile) -> Iterator[Run]:
    for element in _elements(file):
        yield Run(
            file=file,
            element=element,
            configuration=configuration_of(element, root / file.path),
            template=element.get("default") == "true",
            temporary=element.get("temporary") == "true",
        )


def may_hold(path: str) -> bool:
    """Whether run configurations are kept in that file, by its name."""
    return path == WORKSPACE or path.endswith(".run.xml") or path.startswith(".idea/runConfigurations/")


def _elements(file: IdeFile) -> Iterator[Element]:
    if file.path == WORKSPACE:
        manager = file.component("RunManager")
        yield from manager.findall("configuration") if manager is not None else ()
    elif may_hold(file.path):
        yield from file.elements("configuration")


def is_elsewhere(run: Run) -> bool:
    """Whether its interpreter lies in a container or on another machine, where other paths hold."""
    if run.configuration.flag("IS_MODULE_SDK", default=False):
        return False
    return any(_ELSEWHERE.match(run.option(name)) for name in ("SDK_NAME", "SDK_HOME"))


def takes_own(run: Run) -> bool:
    """Whether others get it, and it takes an interpreter of its own choice instead of its module's."""
    chosen = run.configuration.flag("IS_MODULE_SDK", default=False)
    others_get_it = run.file.shared and not run.template
    return run.configuration.kind in _TARGETS and others_get_it and not chosen and not is_elsewhere(run)


def with_lacks(
    found: Sequence[Run], root: Path, home: Path | None, modules: Sequence[Module]
) -> tuple[Run, ...]:
    """The same run configurations with what of them is not there."""
    names = {(run.name, run.configuration.type) for run in found}
    known = {module.name: module for module in modules}
    context = _Context(root=root, home=home, modules=known)
    return tuple(replace(run, lacks=_all_lacks(run, context, names)) for run in found)


def _all_lacks(run: Run, context: _Context, names: set[tuple[str, str]]) -> tuple[Lack, ...]:
    try:
        return tuple(_lacks(run, context, names))
    except OSError as problem:  # a name that is too long for any file system
        kind = _TARGETS.get(str(run.configuration.kind), "script")
        return (Lack(kind=kind, text=f"no file can be called so: {problem.strerror}"),)


class _Context:
    """The project that a run configuration runs in."""

    def __init__(self, *, root: Path, home: Path | None, modules: Mapping[str, Module]) -> None:
        self._root, self._home, self._modules = root, home, modules

    def module(self, configuration: ConfigurationFile) -> Module:
        known = self._modules.get(configuration.module or "") or next(iter(self._modules.values()), None)
        if known is not None:
            return known
        source = self._root / "src"  # PyCharm makes a module of its own, with src as its source root
        return Module(name="", content=(self._root,), sources=(source,) if source.is_dir() else ())

    def macros(self, configuration: ConfigurationFile) -> Macros:
        content = next(iter(self.module(configuration).content), None)
        return Macros(project=self._root, module=content, home=self._home)


def _lacks(run: Run, context: _Context, names: set[tuple[str, str]]) -> Iterator[Lack]:
    if run.template or is_elsewhere(run):
        return
    yield from _members(run, names)
    if run.configuration.kind in _TARGETS:
        yield from _of_python(run, context)


def _members(run: Run, names: set[tuple[str, str]]) -> Iterator[Lack]:
    """Configurations that it starts, side by side or beforehand; where no type is said, any will do."""
    plain = {name for name, _ in names}
    together = [(one.get("name", ""), one.get("type", "")) for one in run.element.findall("toRun")]
    before = [
        (one.get("run_configuration_name", ""), one.get("run_configuration_type", ""))
        for one in run.element.iterfind("method/option")
        if one.get("name") == "RunConfigurationTask" and one.get("enabled") != "false"
    ]
    for name, kind in (*together, *before):
        if (name, kind) not in names and (kind or name not in plain):
            of_type = f" of type {kind}" if kind else ""
            yield Lack(kind="member", text=f"there is no run configuration {name!r}{of_type}")


def _of_python(run: Run, context: _Context) -> Iterator[Lack]:
    configuration = run.configuration
    macros, module = context.macros(configuration), context.module(configuration)
    roots = (*module.content, *module.sources, macros.project)
    command = command_of(configuration, macros, roots)
    if not interactive(run.option("SCRIPT_NAME")) and not _made_later(run.option("SCRIPT_NAME")):
        kind = _TARGETS[str(configuration.kind)]
        yield from (Lack(kind=kind, text=_below(text, macros.project)) for text in command.problems)
    folder = macros.all(run.option("WORKING_DIRECTORY"))
    if folder and not _unknowable(folder) and not there(command.cwd, Path.is_dir):
        yield Lack(kind="folder", text=f"the working folder is not there: {_below(folder, macros.project)}")
    yield from _env_files(macros.all(run.option("ENV_FILES")), macros.project)
    yield from _interpreter(run, macros.all(run.option("SDK_HOME")))


def _interpreter(run: Run, home: str) -> Iterator[Lack]:
    """One that it names itself; one of another machine (ssh://, docker://) is not looked for."""
    own = not run.configuration.flag("IS_MODULE_SDK", default=False) and Path(home).is_absolute()
    if own and not _unknowable(home) and not there(Path(home), Path.exists):
        yield Lack(kind="interpreter", text=f"the interpreter is not there: {home}")


def _env_files(value: str, root: Path) -> Iterator[Lack]:
    for path in separate(value):
        if not _unknowable(path) and not there(root / path, Path.is_file):
            yield Lack(kind="env-file", text=f"the file of variables is not there: {_below(path, root)}")


def separate(value: str) -> tuple[str, ...]:
    r"""The paths in ENV_FILES, whichever system joined them.

    >>> separate("/a/.env:/b/.env"), separate("C:\\a\\.env;D:/b/.env")
    (('/a/.env', '/b/.env'), ('C:\\a\\.env', 'D:/b/.env'))
    """
    if ";" not in value and _WINDOWS_PATH.match(value):
        return (value,)
    return tuple(part for part in value.split(";" if ";" in value else ":") if part)


def _made_later(script: str) -> bool:
    """A program in an environment, which a fresh clone has not made yet."""
    return any(part in {".venv", "venv", "env", "node_modules"} for part in re.split(r"[\\/]", script)[:-1])


def _unknowable(path: str) -> bool:
    """A macro of the running IDE or of the user's own is still in it."""
    return bool(re.search(r"\$\w+\$", path))


def _below(text: str, root: Path) -> str:
    """Without the project's own folder, which says nothing."""
    return text.replace(f"{root.as_posix()}/", "").replace(f"{root}{os.sep}", "")
