"""Whether a terminal can draw the dialogue; where it cannot, a line at a time is asked."""

from __future__ import annotations

import sys

from scaffold.system import System

#: Fewer columns or rows leave no room for a list and what it says of its entries.
LEAST_COLUMNS, LEAST_ROWS = 50, 14

#: Terminals without a cursor that moves.
_DUMB = frozenset({"", "dumb", "unknown", "emacs"})


def can_draw(system: System) -> bool:
    """A terminal with a cursor, UTF-8 and some room."""
    import shutil

    encoding = (getattr(sys.stdout, "encoding", None) or "").casefold().replace("-", "")
    if encoding != "utf8":
        return False
    size = shutil.get_terminal_size()
    if size.columns < LEAST_COLUMNS or size.lines < LEAST_ROWS:
        return False
    if system.platform.os == "windows":
        return _console_draws()
    return system.environment.get("TERM", "") not in _DUMB


def _console_draws() -> bool:
    """The console of Windows 10 and later knows escape sequences once it is told to."""
    from importlib import import_module

    console = import_module("prompt_toolkit.output.windows10")  # cannot be imported elsewhere
    return bool(console.is_win_vt100_enabled())
