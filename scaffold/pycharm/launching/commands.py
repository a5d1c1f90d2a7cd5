"""A run configuration's arguments behind the interpreter, and where they start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.projects.model import unknown_kind
from scaffold.pycharm.debugging.python_command import program_of, split
from scaffold.pycharm.launching.there import exists, is_file, is_folder
from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.reading.macros import Macros
from scaffold.pycharm.reading.parameters import parse
from scaffold.results import read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What follows the interpreter on the command line, and the working folder."""

    arguments: tuple[str, ...]
    cwd: Path
    problems: tuple[str, ...] = ()


def command_of(configuration: ConfigurationFile, macros: Macros, roots: Sequence[Path]) -> Command:
    """The command of a script, a module or pytest; ``roots`` are the folders on PYTHONPATH."""
    match configuration.kind:
        case "script":
            return _script(configuration, macros)
        case "module" | "torchrun":
            return _module(configuration, macros, roots)
        case "pytest":
            return _pytest(configuration, macros, roots)
        case "compound" | None:
            raise ValueError(f"{configuration.name!r} has no command of its own")
        case _:
            raise unknown_kind(configuration.kind)


def _option(configuration: ConfigurationFile, name: str) -> str:
    return configuration.options.get(name, "")


def _interpreter_options(configuration: ConfigurationFile, macros: Macros) -> tuple[str, ...]:
    return parse(macros.paths(_option(configuration, "INTERPRETER_OPTIONS")))


def _parameters(configuration: ConfigurationFile, macros: Macros) -> tuple[str, ...]:
    return parse(macros.parameters(_option(configuration, "PARAMETERS")))


def _working_folder(configuration: ConfigurationFile, macros: Macros) -> Path | None:
    """The folder that is written there; None where PyCharm's default for the kind holds."""
    folder = macros.working_folder(_option(configuration, "WORKING_DIRECTORY"))
    return _below(macros.project, folder) if folder else None


def _below(folder: Path, path: str) -> Path:
    """An absolute path without ``..``, as PyCharm shows it; links are left as they are."""
    return Path(os.path.normpath(folder / path))


def _script(configuration: ConfigurationFile, macros: Macros) -> Command:
    written = macros.all(_option(configuration, "SCRIPT_NAME"))
    cwd = _working_folder(configuration, macros)
    script = _below(cwd or macros.project, written)
    return Command(
        arguments=(
            *_interpreter_options(configuration, macros),
            str(script),
            *_parameters(configuration, macros),
        ),
        cwd=cwd or script.parent,
        problems=() if is_file(script) else (f"the script is not there: {written or '(none named)'}",),
    )


def _module(configuration: ConfigurationFile, macros: Macros, roots: Sequence[Path]) -> Command:
    module = _option(configuration, "SCRIPT_NAME")
    cwd = _working_folder(configuration, macros) or macros.project
    started = ("-m", module, *_parameters(configuration, macros))
    return Command(
        arguments=(*_interpreter_options(configuration, macros), *started),
        cwd=cwd,
        problems=_module_problems(module, (*roots, cwd)) or _torchrun_problems(started, (*roots, cwd), cwd),
    )


def _torchrun_problems(started: Sequence[str], roots: Sequence[Path], cwd: Path) -> tuple[str, ...]:
    """A problem where torchrun would start a program that is not there."""
    program = program_of(split(("python", *started)))
    if program.target == started[1]:
        return ()
    if program.is_module:
        return _module_problems(program.target, roots)
    script = _below(cwd, program.target)
    return () if is_file(script) else (f"the script is not there: {script}",)


def _module_problems(module: str, roots: Sequence[Path]) -> tuple[str, ...]:
    """A problem where a package of the project itself lacks the module; others may be installed."""
    if not module:
        return ("no module is named",)
    parts = module.split(".")
    homes = [root for root in roots if is_file(root / parts[0] / "__init__.py")]
    targets = [home.joinpath(*parts) for home in homes]
    if not homes or any(_runs(target) for target in targets):
        return ()
    return (f"the module {module} is not in {homes[0] / parts[0]}",)


def _runs(target: Path) -> bool:
    return is_file(target.with_suffix(".py")) or is_file(target / "__main__.py")


def _pytest(configuration: ConfigurationFile, macros: Macros, roots: Sequence[Path]) -> Command:
    values, problems = _json_options(configuration, macros)
    written = _working_folder(configuration, macros)
    target, more = _pytest_target(values, written or macros.project, roots)
    cwd = written or _folder_of(target) or macros.project
    keywords = values["_new_keywords"]
    return Command(
        arguments=(
            *_interpreter_options(configuration, macros),
            "-m",
            "pytest",
            *parse(values["_new_additionalArguments"]),
            *(("-k", keywords) if keywords else ()),
            *target,
        ),
        cwd=cwd,
        problems=(*problems, *more),
    )


#: What a test configuration says beside what every Python configuration does.
_TEST_OPTIONS = (
    "_new_keywords",
    "_new_parameters",
    "_new_additionalArguments",
    "_new_target",
    "_new_targetType",
)


def _folder_of(target: Sequence[str]) -> Path | None:
    """The folder in which a test's file lies, or the folder of tests itself: where tests start by default."""
    path = Path(target[0].partition("::")[0]) if target else None
    if path is None or not exists(path):
        return None
    return path if is_folder(path) else path.parent


def _json_options(configuration: ConfigurationFile, macros: Macros) -> tuple[dict[str, str], tuple[str, ...]]:
    """The test options, whose values are JSON; macros are replaced inside the JSON, as PyCharm does.

    A project folder with a quote or a backslash in its name therefore breaks them in PyCharm. Here
    the value is read all the same, and the problem is told.
    """
    values, problems = {}, []
    for name in _TEST_OPTIONS:
        written = _option(configuration, name) or '""'
        try:
            values[name] = str(read_json(macros.paths(written)) or "")
        except ValueError:
            values[name] = _lenient(written, macros)
            problems.append(f"PyCharm cannot read {name}: {macros.paths(written)} is not JSON")
    return values, tuple(problems)


def _lenient(written: str, macros: Macros) -> str:
    try:
        return macros.paths(str(read_json(written) or ""))
    except ValueError:
        return macros.paths(written)


def _pytest_target(
    values: dict[str, str], cwd: Path, roots: Sequence[Path]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    target, kind = values["_new_target"], values["_new_targetType"] or "CUSTOM"
    if kind == "PYTHON":
        node, problems = _pytest_node(target, (*roots, cwd))
        case = f"[{values['_new_parameters']}]" if values["_new_parameters"] else ""
        return (node + case,), problems
    if kind != "PATH" or not target:
        return (), ()
    path = _below(cwd, target)
    return (str(path),), () if exists(path) else (f"there are no tests at {path}",)


def _pytest_node(dotted: str, roots: Sequence[Path]) -> tuple[str, tuple[str, ...]]:
    """``tests.test_x.TestA.test_b`` -> ``tests/test_x.py::TestA::test_b``, the longest file first."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        for root in roots:
            base = root.joinpath(*parts[:end])
            for path in (base.with_name(base.name + ".py"), base):
                if is_file(path) or (path == base and is_folder(path) and end == len(parts)):
                    return "::".join((str(path), *parts[end:])), ()
    return dotted, (f"no file holds the tests {dotted}",)
