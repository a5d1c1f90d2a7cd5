"""Whether a path that somebody wrote leads anywhere: one that no system takes leads nowhere, and is no error.

`pathlib` raises for a path that is too long, ``os.path`` answers.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether a file is there."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Whether a folder is there."""
    return os.path.isdir(path)  # noqa: PTH112


def exists(path: Path) -> bool:
    """Whether anything is there."""
    return os.path.exists(path)
