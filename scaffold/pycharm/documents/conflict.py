"""What git leaves in a file that two sides changed."""

from __future__ import annotations

import re

_MARKER = re.compile(rb"^(?:<{7}|>{7})(?:[ \r\n]|$)", re.MULTILINE)


def conflict_line(content: bytes) -> int:
    r"""The line of the first conflict marker, 0 where there is none.

    >>> conflict_line(b"a\n<<<<<<< HEAD\n"), conflict_line(b"a\n=======\n")
    (2, 0)
    """
    marker = _MARKER.search(content)
    return content.count(b"\n", 0, marker.start()) + 1 if marker else 0
