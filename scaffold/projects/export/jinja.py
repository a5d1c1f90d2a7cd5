"""Text that jinja renders to a given text: placeholders become expressions, braces of its own stay braces."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Where jinja would begin to read an expression, a statement or a comment, also one that we put there.
_OPENING = re.compile(r"\{(?=[{%#\r])")

#: What renders to an open brace.
BRACE = "{{ '{' }}"


def jinja_text(text: str, expressions: Mapping[str, str]) -> str:
    r"""A template that renders to ``text`` with its placeholders filled in.

    >>> print(jinja_text("import a  # {{ b }} of {a}", {"a": "package"}))
    import {{ package }}  # {{ '{' }}{ b }} of {{ '{' }}{{ package }}}
    >>> print(jinja_text("a\r\n", {}))  # jinja itself would write the line's end of the system
    a{{ '\r' }}
    <BLANKLINE>
    """
    if not expressions:
        return _literal(text, before_expression=False)
    pieces = re.split(f"({'|'.join(map(re.escape, expressions))})", text)
    parts = []
    for index, piece in enumerate(pieces):
        if index % 2:
            parts.append(f"{{{{ {expressions[piece]} }}}}")
        else:
            parts.append(_literal(piece, before_expression=index + 1 < len(pieces)))
    return "".join(parts)


def holds(text: str, expressions: Mapping[str, str]) -> bool:
    """Whether a text has a placeholder."""
    return any(placeholder in text for placeholder in expressions)


def _literal(text: str, *, before_expression: bool) -> str:
    text = _OPENING.sub(BRACE, text)
    if before_expression and text.endswith("{"):
        text = text[:-1] + BRACE
    return text.replace("\r", r"{{ '\r' }}")
