"""``.env`` files as PyCharm reads them (ENV_FILES of a run configuration)."""

from __future__ import annotations

import re


def parse(text: str) -> dict[str, str]:
    r"""Names and values of a ``.env`` file; comments and other lines are passed over.

    A value in double quotes may run over several lines, which are joined without a break: so does
    PyCharm (``parseEnvFile`` in intellij-community). Nothing is expanded.

    >>> parse("export A=1 # one\nB='x#y'\nC=\"two\nlines\"\n")
    {'A': '1', 'B': 'x#y', 'C': 'twolines'}
    """
    values: dict[str, str] = {}
    open_key: str | None = None
    for line in re.split(r"\r\n|\n|\r", text):
        if open_key is not None:
            rest = _without_comment(line, '"')
            values[open_key] += rest.removesuffix('"')
            open_key = None if rest.endswith('"') else open_key
            continue
        name, sign, value = line.partition("=")
        key = name.strip().removeprefix("export ").strip()
        if not sign or not key or key.startswith("#"):
            continue
        if value.strip().startswith('"'):
            body = _without_comment(value.strip()[1:], '"')
            values[key] = body.removesuffix('"')
            open_key = None if body.endswith('"') else key
        else:
            values[key] = _without_quotes(_without_comment(value, "'"))
    if open_key is not None:  # a quote that is never closed: PyCharm drops the value
        del values[open_key]
    return values


def _without_comment(line: str, quote: str) -> str:
    position = line.rfind("#")
    return line.strip() if position < 0 or position < line.rfind(quote) else line[:position].strip()


def _without_quotes(value: str) -> str:
    enclosed = len(value) > 1 and value.startswith("'") and value.endswith("'")
    return value[1:-1] if enclosed else value
