"""Where scaffold itself is on this machine, noted in each project it looks after.

A project's own Python lacks scaffold, yet its run configuration ``doctor``, external tools and tasks of
editors start it: ``.scaffold/run_scaffold.py``, which the template brings, reads this note. The note is this
machine's and never in git.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePosixPath

from scaffold.files import read_regular, replace_file

#: What starts scaffold from within a project, below its root; the arguments are scaffold's own.
LAUNCHER = PurePosixPath(".scaffold/run_scaffold.py")

RECORD = PurePosixPath(".scaffold/tool.json")


def remember_tool(root: Path) -> bool:
    """Note the interpreter that runs scaffold now; whether anything had to be written.

    Where the project has no launcher there is nobody to read it, and nothing is written. Raises
    NoPermission, NoSpace.
    """
    if not (root / LAUNCHER).is_file():
        return False
    note = json.dumps({"schema": "scaffold/tool/1", "python": sys.executable}, indent=2) + "\n"
    content = note.encode("utf-8")
    path = root / RECORD
    if path.is_file() and read_regular(path) == content:
        return False
    replace_file(path, content)
    return True
