"""What VS Code's Python debugger starts for an entry of ``launch.json``, after its resolvers' source.

Variables are substituted by VS Code, defaults and the environment by ``resolvers/launch.ts`` and
``resolvers/helper.ts`` of the extension (facts: ``schemas.json``). Here for a terminal on this machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Started:
    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]  # what is set beside the terminal's own


def started(entry: Mapping[str, Any], root: Path, python: Path, inherited: Mapping[str, str]) -> Started:
    """Command line, folder and variables; ``python`` is the interpreter that is chosen for the folder."""
    filled = substituted(entry, root)
    environment = dict(filled.get("env", {}))
    if environment.get("PYTHONPATH") and inherited.get("PYTHONPATH"):
        environment["PYTHONPATH"] += os.pathsep + inherited["PYTHONPATH"]
    environment.setdefault("PYTHONIOENCODING", "UTF-8")
    environment.setdefault("PYTHONUNBUFFERED", "1")
    target = ["-m", filled["module"]] if "module" in filled else [filled["program"]]
    return Started(
        argv=(filled.get("python", str(python)), *target, *filled.get("args", [])),
        cwd=Path(filled.get("cwd", root)),
        environment=environment,
    )


def substituted(value: Any, root: Path) -> Any:
    """A value with ``${workspaceFolder}`` replaced, keys of objects not."""
    if isinstance(value, str):
        return value.replace("${workspaceFolder}", str(root))
    if isinstance(value, Mapping):
        return {key: substituted(one, root) for key, one in value.items()}
    if isinstance(value, list):
        return [substituted(one, root) for one in value]
    return value
