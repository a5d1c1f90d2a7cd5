"""Commands as they must be typed in this platform's shell."""

from __future__ import annotations

import os


def quoted(argument: object, *, windows: bool = os.name == "nt") -> str:
    """One argument, so that the shell hands it on as it is: this platform's, or Windows' two."""
    text = str(argument)
    if windows:
        return f'"{text}"' if not text or set(text) & set(" &()[]{}^=;!'+,`~%<>|") else text
    import shlex

    return shlex.quote(text)


def line(*arguments: object, windows: bool = os.name == "nt") -> str:
    """A whole command."""
    return " ".join(quoted(argument, windows=windows) for argument in arguments)
