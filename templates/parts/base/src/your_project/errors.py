"""What a user may be told went wrong: one line, no traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class ProjectError(Exception):
    """A problem that whoever runs the program can act on: bad settings, a missing file, a broken image.

    The message says what, where and what to do. A mistake in the program itself is any other exception, and
    keeps its traceback.
    """


class Interrupted(ProjectError):
    """The person stopped the program; the message says how to go on."""


def run_program(body: Callable[[], None]) -> None:
    """Run the body of a program; where it cannot go on, end with one line on stderr and a fitting status."""
    try:
        body()
    except Interrupted as stop:
        sys.stderr.write(f"\n{stop}\n")
        raise SystemExit(130) from None  # 128 + SIGINT, as shells count
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped\n")
        raise SystemExit(130) from None
    except ProjectError as problem:
        sys.stderr.write(f"error: {problem}\n")
        raise SystemExit(1) from None
