r"""Quotes in PARAMETERS: what PyCharm does not take for quotes, and what it would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

#: Options that hold command lines; the last one as JSON.
ARGUMENTS = ("PARAMETERS", "INTERPRETER_OPTIONS", "_new_additionalArguments")

#: A word, or the value of ``--name='a b'``, in single quotes. What is in double quotes is passed over.
_SINGLE = re.compile(
    r"""(?P<double>"(?:\\"|[^"])*")|(?<!\S)(?P<before>[^\s"'=]+=)?'(?P<inner>[^']*)'(?!\S)"""
)


def meant(option: str, value: str) -> str:
    r"""The command line in an option's value.

    >>> meant("PARAMETERS", "--lr 1"), meant("_new_additionalArguments", '"-k a"')
    ('--lr 1', '-k a')
    """
    if not option.startswith("_new_"):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def written(option: str, text: str) -> str:
    """The value that says so; `meant` turned round."""
    return json.dumps(text, ensure_ascii=False) if option.startswith("_new_") else text


def single_quoted(text: str) -> tuple[str, ...]:
    r"""What somebody quoted with single quotes, which PyCharm takes for characters.

    >>> single_quoted("--name 'a b' --x='c d' it's \"don't 'do' it\"")
    ("'a b'", "'c d'")
    """
    return tuple(f"'{found['inner']}'" for found in _SINGLE.finditer(text) if found["double"] is None)


def double_quoted(text: str) -> str:
    r"""The same with double quotes; all stays where a backslash in a value would escape one of them.

    >>> double_quoted("--name 'a b' --x='c d'")
    '--name "a b" --x="c d"'
    >>> print(double_quoted("--cfg '{\"a\": 1}'"))
    --cfg "{\"a\": 1}"
    >>> double_quoted(r"--to 'C:\\a b\\'")
    "--to 'C:\\\\a b\\\\'"
    """

    def better(found: re.Match[str]) -> str:
        if found["double"] is not None or re.search(r'\\(?:"|\Z)', found["inner"]):
            return found[0]
        inner = found["inner"].replace('"', '\\"')
        return f'{found["before"] or ""}"{inner}"'

    after = _SINGLE.sub(better, text)
    return text if single_quoted(after) else after


def is_unclosed(text: str) -> bool:
    r"""Whether a double quote is opened and never closed; one behind a backslash means itself.

    >>> is_unclosed('--a "b c"'), is_unclosed('--a "C:\\data\\"'), is_unclosed('say \\"hi\\"')
    (False, True, False)
    """
    return len(re.findall(r'(?<!\\)"', text)) % 2 == 1


def named(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word under the option before it, "" where there is none; ``--lr=1`` holds both.

    >>> list(named(("in.csv", "--out", "a", "--lr=1", "-v", "--x")))
    [('', 'in.csv'), ('--out', 'a'), ('--lr', '1'), ('-v', ''), ('--x', '')]
    """
    taken = False
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        name, sign, value = word.partition("=")
        if word.startswith("-"):
            taken = not sign and not following.startswith("-")
            yield name, value if sign else following if taken else ""
        elif not taken:
            yield (name, value) if sign else ("", word)
        else:
            taken = False
