"""XML below ``.idea``, or why it cannot be merged: never written over unasked."""

from __future__ import annotations

from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.conflict import conflict_line
from scaffold.pycharm.documents.source import Document, document_of
from scaffold.shell import quoted


def document_or_error(content: bytes, path: Path, tag: str) -> Document:
    """The XML in ``content``, whose root element is a ``tag``. Raises IdeFileBroken with the line."""
    hint = _hint(path)
    try:
        document = document_of(content, path)
    except IdeFileBroken as problem:
        line = conflict_line(content)
        if not line:
            raise IdeFileBroken(problem.message, detail=problem.detail, hint=hint) from problem
        raise IdeFileBroken(
            f"{path}, line {line}: a merge conflict that nobody has solved",
            detail=(content.split(b"\n")[line - 1].decode(errors="replace").rstrip(),),
            hint=hint,
        ) from problem
    if document.root.tag != tag:
        raise IdeFileBroken(
            f"{path} is not an XML file of the IDE",
            detail=(f"it holds <{document.root.tag}> where <{tag}> should be",),
            hint=hint,
        )
    return document


def _hint(path: Path) -> str:
    root = next((one.parent for one in path.parents if one.name == ".idea"), path.parent)
    repair = f"scaffold ide pycharm --repair {quoted(root)}"
    return f"correct it, or let it be set aside and written anew:  {repair}"
