r"""Quotes in PARAMETERS: what PyCharm does not take for quotes, and what it would."""

from __future__ import annotations

import re

#: A word, or the value of ``--name='a b'``, in single quotes. What is in double quotes is passed over.
_SINGLE = re.compile(
    r"""(?P<double>"(?:\\"|[^"])*")|(?<!\S)(?P<before>[^\s"'=]+=)?'(?P<inner>[^'"]*)'(?!\S)"""
)


def single_quoted(text: str) -> tuple[str, ...]:
    r"""What somebody quoted with single quotes, which PyCharm takes for characters.

    >>> single_quoted("--name 'a b' --x='c d' it's \"don't 'do' it\"")
    ("'a b'", "'c d'")
    """
    return tuple(f"'{found['inner']}'" for found in _SINGLE.finditer(text) if found["double"] is None)


def double_quoted(text: str) -> str:
    r"""The same with double quotes; a value that ends with a backslash stays, for it would escape the quote.

    >>> double_quoted("--name 'a b' --x='c d'")
    '--name "a b" --x="c d"'
    >>> double_quoted(r"--to 'C:\\a b\\'")
    "--to 'C:\\\\a b\\\\'"
    """

    def better(found: re.Match[str]) -> str:
        if found["double"] is not None or found["inner"].endswith("\\"):
            return found[0]
        return f'{found["before"] or ""}"{found["inner"]}"'

    return _SINGLE.sub(better, text)


def is_unclosed(text: str) -> bool:
    r"""Whether a double quote is opened and never closed; one behind a backslash means itself.

    >>> is_unclosed('--a "b c"'), is_unclosed('--a "C:\\data\\"'), is_unclosed('say \\"hi\\"')
    (False, True, False)
    """
    return len(re.findall(r'(?<!\\)"', text)) % 2 == 1
