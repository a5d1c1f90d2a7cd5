"""Folders for a moment: gone after it, also where Ctrl-C is pressed while they are being removed."""

from __future__ import annotations

import atexit
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def passing_folder(prefix: str) -> Iterator[Path]:
    """A new folder that nobody else can enter, as long as the block runs; what cannot be removed stays.

    A second Ctrl-C ends the removal in the midst of it: what is left goes at the process's end.
    Raises OSError.
    """
    folder = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    try:
        yield Path(folder.name).resolve()
    finally:
        folder.cleanup()
        atexit.unregister(folder.cleanup)
