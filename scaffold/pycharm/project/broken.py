"""XML below ``.idea``, or why it cannot be merged: never written over unasked."""

from __future__ import annotations

from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.conflict import conflict_line
from scaffold.pycharm.documents.source import Document, document_of

_HINT = "correct it, or let it be set aside and written anew:  scaffold ide pycharm --repair"


def document_or_error(content: bytes, path: Path, tag: str) -> Document:
    """The XML in ``content``, whose root element is a ``tag``. Raises IdeFileBroken with the line."""
    try:
        document = document_of(content, path)
    except IdeFileBroken as problem:
        line = conflict_line(content)
        if not line:
            raise IdeFileBroken(problem.message, detail=problem.detail, hint=_HINT) from problem
        raise IdeFileBroken(
            f"{path}, line {line}: a merge conflict that nobody has solved",
            detail=(content.split(b"\n")[line - 1].decode(errors="replace").rstrip(),),
            hint=_HINT,
        ) from problem
    if document.root.tag != tag:
        raise IdeFileBroken(
            f"{path} is not an XML file of the IDE",
            detail=(f"it holds <{document.root.tag}> where <{tag}> should be",),
            hint=_HINT,
        )
    return document
