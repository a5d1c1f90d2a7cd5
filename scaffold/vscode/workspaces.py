"""A further environment in VS Code: a workspace file beside it, which only this machine has.

``.vscode`` is committed, so it names the project's own environment alone. An environment beside it is one
machine's affair, and so are its run configurations: they stand in ``.envs/<project>.code-workspace``,
which git ignores. Whoever opens that file finds them beside the project's own. It lies where VS Code does
not look by itself, so that nobody is asked whether to open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.projects.folders import FURTHER
from scaffold.projects.model import RunConfiguration
from scaffold.vscode.files import VSCODE, VscodePlan, plan_files
from scaffold.vscode.launch import configuration, interpreter, launch_pieces
from scaffold.vscode.model import Piece, place_of

#: In no clone: whoever linked the folder to a larger disk did so on this machine.
PLACE = place_of(FURTHER, record="vscode.json", backups=str(VSCODE.backups), may_be_link=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherRuns:
    """The run configurations of an environment beside the project's own, under names of their own."""

    environment: str  # keras: of .envs/keras
    runs: tuple[RunConfiguration, ...]


def plan_workspace(
    root: Path, name: str, further: Sequence[FurtherRuns], sources: Sequence[str]
) -> VscodePlan:
    """The workspace file as it should be; it goes where no further environment is left."""
    path = PLACE.folder / f"{name}.code-workspace"
    return plan_files(root, {path: _pieces(further, sources)} if further else {}, PLACE)


def _pieces(further: Sequence[FurtherRuns], sources: Sequence[str]) -> tuple[Piece, ...]:
    rows = tuple(run for one in further for run in one.runs)
    held = {run.name: interpreter(f"{PLACE.folder}/{one.environment}") for one in further for run in one.runs}
    pieces = [Piece(holder=(), name="folders", value=[{"path": ".."}])]
    pieces += [Piece(holder=(), name="settings", value={})]
    for piece in launch_pieces(rows, sources):
        value: Any = piece.value
        if piece.holder == ("configurations",):
            run = next(run for run in rows if run.name == piece.name)
            value = configuration(run, sources, held[piece.name])
        pieces.append(Piece(holder=("launch", *piece.holder), name=piece.name, value=value))
    return tuple(pieces)
