"""A file's elements that may be changed, beside the facts, which stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.pycharm.documents.source import document_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from scaffold.pycharm.documents.source import Document
    from scaffold.pycharm.survey.model import IdeFile


class Mended:
    """A fresh copy of a file's elements: what is changed in it leaves the facts as they are."""

    def __init__(self, file: IdeFile) -> None:
        assert file.document is not None
        self.file = file
        self.document: Document = document_of(file.content, Path(file.path))
        pairs = zip(file.document.root.iter(), self.document.root.iter(), strict=True)
        self._twins: dict[Element, Element] = dict(pairs)
        self.reasons: list[str] = []

    def twin(self, element: Element) -> Element:
        """The same element in this copy."""
        return self._twins[element]

    def say(self, reason: str) -> None:
        """Why the copy was changed."""
        if reason not in self.reasons:
            self.reasons.append(reason)
