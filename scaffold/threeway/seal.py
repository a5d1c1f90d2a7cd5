"""What this user's scaffold wrote into a project, told from what came with a clone.

A journal says which files are moved where: one that somebody else made must never be followed. It is sealed
with a random key that lies in the user's own folder and in no project.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sys
from pathlib import Path

from scaffold.errors import UpdateRefused
from scaffold.files import move, read_regular

#: Bytes of a key.
_LENGTH = 32

#: Seconds to wait for another process that makes the key; it takes well under one.
_PATIENCE = 10.0


def ready() -> None:
    """Have the key that `seal` needs, before anything is changed that only it could finish or take back.

    Raises UpdateRefused (``update-no-key``) where none can be kept: one that ends with this process would
    make the journal nobody's.
    """
    _key(_place())


def seal(content: bytes) -> str:
    """What proves, later and to this user alone, that the content is the user's own. Raises as `ready`."""
    return _sealed(_key(_place()), content)


def is_ours(content: bytes, sealed: str) -> bool:
    """Whether `seal` was called with it by this user on this machine; nothing is written to find out."""
    key = _kept(_place())
    return key is not None and hmac.compare_digest(
        _sealed(key, content).encode(), sealed.encode("utf-8", "replace")
    )


def _sealed(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, "sha256").hexdigest()


def _place() -> Path:
    from platformdirs import user_state_path

    return user_state_path("scaffold", appauthor=False) / "journals.key"


def _key(place: Path) -> bytes:
    """The user's key, made the first time. A key that is there needs no folder that can be written."""
    from filelock import FileLock, Timeout

    if not place.is_absolute():
        raise _without(place, "this user has no home folder")
    try:
        if key := _kept(place):
            return key
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(f"{place}.lock", timeout=_PATIENCE):
            return _kept(place) or _made(place)
    except Timeout as problem:
        raise _without(place, f"another process holds {place}.lock") from problem
    except (OSError, NotImplementedError) as problem:  # the latter: filelock, of a disk that knows no locks
        raise _without(place, getattr(problem, "strerror", None) or str(problem)) from problem


def _without(place: Path, why: str) -> UpdateRefused:
    fixed = sys.platform in {"win32", "darwin"}  # there no variable moves it
    elsewhere = "" if fixed else "; or name another one: export XDG_STATE_HOME=FOLDER"
    return UpdateRefused(
        f"the key that seals an update cannot be kept in {place.parent}",
        detail=(why, "without it an update that is interrupted could be neither finished nor taken back"),
        hint=f"let this user write into that folder{elsewhere}",
        code="update-no-key",
    )


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
