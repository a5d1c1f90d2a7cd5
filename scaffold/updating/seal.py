"""What this user's scaffold wrote into a project, told from what came with a clone.

A journal says which files are moved where: one that somebody else made must never be followed. It is sealed
with a random key that lies in the user's own folder and in no project.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from scaffold.files import move, read_regular

#: Bytes of a key.
_LENGTH = 32

#: Seconds to wait for another process that makes the key; it takes well under one.
_PATIENCE = 10.0


def seal(content: bytes) -> str:
    """What proves, later and to this user alone, that the content is the user's own."""
    return hmac.new(_key(_place()), content, "sha256").hexdigest()


def is_ours(content: bytes, sealed: str) -> bool:
    """Whether `seal` was called with it by this user on this machine."""
    return hmac.compare_digest(seal(content).encode(), sealed.encode("utf-8", "replace"))


def _place() -> Path:
    from platformdirs import user_state_path

    return user_state_path("scaffold", appauthor=False) / "journals.key"


@cache
def _key(place: Path) -> bytes:
    """The user's key, made the first time; where none can be kept, one that ends with this process."""
    from filelock import FileLock, Timeout

    if place.is_absolute():  # else the user has no home
        with contextlib.suppress(OSError, Timeout):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(f"{place}.lock", timeout=_PATIENCE):
                return _kept(place) or _made(place)
    return secrets.token_bytes(_LENGTH)


def _kept(place: Path) -> bytes | None:
    try:
        found = read_regular(place, _LENGTH)
    except OSError:
        return None
    return found if len(found) == _LENGTH else None


def _made(place: Path) -> bytes:
    key, partial = secrets.token_bytes(_LENGTH), place.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    if os.path.lexists(place):  # damaged
        place.unlink()
    move(partial, place)
    return key
