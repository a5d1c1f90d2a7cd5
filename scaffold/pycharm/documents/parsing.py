"""An XML file as elements that know where in the file they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET
from xml.parsers import expat

from scaffold.errors import IdeFileBroken

#: A start tag: a ``>`` may stand within the quotes of a value.
_START_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")

#: Deeper than any file of the IDE; what goes deeper would exhaust Python's stack later on.
_DEEPEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an element stands in the file, in bytes, and how it was when it was read."""

    start: int  # of its start tag
    inside: int  # the first byte behind the start tag
    outside: int = 0  # the first byte of its end tag; = inside for <x/>
    end: int = 0  # the first byte behind it
    tag: str
    attributes: tuple[tuple[str, str], ...]
    text: str | None = None
    children: tuple[ET.Element, ...] = ()


def parsed(content: bytes, path: Path) -> tuple[ET.Element, dict[ET.Element, Origin]]:
    """The root element of the XML in ``content`` (UTF-8), and where each element stands.

    Raises IdeFileBroken with the line. A document type is refused: the IDE writes none, and entities are
    a way to attack a reader.
    """
    reader = _Reader(content)
    try:
        reader.parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as problem:
        raise IdeFileBroken(
            f"{path}, line {problem.lineno}, column {problem.offset + 1}: this is not XML",
            detail=(expat.ErrorString(problem.code),),
            hint="Correct that line, or delete the file and let scaffold write it anew",
        ) from problem
    except ValueError as problem:
        raise IdeFileBroken(f"{path} is not an XML file of the IDE", detail=(str(problem),)) from problem
    assert reader.root is not None  # expat answers with an error where there is no element
    return reader.root, reader.origins


class _Reader:
    """Builds elements, and notes where expat is."""

    def __init__(self, content: bytes) -> None:
        self.root: ET.Element | None = None
        self.origins: dict[ET.Element, Origin] = {}
        self._content, self._open = content, list[ET.Element]()
        self._texts: list[list[str]] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise ValueError(f"its elements are nested more than {_DEEPEST} deep")
        start = self.parser.CurrentByteIndex
        found = _START_TAG.match(self._content, start)
        assert found is not None  # expat has read it
        element = ET.Element(tag, attributes)
        self.origins[element] = Origin(
            start=start, inside=found.end(), tag=tag, attributes=tuple(attributes.items())
        )
        if self._open:
            self._open[-1].append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def _end(self, _tag: str) -> None:
        element, text = self._open.pop(), "".join(self._texts.pop())
        element.text = text if text and not len(element) else None
        there = self.origins[element]
        empty = self._content[there.inside - 2 : there.inside] == b"/>"
        outside = there.inside if empty else self.parser.CurrentByteIndex
        end = there.inside if empty else self._content.index(b">", outside) + 1
        self.origins[element] = replace(
            there, outside=outside, end=end, text=element.text, children=tuple(element)
        )

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def _refuse(self, name: str, *_: object) -> NoReturn:
        raise ValueError(f"it declares a document type ({name}), which no file of the IDE does")
