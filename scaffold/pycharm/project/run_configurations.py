"""Run configurations as PyCharm's XML: one file each below ``.run``, with nothing of this machine in it.

The options are those that every PyCharm from 2023.3 on knows, in the order in which it writes them;
what a version does not know it ignores, and what is missing takes its default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.errors import TemplateBroken
from scaffold.projects.model import (
    TORCHRUN,
    RunConfiguration,
    RunKind,
    torchrun_arguments,
    unknown_kind,
)
from scaffold.pycharm.reading.parameters import join

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from scaffold.projects.model import Tree

#: Name and value.
_Option = tuple[str, str]

#: What no file name holds on Windows; PyCharm, too, puts an underscore there.
_REFUSED_IN_NAMES = re.compile(r'[<>:"/\\|?*\0-\x1f]')

_PYTHON = {"type": "PythonConfigurationType", "factoryName": "Python"}

#: What the IDE calls each kind.
_TYPES: Mapping[RunKind, Mapping[str, str]] = {
    "script": _PYTHON,
    "module": _PYTHON,
    "torchrun": _PYTHON,
    "pytest": {"type": "tests", "factoryName": "py.test"},
    "compound": {"type": "CompoundRunConfigurationType"},
}

#: A kind's name where workspace.xml refers to a run configuration: ``Python.train``. It is part of an
#: identifier, so it is never translated. In a compound the IDE sorts by it.
_DISPLAY_TYPE: Mapping[RunKind, str] = {
    "script": "Python",
    "module": "Python",
    "torchrun": "Python",
    "pytest": "Python tests",
    "compound": "Compound",
}


def run_files(runs: Iterable[RunConfiguration], module: str) -> Tree:
    """``.run/<name>.run.xml`` for each row, bound to ``module`` and to that module's interpreter.

    Raises TemplateBroken where two rows have the same name.
    """
    from scaffold.pycharm.documents.writing import to_bytes

    files: dict[PurePosixPath, bytes] = {}
    taken: set[str] = set()
    rows = tuple(runs)
    kinds = {run.name: run.kind for run in rows}
    for run in rows:
        path = PurePosixPath(".run") / f"{file_stem(run.name)}.run.xml"
        if str(path).casefold() in taken:  # macOS and Windows do not tell case apart
            raise TemplateBroken(f"Two run configurations are called {run.name!r}, or would share a file")
        taken.add(str(path).casefold())
        files[path] = to_bytes(document(run, module, kinds), declaration=False)
    return files


def file_stem(name: str) -> str:
    """A configuration's name as a file name: blanks stay, what no file system takes becomes ``_``."""
    return _REFUSED_IN_NAMES.sub("_", name).rstrip(". ") or "_"


def identity(run: RunConfiguration) -> str:
    """How PyCharm's RunManager refers to it: ``Python.train``, ``Python tests.tests``."""
    return f"{_DISPLAY_TYPE[run.kind]}.{run.name}"


def document(run: RunConfiguration, module: str, kinds: Mapping[str, RunKind] | None = None) -> Element:
    """The XML of one run configuration; ``kinds`` are those of a compound's members, by name.

    Raises TemplateBroken for a member that is not among them.
    """
    from xml.etree.ElementTree import Element, SubElement

    component = Element("component", name="ProjectRunConfigurationManager")
    attributes = {"default": "false", "name": run.name, **_TYPES[run.kind]}
    if run.folder:
        attributes["folderName"] = run.folder
    configuration = SubElement(component, "configuration", attributes)
    match run.kind:
        case "script":
            _launch(configuration, run, module, _python(run, _below_project(run.target), run.arguments))
        case "module":
            _launch(configuration, run, module, _python(run, run.target, run.arguments))
        case "torchrun":
            _launch(configuration, run, module, _python(run, TORCHRUN, torchrun_arguments(run)))
        case "pytest":
            _launch(configuration, run, module, _pytest(run))
        case "compound":
            _members(configuration, run, kinds or {})
        case _:
            raise unknown_kind(run.kind)
    SubElement(configuration, "method", v="2")
    return component


def _launch(configuration: Element, run: RunConfiguration, module: str, own: Iterable[_Option]) -> None:
    """What the IDE needs to start a program itself; ``own`` are the options of its kind."""
    from xml.etree.ElementTree import SubElement

    SubElement(configuration, "module", name=module)
    _options(configuration, {"ENV_FILES": "", "INTERPRETER_OPTIONS": "", "PARENT_ENVS": "true"})
    _environment(configuration, run.environment)
    _options(configuration, _COMMON)
    SubElement(configuration, "EXTENSION", ID="PythonCoverageRunConfigurationExtension", runner="coverage.py")
    _options(configuration, dict(own))


def _members(configuration: Element, run: RunConfiguration, kinds: Mapping[str, RunKind]) -> None:
    """In the order in which the IDE writes them, so that saving it there changes nothing."""
    from xml.etree.ElementTree import SubElement

    unknown = [name for name in run.members if name not in kinds]
    if unknown:
        raise TemplateBroken(f"{run.name!r} starts {unknown[0]!r}, which is no run configuration")
    for name in sorted(run.members, key=lambda one: (_DISPLAY_TYPE[kinds[one]], one)):
        SubElement(configuration, "toRun", name=name, type=_TYPES[kinds[name]]["type"])


_COMMON = {
    "SDK_HOME": "",
    "WORKING_DIRECTORY": "$PROJECT_DIR$",  # empty would mean the script's own folder
    "IS_MODULE_SDK": "true",  # absent would mean an interpreter by name, which is this machine's
    "ADD_CONTENT_ROOTS": "true",
    "ADD_SOURCE_ROOTS": "true",
}


def _python(run: RunConfiguration, target: str, arguments: Iterable[str]) -> Iterator[_Option]:
    yield "SCRIPT_NAME", target
    yield "PARAMETERS", join(arguments)
    yield "SHOW_COMMAND_LINE", "false"
    yield "EMULATE_TERMINAL", _flag(run.terminal)
    yield "MODULE_MODE", _flag(run.kind != "script")
    yield "REDIRECT_INPUT", "false"
    yield "INPUT_FILE", ""


def _pytest(run: RunConfiguration) -> Iterator[_Option]:
    """The values are JSON inside XML: so the Python plugin stores what its test runners add."""
    target = _below_project(run.target) if run.target else ""
    yield "_new_keywords", _json("")
    yield "_new_parameters", _json("")
    yield "_new_additionalArguments", _json(join(run.arguments))
    yield "_new_target", _json(target)
    yield "_new_targetType", _json("PATH" if target else "CUSTOM")


def _options(parent: Element, values: Mapping[str, str]) -> None:
    from xml.etree.ElementTree import SubElement

    for name, value in values.items():
        SubElement(parent, "option", name=name, value=value)


def _environment(parent: Element, values: Mapping[str, str]) -> None:
    from xml.etree.ElementTree import SubElement

    envs = SubElement(parent, "envs")
    for name, value in {"PYTHONUNBUFFERED": "1", **values}.items():
        SubElement(envs, "env", name=name, value=value)


def _below_project(path: str) -> str:
    return f"$PROJECT_DIR$/{path}"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
