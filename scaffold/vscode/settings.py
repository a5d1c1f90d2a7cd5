"""``tasks.json``, ``settings.json`` and ``extensions.json``: what surrounds the run configurations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scaffold.projects.folders import ALWAYS_EXCLUDED
from scaffold.projects.menu import MenuEntry
from scaffold.projects.model import RunConfiguration
from scaffold.projects.tool import LAUNCHER
from scaffold.vscode.launch import ROOT
from scaffold.vscode.model import Piece, VscodeProject

EXTENSIONS = ("ms-python.python", "ms-python.debugpy")

#: The interpreter that is chosen for the project, as the Python extension tells it.
_CHOSEN = "${command:python.interpreterPath}"

#: Finds scaffold wherever it is installed: an editor that was not started in a terminal has a short PATH.
_STARTER = str(LAUNCHER)

#: Modules that serve until they are stopped.
_SERVERS = ("tensorboard.main",)


def task_pieces(entries: Iterable[MenuEntry], runs: Sequence[RunConfiguration]) -> tuple[Piece, ...]:
    """A task for each command of scaffold, and for each server among the rows."""
    has_starter = any(run.target == _STARTER for run in runs)
    pieces = [Piece(holder=(), name="version", value="2.0.0")]
    pieces += [_task(one.name, _command(one, has_starter=has_starter)) for one in entries if not one.asks]
    pieces += [_task(run.name, _server(run)) for run in runs if run.target in _SERVERS]
    return tuple(pieces)


def _task(label: str, value: dict[str, Any]) -> Piece:
    return Piece(holder=("tasks",), name=label, value={"label": label, **value})


def _command(entry: MenuEntry, *, has_starter: bool) -> dict[str, Any]:
    program = (_CHOSEN, f"{ROOT}/{_STARTER}") if has_starter else ("scaffold",)
    return {
        "type": "process",  # no shell: nothing to quote
        "command": program[0],
        "args": [*program[1:], *entry.arguments],
        "detail": entry.summary,
        "options": {"cwd": ROOT},
        "problemMatcher": [],  # else VS Code asks how its output is to be read
    }


def _server(run: RunConfiguration) -> dict[str, Any]:
    return {
        "type": "process",
        "command": _CHOSEN,
        "args": ["-m", run.target, *run.arguments],
        "detail": run.summary,
        "options": {"cwd": ROOT},
        "isBackground": True,
        "problemMatcher": [],
    }


def settings_pieces(project: VscodeProject) -> tuple[Piece, ...]:
    """Interpreter, tests, import roots, and folders that are neither watched nor searched."""
    # the folder, not the program in it: that lies elsewhere on Windows, and the extension finds either
    values: dict[str, Any] = {"python.defaultInterpreterPath": f"{ROOT}/.venv"}
    if project.tests:
        values |= {
            "python.testing.pytestEnabled": True,
            "python.testing.unittestEnabled": False,
            "python.testing.pytestArgs": list(project.tests),
        }
    pieces = [Piece(holder=(), name=name, value=value) for name, value in values.items()]
    roots = (f"{ROOT}/{folder}" for folder in project.sources)
    pieces += [Piece(holder=("python.analysis.extraPaths",), name=root, value=root) for root in roots]
    folders = sorted({*ALWAYS_EXCLUDED, *project.excluded})
    for setting in ("files.watcherExclude", "search.exclude"):
        # anchored at the project's root: src/.../data is code
        pieces += [Piece(holder=(setting,), name=f"{folder}/**", value=True) for folder in folders]
    return tuple(pieces)


def extension_pieces() -> tuple[Piece, ...]:
    """What the files need, recommended when the folder is opened."""
    return tuple(Piece(holder=("recommendations",), name=one, value=one) for one in EXTENSIONS)
