"""Conflicts that an earlier update left and nobody has resolved: told by the files themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.errors import UpdateRefused
from scaffold.projects.snapshot import Snapshot
from scaffold.updating.lines import read_text
from scaffold.updating.model import REJECTED

#: Ours, with our names: what a tutorial quotes of git's is none.
_MARKERS = re.compile(rb"^(?:<{7} yours|>{7} template\b.*)\r?$", re.MULTILINE)


def refuse_unresolved(root: Path, yours: Snapshot) -> None:
    """Raise UpdateRefused (``update-conflicts-left``) where there are any: another update would bury them."""
    left = tuple(unresolved(root, yours))
    if left:
        raise UpdateRefused(
            "conflicts of an earlier update are not resolved yet",
            detail=left,
            hint="choose in each marked place what shall stay and delete the markers; delete .rej files when "
            "you have what you need of them; or take the update back: scaffold update --undo",
            code="update-conflicts-left",
        )


def unresolved(root: Path, yours: Snapshot) -> Iterator[str]:
    """A line for each file that holds markers, or beside which a file of rejected hunks lies."""
    for path, entry in sorted(yours.items()):
        if entry.kind != "file":
            continue
        text = read_text(entry.content)
        found = len(_MARKERS.findall(b"".join(text.lines))) if text is not None else 0
        if found:
            yield f"{path}: {(found + 1) // 2} marked"
        beside = path.with_name(path.name + REJECTED)
        if os.path.lexists(root / beside):
            yield f"{beside}: what could not be merged into {path.name}"
