"""The last net: an error that nobody foresaw becomes one line and a file that can be sent to us."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback

from scaffold import __version__


def report(bug: BaseException) -> int:
    """Say that this is our mistake, keep the traceback for the report; exit status 70 (EX_SOFTWARE)."""
    if os.environ.get("SCAFFOLD_TRACEBACK"):
        traceback.print_exception(bug)
        return 70
    from scaffold.cli.errors import show
    from scaffold.errors import ScaffoldError
    from scaffold.sources.redact import redact

    text = redact(f"{' '.join(sys.argv)}\n\n{''.join(traceback.format_exception(bug))}")
    problem = ScaffoldError(
        f"{type(bug).__name__}: {bug}",
        detail=(f"This is a mistake in scaffold, not yours. {_keep(text)}",),
        code="internal",
    )
    return show(problem, status=70)


def _keep(text: str) -> str:
    try:
        handle, path = tempfile.mkstemp(prefix="scaffold-error-", suffix=".txt", text=True)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as stream:
            stream.write(f"scaffold {__version__}, Python {sys.version}\n{text}")
    except OSError:  # a full disk must not hide the message above
        return "Run it again with SCAFFOLD_TRACEBACK=1 to see where it happened."
    return f"What happened is written down in {path}; please send it along."
