"""Run configurations that stand in a project, as rows: what another IDE can start just the same.

A row says less than PyCharm's XML can. What a configuration says is therefore gone through against a list of
what a row can hold; whoever says anything else has no row, and a reason that the user is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.reading.configurations import configurations
from scaffold.pycharm.reading.parameters import parse

_ROOT = "$PROJECT_DIR$"

#: What every row has without saying so.
_ALWAYS = ("PYTHONUNBUFFERED", "1")

#: Option -> the values that mean what a row means; None: any, it is a row's own or changes no run. What is
#: not written has PyCharm's default, which is among them.
_SAYS: Mapping[str, frozenset[str] | None] = {
    "ADD_CONTENT_ROOTS": frozenset({"", "true"}),
    "ADD_SOURCE_ROOTS": frozenset({"", "true"}),
    "DEBUG_JUST_MY_CODE": None,
    "EMULATE_TERMINAL": None,
    "ENV_FILES": frozenset({""}),
    "INPUT_FILE": None,  # REDIRECT_INPUT says whether it is read
    "INTERPRETER_OPTIONS": frozenset({""}),
    "IS_MODULE_SDK": None,
    "MODULE_MODE": None,
    "PARENT_ENVS": frozenset({"", "true"}),
    "REDIRECT_INPUT": frozenset({"", "false"}),
    "RUN_TOOL": frozenset({"", "false"}),
    "SHOW_COMMAND_LINE": frozenset({"", "false"}),
    "WORKING_DIRECTORY": frozenset({"", _ROOT}),  # "": see `_starts_below`
}
#: Of an interpreter of its own, unless IS_MODULE_SDK is true.
_OWN_INTERPRETER = ("SDK_HOME", "SDK_NAME")
_PROGRAM = ("SCRIPT_NAME", "PARAMETERS")
_TESTS: Mapping[str, frozenset[str] | None] = {
    "_new_additionalArguments": None,
    "_new_keywords": frozenset({"", '""'}),
    "_new_parameters": frozenset({"", '""'}),
    "_new_target": None,
    "_new_targetType": frozenset({"", '""', '"PATH"', '"CUSTOM"'}),
}

_MACRO = re.compile(r"\$\{?\w*[}$]?")
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A run configuration that has no row."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What stands in a project."""

    runs: tuple[RunConfiguration, ...]
    left_out: tuple[LeftOut, ...]


def read_rows(root: Path, *, ours: Collection[str] = (), others: Collection[str] = ()) -> Rows:
    """The scripts, modules, tests and compounds that a row can express, and all others.

    ``ours`` are modules of environments that scaffold keeps beside the project's own, which are passed over;
    ``others`` are further modules of the project, which may have an interpreter of their own.
    """
    runs, left_out = [], []
    for one in configurations(root):
        if one.module in ours:
            continue
        why = one.problem or _why_not(one)
        if not why and one.module in others:
            why = f"it runs with the interpreter of the module {one.module}"
        if why:
            left_out.append(LeftOut(name=one.name, why=why))
        else:
            runs.append(_row(one))
    return Rows(runs=tuple(runs), left_out=tuple(left_out))


def _row(one: ConfigurationFile) -> RunConfiguration:
    if one.kind == "compound":
        members = tuple(name for name, _ in one.members)
        return RunConfiguration(name=one.name, kind="compound", members=members, folder=one.folder)
    target, written = _target(one)
    return RunConfiguration(
        name=one.name,
        kind="pytest" if one.kind == "pytest" else "script" if one.kind == "script" else "module",
        target=target,
        arguments=parse(written),
        environment={k: v for k, v in one.environment.items() if (k, v) != _ALWAYS},
        folder=one.folder,
        terminal=one.flag("EMULATE_TERMINAL", default=False),
    )


def _why_not(one: ConfigurationFile) -> str:
    """What it says that no row can; "" where a row says the same."""
    if one.kind is None:
        return f"it is of the kind {one.type or '(none)'}"
    if one.before or one.more:
        return f"it starts something else before, or has more done: {', '.join((*one.before, *one.more))}"
    if one.kind == "compound":
        return "" if one.members else "it starts nothing"
    tests = one.kind == "pytest"
    says = {**_SAYS, **(_TESTS if tests else dict.fromkeys(_PROGRAM))}
    if one.flag("IS_MODULE_SDK", default=False):
        says |= dict.fromkeys(_OWN_INTERPRETER)
    else:
        says |= dict.fromkeys(_OWN_INTERPRETER, frozenset({""}))
    for name, value in one.options.items():
        allowed = says.get(name, frozenset({""}))
        if allowed is not None and value not in allowed:
            return f"it says {name}={value}"
    return _why_not_started(one, tests=tests)


def _why_not_started(one: ConfigurationFile, *, tests: bool) -> str:
    target, written = _target(one)
    for name in _TESTS if tests else ():
        if one.options.get(name, "") not in ("", '""') and not one.test_option(name):
            return f"{name} cannot be read"
    if tests and bool(target) != (one.test_option("_new_targetType") == "PATH"):
        return "it does not say which tests"
    if not tests and not target:
        return "it names no program"
    if one.kind in ("script", "pytest") and _ABSOLUTE.match(target):
        return f"{target} is outside of the project"
    texts = " ".join((target, written, *one.environment.values()))
    if not one.options.get("WORKING_DIRECTORY") and _starts_below(one, target):
        return f"it says no WORKING_DIRECTORY, so it starts in the folder of {target}"
    macro = _MACRO.search(texts)
    return f"PyCharm puts something else in the place of {macro[0]}" if macro else ""


def _starts_below(one: ConfigurationFile, target: str) -> bool:
    """Whether PyCharm's default working folder is another than the project's own."""
    return ("/" in target and one.kind == "script") or (one.kind == "pytest" and not _at_root(target))


def _at_root(tests: str) -> bool:
    return tests in {"", "."} or ("/" not in tests and tests.endswith(".py"))


def _target(one: ConfigurationFile) -> tuple[str, str]:
    """What is started, below the root, and its parameters as they are written."""
    if one.kind == "pytest":
        target, written = one.test_option("_new_target"), one.test_option("_new_additionalArguments")
    else:
        target, written = one.options.get("SCRIPT_NAME", ""), one.options.get("PARAMETERS", "")
    below = target.removeprefix(f"{_ROOT}/")
    return ("." if below == _ROOT else below), written
