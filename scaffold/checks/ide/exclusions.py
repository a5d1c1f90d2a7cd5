"""Folders that PyCharm would index for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.shown import fixed_by_us
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.pycharm.survey.folders import MANY, to_exclude
from scaffold.words import counted, size

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import Folder, IdeFacts

_LARGE = 4 << 30  # bytes


def excluded(facts: IdeFacts) -> Iterator[Finding]:
    """Data, checkpoints and environments are excluded: indexing them takes minutes and finds nothing."""
    for module, folder in to_exclude(facts):
        heavy = folder.environment or folder.files > MANY or folder.size > _LARGE
        yield Finding(
            id="ide.environment-indexed" if folder.environment else "ide.index-data",
            level="warning" if heavy else "info",
            title=f"PyCharm indexes the environment in {folder.path}"
            if folder.environment
            else f"PyCharm indexes {folder.path}: {extent(folder)}",
            detail="its packages are searched, and refactored, as if they were the project's own code"
            if folder.environment
            else "that takes time after each change, and nobody searches there",
            cause="index-data",
            evidence=(
                Evidence(source=folder.path, value=extent(folder)),
                Evidence(source=module.path, value="no excludeFolder for it"),
            ),
            remedy=fixed_by_us(f"exclude {folder.path}")
            if module.file is not None and module.file.changeable
            else Remedy(text=f"exclude {folder.path} (right click | Mark Directory as | Excluded)"),
        )


def extent(folder: Folder) -> str:
    """How much it is at least.

    >>> from scaffold.pycharm.survey.model import Folder
    >>> extent(Folder(path="data", files=9, size=14_200, whole=True))
    '9 files, 14 kB'
    """
    least = "" if folder.whole else "at least "
    return f"{least}{counted(folder.files, 'file')}, {size(folder.size)}"
