"""What the IDEs on this machine call their interpreters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.configs import config_folders, other_tables
from scaffold.pycharm.documents.source import read
from scaffold.pycharm.registration import table
from scaffold.system import System


def registered_interpreters(system: System) -> Mapping[str, Path] | None:
    """Name -> interpreter, as the newest PyCharm that knows a name means it; else another JetBrains IDE.

    None where no IDE has settings on this machine: nobody can tell then.

    Files are read and nothing else; a table that cannot be read counts as one without entries. What a name
    leads to need not be there: on another machine, in a container, gone.
    """
    others, folders = other_tables(system), config_folders(system, running=())
    if not others and not folders:
        return None
    tables = [*others, *(one.table for one in reversed(folders) if system.exists(one.table))]
    return {name: python for path in tables for name, python in _names(path, system).items()}


def _names(path: Path, system: System) -> dict[str, Path]:
    try:
        root = read(path)
    except IdeFileBroken:  # the commands that write there say so
        return {}
    return {entry.name: Path(entry.home) for entry in table.known(root, system) if entry.home}
