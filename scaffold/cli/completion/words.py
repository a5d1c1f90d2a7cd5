"""A command line that is still being typed, cut into words as bash and fish do; words quoted for a shell."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Typed:
    """A line up to the cursor: words without their quotes, and the last one also as it was typed."""

    words: tuple[str, ...]  # the last one is what is being completed; "" behind a blank
    raw: str = ""
    quote: str = ""  # ' or " where the last word is within one

    @classmethod
    def read(cls, line: str) -> Typed:
        r"""Cut a line into words.

        >>> Typed.read('scaffold run train\\ (Py')
        Typed(words=('scaffold', 'run', 'train (Py'), raw='train\\ (Py', quote='')
        >>> Typed.read('scaffold run "tra')
        Typed(words=('scaffold', 'run', 'tra'), raw='"tra', quote='"')
        """
        words, word, raw, quote = [], "", "", ""
        characters = iter(line)
        for one in characters:
            if not quote and one.isspace():
                words += [word] if raw else []
                word = raw = ""
                continue
            raw += one
            if one == "\\" and quote != "'":
                after = next(characters, "")
                raw += after
                # Within double quotes it stays a backslash before anything but these.
                word += after if not quote or after in '"\\$`' else one + after
            elif quote and one == quote:
                quote = ""
            elif not quote and one in "'\"":
                quote = one
            else:
                word += one
        return cls((*words, word), raw, quote)


def for_bash(value: str, typed: Typed, breaks: str) -> str:
    r"""A value as bash has to be given it, to stand in the place of what was typed.

    Within an open quote readline puts the quotes; a word ends for it at each of ``breaks``, so that what
    stands before the last of them is not given again.

    >>> print(for_bash("train (PyTorch)", Typed(("",)), ":="))
    train\ \(PyTorch\)
    >>> print(for_bash("it's", Typed(("it",), "'it", "'"), ":="))
    it'\''s
    >>> print(for_bash('$HOME!', Typed(("",), '"', '"'), ":="))
    \$HOME"'!'"
    >>> for_bash("acme:cnn", Typed(("acme:c",), "acme:c"), ":=")
    'cnn'
    """
    if typed.quote == "'":
        return value.replace("'", "'\\''")
    if typed.quote == '"':
        # No backslash keeps bash from looking up what ran before: only single quotes do.
        return re.sub(r'(["\\$`])', r"\\\1", value).replace("!", "\"'!'\"")
    quoted = re.sub(r"([^\w./:=@%+,^~-])", r"\\\1", value)
    cut = max((typed.raw.rfind(one) + 1 for one in breaks if one in ":=@"), default=0)
    return quoted[cut:] if quoted.startswith(typed.raw[:cut]) else quoted


def for_powershell(value: str) -> str:
    """A value as PowerShell takes it for one word.

    >>> for_powershell("--yes"), for_powershell("train (PyTorch)"), for_powershell("it's")
    ('--yes', "'train (PyTorch)'", "'it''s'")

    It takes the typographic ones for single quotes, too: each that is doubled is one that stands for itself.

    >>> print(for_powershell("a\u2019; calc; \u2018b"))
    'a\u2019\u2019; calc; \u2018\u2018b'
    """
    if re.fullmatch(r"[\w./:=\\+-]+", value):
        return value
    return "'" + re.sub("(['\u2018-\u201b])", r"\1\1", value) + "'"
