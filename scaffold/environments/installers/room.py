"""Which disk is full: an installation writes to up to three of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scaffold.errors import NoSpace
from scaffold.system import System

#: What to do about each place, where it is the one with the least room.
CURES = {
    "environment": "free some space, or make the project on another disk",
    "uv's cache": "free some space (uv cache prune), or name a folder on another disk: UV_CACHE_DIR=FOLDER",
    "temporary files": "free some space, or name a folder on another disk: TMPDIR=FOLDER",
}


def with_places(full: NoSpace, places: Mapping[str, Path], system: System) -> NoSpace:
    """The same error with the room at each place (names as in CURES), and what helps at the fullest."""
    free = {what: system.disk_free(path) for what, path in places.items()}
    known = {what: room for what, room in free.items() if room is not None}
    if not known:
        return full
    fullest = min(known, key=known.__getitem__)
    rooms = tuple(f"{what}: {places[what]}, {room / 1e6:,.0f} MB free" for what, room in known.items())
    return NoSpace(full.message, detail=(*full.detail, *rooms), hint=CURES[fullest], code=full.code)
