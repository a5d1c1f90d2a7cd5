"""An update's journal, and the conflicts in files of the template; nothing is written to find out."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from scaffold.environments.holder import who_holds
from scaffold.errors import NotAProject
from scaffold.probing.scene import Scene
from scaffold.probing.updates.model import UpdateFacts
from scaffold.projects.record import read_pristine, read_record
from scaffold.projects.snapshot import Entry
from scaffold.system import System
from scaffold.updating.journal import interrupted
from scaffold.updating.model import REJECTED
from scaffold.updating.reading import entry_at
from scaffold.updating.unresolved import unresolved


def probe(scene: Scene) -> UpdateFacts | None:
    """None where the folder is no project of ours."""
    if scene.root is None:
        return None
    lines = tuple(unresolved(scene.root, _files(scene.root)))
    rejected = tuple(one for one in lines if f"{REJECTED}: " in one)
    return UpdateFacts(
        interrupted=is_interrupted(scene.root, scene.system),
        marked=tuple(one for one in lines if one not in rejected),
        rejected=rejected,
    )


def is_interrupted(root: Path, system: System) -> bool:
    """Whether an update ended in the midst: its journal is there, and nobody is at work."""
    return interrupted(root) and not who_holds(root, system)


def _files(root: Path) -> dict[PurePosixPath, Entry]:
    """What is there of the template's paths: only there can an update leave anything."""
    found = {}
    for path in _paths(root):
        try:
            entry = entry_at(root / path)
        except (OSError, ValueError):  # what cannot be read holds nothing that could be told
            continue
        if entry is not None:
            found[path] = entry
    return found


def _paths(root: Path) -> set[PurePosixPath]:
    """Of the last rendering; the record knows the most of them where that was not kept."""
    try:
        return set(read_pristine(root) or map(PurePosixPath, read_record(root).files))
    except NotAProject:  # damaged, which is said elsewhere
        return set()
