"""Run configurations that stand in a project, as rows: what another IDE can start just the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.reading.configurations import configurations
from scaffold.pycharm.reading.parameters import parse

_ROOT = "$PROJECT_DIR$"


def read_rows(root: Path) -> tuple[RunConfiguration, ...]:
    """The scripts, modules and tests that are started from the project's own folder; others have no row."""
    return tuple(_rows(root))


def _rows(root: Path) -> Iterator[RunConfiguration]:
    for one in configurations(root):
        row = None if one.problem else row_of(one)
        if row is not None:
            yield row


def row_of(one: ConfigurationFile) -> RunConfiguration | None:
    """The row of one run configuration; None where it says more than a row can."""
    target, written = _target(one)
    started_elsewhere = one.options.get("WORKING_DIRECTORY", "") != _ROOT
    texts = (target, written, one.options.get("INTERPRETER_OPTIONS", ""), *one.environment.values())
    if started_elsewhere or one.options.get("INTERPRETER_OPTIONS") or any("$" in text for text in texts):
        return None
    if one.kind not in ("script", "module", "torchrun", "pytest"):
        return None
    return RunConfiguration(
        name=one.name,
        kind="module" if one.kind == "torchrun" else one.kind,
        target=target,
        arguments=parse(written),
        environment={k: v for k, v in one.environment.items() if k != "PYTHONUNBUFFERED"},
        folder=one.folder,
        terminal=one.flag("EMULATE_TERMINAL", default=False),
    )


def _target(one: ConfigurationFile) -> tuple[str, str]:
    """What is started, below the root, and its parameters as they are written."""
    if one.kind == "pytest":
        target, written = one.test_option("_new_target"), one.test_option("_new_additionalArguments")
    else:
        target, written = one.options.get("SCRIPT_NAME", ""), one.options.get("PARAMETERS", "")
    below = target.removeprefix(f"{_ROOT}/")
    return ("" if below == _ROOT else below), written
