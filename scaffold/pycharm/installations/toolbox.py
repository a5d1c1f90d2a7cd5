"""What JetBrains' Toolbox installed: its ``state.json`` (version 2 and later)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from scaffold.pycharm.installations.places import data_folder, folder_of
from scaffold.system import System


def folders(system: System) -> Iterator[tuple[Path, str]]:
    """(folder, where it is written) of every tool that the Toolbox app lists, PyCharm or not."""
    data = data_folder(system)
    if data is None:
        return
    state = data / "JetBrains" / "Toolbox" / "state.json"
    for location in locations(system.read_text(state) or ""):
        yield folder_of(location), f"the Toolbox app's {state}"


def locations(text: str) -> tuple[str, ...]:
    r"""The absolute folders that the file names. Nothing else is believed.

    >>> locations('{"version": 1, "tools": [{"toolId": "PyCharm-P", "displayVersion": "2026.2.3",'
    ...           ' "installLocation": "/home/ada/.local/share/JetBrains/Toolbox/apps/pycharm",'
    ...           ' "launchCommand": "bin/pycharm"},'
    ...           ' {"installLocation": 7}, {"installLocation": "apps"}, null]}')
    ('/home/ada/.local/share/JetBrains/Toolbox/apps/pycharm',)
    >>> locations('{"tools": {}}'), locations("["), locations("")
    ((), (), ())
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    tools = values.get("tools") if isinstance(values, dict) else None
    named = (
        (tool.get("installLocation") for tool in tools or () if isinstance(tool, dict))
        if isinstance(tools, list)
        else ()
    )
    return tuple(dict.fromkeys(one for one in named if isinstance(one, str) and _is_absolute(one)))


def _is_absolute(path: str) -> bool:
    return "\0" not in path and (path.startswith("/") or path[1:3] in {":\\", ":/"})
