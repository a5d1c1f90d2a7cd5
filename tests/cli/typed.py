"""Commands of scaffold as a user types them: in processes of their own, with or without a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def command(*arguments: object) -> list[str]:
    """``scaffold env ...`` as an argv."""
    return [sys.executable, "-m", "scaffold", "env", *map(str, arguments)]


def scaffold_env(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command's end and words, with nobody at a terminal."""
    return subprocess.run(
        command(*arguments), cwd=root, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


def typed(
    root: Path,
    typing: str,
    *arguments: object,
    environment: Mapping[str, str] | None = None,
    program: Callable[..., list[str]] | None = None,
) -> tuple[int, str]:
    """Exit status and everything on the screen, with a person at the terminal who types that at once.

    ``program`` makes the argv of the arguments; ``scaffold env`` where it is not given.
    """
    import pty

    ours, theirs = pty.openpty()
    told = {**os.environ, **(environment or {})}
    child = subprocess.Popen(
        (program or command)(*arguments), cwd=root, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
        env={name: value for name, value in told.items() if name != "CI"},  # nobody sits at a CI's
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, typing.encode())  # the terminal keeps it until it is asked for
    said = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        said += more
    os.close(ours)
    return child.wait(timeout=60), said.decode("utf-8", "replace")
