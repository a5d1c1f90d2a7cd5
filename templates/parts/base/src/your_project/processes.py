"""Several processes that do one piece of work: which of them this is.

torchrun starts a program as often as it is told and numbers the copies in their environment. The first one
speaks and writes; the others only compute. A program that was started by itself is the first of one.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def count() -> int:
    """Return how many processes there are, on all machines together."""
    return max(1, _read("WORLD_SIZE")) if "RANK" in os.environ else 1


def number() -> int:
    """Return which one this is, from 0."""
    return _read("RANK") if count() > 1 else 0


def count_here() -> int:
    """Return how many there are on this machine; each needs a GPU of its own."""
    return max(1, _read("LOCAL_WORLD_SIZE")) if count() > 1 else 1


def number_here() -> int:
    """Return which one of this machine's it is, from 0."""
    return _read("LOCAL_RANK") if count() > 1 else 0


@contextmanager
def only_the_first_speaks() -> Iterator[None]:
    """Let what the other processes print go nowhere; errors are heard of all."""
    if not number():
        yield
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


def leave() -> None:
    """End a process that is not the first: nothing is left to it but to take its interpreter apart.

    Gloo's threads let go of the last tensors when they like; where the interpreter is gone by then, PyTorch
    aborts the process (seen with 2.13), and torchrun takes all the others down. The first process has its
    report to write meanwhile. Python's own multiprocessing ends its children so, too.
    """
    if number():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _read(name: str) -> int:
    value = os.environ.get(name, "")
    return int(value) if value.isdecimal() else 0
