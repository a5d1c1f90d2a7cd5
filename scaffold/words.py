"""Small words that commands and findings share."""

from __future__ import annotations

import unicodedata
from typing import Any


def shown(text: str) -> str:
    r"""What strangers wrote, fit for a terminal: its control characters could hide what stands beside them.

    >>> print(shown("rm -rf ~ \x1b[2K\r echo"))
    rm -rf ~ \x1b[2K\r echo
    """
    return "".join(one if _harmless(one) else repr(one)[1:-1] for one in text)


#: Breaks of lines, and what joins or parts letters in Persian, in Hindi, in emojis.
_NEEDED = "\n\t\u200c\u200d"


def _harmless(letter: str) -> bool:
    return letter.isprintable() or letter in _NEEDED or unicodedata.category(letter) == "Zs"


def shown_all(value: Any) -> Any:
    r"""Plain data (as JSON knows it) with every text in it `shown`.

    >>> shown_all({"a": ["b\x1b"]})
    {'a': ['b\\x1b']}
    """
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {shown_all(key): shown_all(one) for key, one in value.items()}
    return [shown_all(one) for one in value] if isinstance(value, (list, tuple)) else value


def counted(number: int, thing: str) -> str:
    """A number of things.

    >>> counted(1, "package"), counted(2, "package")
    ('1 package', '2 packages')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def size(count: int | None) -> str:
    """Bytes for people; powers of ten, as disks and downloads are sold.

    >>> size(412_000_000), size(14_200), size(0), size(None)
    ('412 MB', '14 kB', '0 bytes', 'unknown')
    """
    if count is None:
        return "unknown"
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
