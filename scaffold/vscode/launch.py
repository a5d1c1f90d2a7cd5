"""Run configurations as entries of ``launch.json``, which VS Code's Python debugger starts.

Nothing of this machine stands in them: ``${workspaceFolder}`` is the project, and the interpreter is the
one that is chosen for it. What may stand in an entry: ``tests/vscode/schemas.json``, with sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scaffold.errors import TemplateBroken
from scaffold.projects.model import TORCHRUN, RunConfiguration, torchrun_arguments, unknown_kind
from scaffold.vscode.model import Piece

ROOT = "${workspaceFolder}"

#: What VS Code puts into a file that it makes itself.
VERSION = Piece(holder=(), name="version", value="0.2.0")


def launch_pieces(runs: Sequence[RunConfiguration], sources: Sequence[str]) -> tuple[Piece, ...]:
    """Every entry of ``launch.json``; ``sources`` are folders that modules are imported from.

    Raises TemplateBroken for a row that VS Code would start otherwise than meant.
    """
    configurations = [
        Piece(holder=("configurations",), name=run.name, value=configuration(run, sources))
        for run in runs
        if run.kind != "compound"
    ]
    compounds = [
        Piece(holder=("compounds",), name=run.name, value=_compound(run, runs))
        for run in runs
        if run.kind == "compound"
    ]
    return VERSION, *configurations, *compounds


def configuration(
    run: RunConfiguration, sources: Sequence[str], python: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One entry; ``python`` names another interpreter than the project's (`interpreter`)."""
    target, arguments = _started(run)
    _refuse_variables(run.name, (*run.arguments, *run.environment.values()))
    entry: dict[str, Any] = {"name": run.name, "type": "debugpy", "request": "launch", **target}
    if arguments:
        entry["args"] = list(arguments)
    entry["cwd"] = ROOT
    entry["env"] = {"PYTHONUNBUFFERED": "1", **_import_roots(sources), **run.environment}
    # also where PyCharm emulates no terminal: the Debug Console has no keyboard and no Ctrl-C
    entry["console"] = "integratedTerminal"
    entry["justMyCode"] = True
    entry["subProcess"] = True  # DataLoader workers and torchrun's ranks stop at breakpoints, too
    if run.folder:
        entry["presentation"] = {"group": run.folder}
    if python:
        entry |= {"python": python["python"], "windows": {"python": python["windows"]}}
    return entry


def interpreter(folder: str) -> dict[str, str]:
    """The interpreter of an environment below the project, here and on Windows."""
    return {
        "python": f"{ROOT}/{folder}/bin/python",
        "windows": f"{ROOT}/{folder}/Scripts/python.exe",
    }


def _started(run: RunConfiguration) -> tuple[dict[str, str], tuple[str, ...]]:
    match run.kind:
        case "script":
            return {"program": f"{ROOT}/{run.target}"}, run.arguments
        case "module":
            return {"module": run.target}, run.arguments
        case "pytest":
            target = (f"{ROOT}/{run.target}",) if run.target else ()
            return {"module": "pytest"}, (*run.arguments, *target)
        case "torchrun":
            return {"module": TORCHRUN}, torchrun_arguments(run)
        case "compound":
            raise ValueError(f"{run.name!r} starts others, and nothing of its own")
        case _:
            raise unknown_kind(run.kind)


def _import_roots(sources: Sequence[str]) -> dict[str, str]:
    """VS Code has no word for what separates paths, which is another sign on Windows: one folder only.

    Behind it the debugger appends what the user's own PYTHONPATH holds.
    """
    return {"PYTHONPATH": f"{ROOT}/{sources[0]}"} if sources else {}


def _compound(run: RunConfiguration, runs: Iterable[RunConfiguration]) -> dict[str, Any]:
    """VS Code starts configurations only: a compound among the members stands for its own members."""
    rows = {one.name: one for one in runs}
    entry: dict[str, Any] = {"name": run.name, "configurations": list(_members(run, rows, ()))}
    entry["stopAll"] = True
    if run.folder:
        entry["presentation"] = {"group": run.folder}
    return entry


def _members(
    run: RunConfiguration, rows: Mapping[str, RunConfiguration], above: tuple[str, ...]
) -> Iterable[str]:
    names: dict[str, None] = {}
    for name in run.members:
        if name not in rows or name in (run.name, *above):
            raise TemplateBroken(f"{run.name!r} starts {name!r}, which is no run configuration of its own")
        one = rows[name]
        more = _members(one, rows, (*above, run.name)) if one.kind == "compound" else (name,)
        names |= dict.fromkeys(more)
    return names


def _refuse_variables(name: str, texts: Iterable[str]) -> None:
    """What VS Code would put something else in the place of; it knows no way to write such a text."""
    for text in texts:
        if "${" in text:
            raise TemplateBroken(f"The run configuration {name!r} holds {text!r}, which VS Code would change")
