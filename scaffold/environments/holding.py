"""The lock file of a project's environments."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.links import refuse_link_of_ours

if TYPE_CHECKING:
    from filelock import BaseFileLock

#: What file systems answer that know no locks: some network and FUSE mounts, NFS without its lock service.
_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)


def hold(path: Path) -> BaseFileLock:
    """Take the lock, which ends with this process at the latest. Raises filelock.Timeout where it is taken.

    Where the file system knows no locks, a file that names its holder stands for one: whoever finds that its
    holder died on the same computer takes it over. It lies beside, for an empty lock file names nobody.
    Raises OSError, also where one of the two is a link.
    """
    instead = path.with_suffix(".held")
    for one in (path, instead):
        refuse_link_of_ours(one)
    from filelock import FileLock, SoftFileLock

    lock: BaseFileLock
    if _knows_locks(path):
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except OSError as refusal:
            if refusal.errno not in _NO_LOCKS:
                raise
        else:
            return lock
    lock = SoftFileLock(instead, timeout=0)
    lock.acquire()
    return lock


def _knows_locks(path: Path) -> bool:
    """Asked by giving up a lock that nobody holds: filelock itself would settle for the empty file."""
    try:
        import fcntl
    except ImportError:  # Windows, where every file system knows them
        return True
    with path.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_UN)
        except OSError as refusal:
            return refusal.errno not in _NO_LOCKS
    return True
