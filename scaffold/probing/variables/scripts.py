"""Variables that shell scripts, batch files, PowerShell, Makefiles and Dockerfiles set."""

from __future__ import annotations

import re
from collections.abc import Iterator

_VALUE = r"""(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s;&|#]*)"""
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:^|[\s;&|])(?:export|declare\s+-x|env|ENV|ARG|set\s+-x)\s+(?P<name>[A-Za-z_]\w*)[ =]{_VALUE}",
        rf"(?:^|[;&|])\s*(?:\w+=\S*\s+)*(?P<name>[A-Za-z_]\w*)={_VALUE}",  # also X=1 Y=2 python train.py
        rf"(?:^|[;&|])\s*setenv\s+(?P<name>[A-Za-z_]\w*)\s+{_VALUE}",
        r"(?i:^\s*@?set)\s+\"?(?P<name>[A-Za-z_]\w*)=(?P<value>[^\"\n]*)",
        rf"(?i:\$env:)(?P<name>[A-Za-z_]\w*)\s*=\s*{_VALUE}",
        rf"(?<=\s)(?:-e|--env)[ =](?P<name>[A-Za-z_]\w*)={_VALUE}",  # docker run -e X=1
    )
)
_COMMENT = re.compile(r"\s*(?:#|//|::|(?i:rem)\b)")


def assigned(text: str) -> Iterator[tuple[int, str, str]]:
    r"""Line, name and value of each assignment; nothing is expanded, nothing executed.

    >>> list(assigned("#!/bin/sh\nexport CUDA_VISIBLE_DEVICES=2\nA=1 B='x y' python train.py\n# C=3\n"))
    [(2, 'CUDA_VISIBLE_DEVICES', '2'), (3, 'A', '1'), (3, 'B', 'x y')]
    >>> list(assigned('@set TEMP=D:\\t\n$env:HF_HOME = "E:\\hf"\nENV A=1\nsetenv B 2\ndocker run -e C=3 x\n'))
    [(1, 'TEMP', 'D:\\t'), (2, 'HF_HOME', 'E:\\hf'), (3, 'A', '1'), (4, 'B', '2'), (5, 'C', '3')]
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > 4_000 or "=" not in line + "=" * ("setenv" in line) or _COMMENT.match(line):
            continue
        yield from ((number, name, value) for name, value in _in_line(line))


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for form in _FORMS:
        for match in form.finditer(line):
            found.setdefault(match.start("name"), (match["name"], _plain(match["value"])))
    for name, value in _leading(line):
        found.setdefault(line.index(f"{name}="), (name, value))
    yield from (found[place] for place in sorted(found))


def _leading(line: str) -> Iterator[tuple[str, str]]:
    """``A=1 B=2 python train.py``: every assignment before the command."""
    rest = line.strip()
    while match := re.match(rf"(?P<name>[A-Za-z_]\w*)={_VALUE}(?:\s+|$)", rest):
        yield match["name"], _plain(match["value"])
        rest = rest[match.end() :]


def _plain(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
