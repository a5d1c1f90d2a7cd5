"""An update's journal, and the conflicts in files of the template; nothing is written to find out."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from scaffold.environments.holder import who_holds
from scaffold.errors import NotAProject, UpdateRefused
from scaffold.probing.scene import Scene
from scaffold.probing.updates.model import UpdateFacts
from scaffold.projects.record import read_pristine, read_record
from scaffold.projects.snapshot import Entry
from scaffold.system import System
from scaffold.threeway.classify import as_recorded
from scaffold.threeway.journal import interrupted, refuse_interrupted
from scaffold.threeway.leftovers import leftovers
from scaffold.threeway.model import REJECTED
from scaffold.threeway.reading import entry_at
from scaffold.threeway.unresolved import unresolved
from scaffold.words import shown


def probe(scene: Scene) -> UpdateFacts | None:
    """None where the folder is no project of ours."""
    if scene.root is None:
        return None
    lines, problem = _unresolved(scene.root)
    waiting = leftovers(scene.root).waiting
    rejected = tuple(one for one in lines if f"{REJECTED}: " in one)
    left = unfinished(scene.root, scene.system)
    followed = left is None or left.code == "update-interrupted"
    return UpdateFacts(
        interrupted=left is not None,
        unusable="" if left is None or followed else left.message,
        foreign=left is not None and left.code == "update-journal-foreign",
        cure="" if left is None or followed else left.hint,
        marked=tuple(one for one in lines if one not in rejected),
        rejected=rejected,
        waiting=tuple(f"{path}: {shown(why)}" for path, why in waiting.items()),
        pristine=problem,
    )


def unfinished(root: Path, system: System) -> UpdateRefused | None:
    """What `scaffold update` would say of one that ended in the midst; None where somebody is at work."""
    if not interrupted(root) or who_holds(root, system):
        return None
    try:
        refuse_interrupted(root)
    except UpdateRefused as problem:
        return problem
    return None


def _unresolved(root: Path) -> tuple[tuple[str, ...], str]:
    """What waits at the template's paths, where alone it can; why the rendering that has them is unread."""
    base, problem = None, ""
    digests: Mapping[str, str] = {}
    try:
        base = read_pristine(root)
    except NotAProject as damage:
        problem = ", ".join(damage.detail) or damage.message
    if base is None:
        with contextlib.suppress(NotAProject):  # damaged, which is said elsewhere
            digests = read_record(root).files
    paths = set(base if base is not None else map(PurePosixPath, digests))
    yours = _files(root, paths)
    made = base if base is not None else as_recorded(yours, digests)
    return tuple(unresolved(root, yours, made, paths)), problem


def _files(root: Path, paths: set[PurePosixPath]) -> dict[PurePosixPath, Entry]:
    """What is there of them."""
    found = {}
    for path in paths:
        try:
            entry = entry_at(root / path)
        except (OSError, ValueError):  # what cannot be read holds nothing that could be told
            continue
        if entry is not None:
            found[path] = entry
    return found
