r"""PyCharm's own command-line syntax: what stands in PARAMETERS is neither a shell's nor shlex's.

Only double quotes quote, anywhere in a word; ``\"`` is a quote that means itself; every other
backslash and every single quote means itself. Source: ParametersListUtil of intellij-community
(``util/execution``), whose splitting this module repeats character by character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_CONTROL_SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f")
_NO_BREAK_SPACES = frozenset("\u00a0\u2007\u202f")


def parse(text: str) -> tuple[str, ...]:
    r"""Split PARAMETERS as PyCharm does.

    >>> parse('--name "a b" --dir C:\\new it\'s "{\\"lr\\": 0.1}"')
    ('--name', 'a b', '--dir', 'C:\\new', "it's", '{"lr": 0.1}')
    """
    text = text.strip("".join(map(chr, range(0x21))))  # Java's trim(): everything up to the blank
    words: list[str] = []
    word: list[str] = []
    quoted = begun = escaped = False
    for index, character in enumerate(text):
        if character == '"' and not escaped:
            quoted, begun = not quoted, True
            continue
        if character == "\\" and text[index + 1 : index + 2] == '"':
            escaped = True
            continue
        escaped = False
        if not quoted and _is_space(character):
            if begun or word:
                words.append("".join(word))
            word, begun = [], False
            continue
        word.append(character)
    if begun or word:
        words.append("".join(word))
    return tuple(words)


def quote(argument: str) -> str:
    r"""One argument, so that `parse` gives it back.

    Trailing backslashes stand behind the closing quote, where they escape nothing.

    >>> print(quote('a "b" c\\'))
    "a \"b\" c"\
    """
    escaped = argument.replace('"', '\\"')
    if argument and not any(character <= " " or _is_space(character) for character in argument):
        return escaped
    body = escaped.rstrip("\\")
    return f'"{body}"{escaped[len(body) :]}'


def join(arguments: Iterable[str]) -> str:
    """A command line for PARAMETERS."""
    return " ".join(quote(argument) for argument in arguments)


def _is_space(character: str) -> bool:
    """Java's ``Character.isWhitespace``: no-break spaces, unlike Python's ``isspace``, are none."""
    if character in _CONTROL_SPACES:
        return True
    return character not in _NO_BREAK_SPACES and unicodedata.category(character) in {"Zs", "Zl", "Zp"}
