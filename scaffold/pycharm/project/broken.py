"""XML below ``.idea``, or why it cannot be merged: never written over unasked."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import Document, document_of

#: What git leaves in a file that two sides changed.
_MARKER = re.compile(rb"^(?:<{7}|={7}|>{7})(?:[ \r\n]|$)", re.MULTILINE)

_HINT = "correct it, or let it be set aside and written anew:  scaffold ide pycharm --repair"


def document_or_error(content: bytes, path: Path, tag: str) -> Document:
    """The XML in ``content``, whose root element is a ``tag``. Raises IdeFileBroken with the line."""
    try:
        document = document_of(content, path)
    except IdeFileBroken as problem:
        marker = _MARKER.search(content)
        if marker is None:
            raise IdeFileBroken(problem.message, detail=problem.detail, hint=_HINT) from problem
        line = content.count(b"\n", 0, marker.start()) + 1
        raise IdeFileBroken(
            f"{path}, line {line}: a merge conflict that nobody has solved",
            detail=(content[marker.start() :].splitlines()[0].decode(errors="replace"),),
            hint=_HINT,
        ) from problem
    if document.root.tag != tag:
        raise IdeFileBroken(
            f"{path} is not an XML file of the IDE",
            detail=(f"it holds <{document.root.tag}> where <{tag}> should be",),
            hint=_HINT,
        )
    return document
