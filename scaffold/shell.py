"""Commands as they must be typed in this platform's shell."""

from __future__ import annotations

import os

#: What either of Windows' shells does not hand on by itself; PowerShell takes typographic marks for its own.
_SINGLE, _DOUBLE = "'\u2018\u2019\u201a\u201b", '"\u201c\u201d\u201e'
_ODD = frozenset(f" &()[]{{}}^=;!+,`~%<>|${_SINGLE}{_DOUBLE}")


def quoted(argument: object, *, windows: bool = os.name == "nt") -> str:
    """One argument, so that the shell hands it on as it is: this platform's, or Windows' two.

    Of these, PowerShell computes within double quotes; what it would compute gets a backtick, which the other
    one hands on.

    >>> print(quoted("C:/My Files", windows=True), quoted("$(calc)", windows=True))
    "C:/My Files" "`$(calc)"
    """
    text = str(argument)
    if windows:
        return f'"{"".join(map(_within_double, text))}"' if not text or _ODD & set(text) else text
    import shlex

    return shlex.quote(text)


def _within_double(character: str) -> str:
    if character in _DOUBLE:
        return 2 * character
    return f"`{character}" if character in "$`" else character


def line(*arguments: object, windows: bool = os.name == "nt") -> str:
    """A whole command."""
    return " ".join(quoted(argument, windows=windows) for argument in arguments)
