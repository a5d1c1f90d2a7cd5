"""Commands as they must be typed in this platform's shell."""

from __future__ import annotations

import os


def quoted(argument: object) -> str:
    """One argument, so that the shell hands it on as it is."""
    text = str(argument)
    if os.name == "nt":
        return f'"{text}"' if not text or set(text) & set(" &()[]{}^=;!'+,`~%") else text
    import shlex

    return shlex.quote(text)


def line(*arguments: object) -> str:
    """A whole command."""
    return " ".join(quoted(argument) for argument in arguments)
