"""Small words that commands and findings share."""

from __future__ import annotations

import unicodedata


def shown(text: str) -> str:
    r"""What strangers wrote, fit for a terminal: its control characters could hide what stands beside them.

    >>> print(shown("rm -rf ~ \x1b[2K\r echo"))
    rm -rf ~ \x1b[2K\r echo
    """
    return "".join(one if _harmless(one) else repr(one)[1:-1] for one in text)


def _harmless(letter: str) -> bool:
    return letter.isprintable() or letter in "\n\t" or unicodedata.category(letter) == "Zs"


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
