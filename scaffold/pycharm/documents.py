"""XML as JetBrains' IDEs write it and read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET

from scaffold.errors import LaunchFailed, TemplateBroken

#: What XML 1.0 cannot hold, not even escaped.
_IMPOSSIBLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def to_bytes(document: ET.Element, *, declaration: bool = True) -> bytes:
    """An XML file byte for byte in the IDE's style: two blanks a level, no line end at its end.

    Raises TemplateBroken for a character that no XML file can hold.
    """
    for element in document.iter():
        for value in (*element.attrib.values(), element.text or ""):
            if _IMPOSSIBLE.search(value):
                raise TemplateBroken(f"XML cannot hold a control character: {value!r}")
    ET.indent(document)
    body: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=False)
    return _DECLARATION + body if declaration else body


def read(path: Path) -> ET.Element:
    """The root element of an XML file.

    Raises LaunchFailed that names the file and the line where it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise LaunchFailed(f"{path} cannot be read", detail=(problem.strerror or str(problem),)) from problem
    return parse(content, path)


def parse(content: bytes, path: Path) -> ET.Element:
    """The root element of the XML in ``content``; ``path`` is only named in errors."""
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - the builder refuses what makes XML dangerous
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except ET.ParseError as problem:
        raise _broken(path, problem) from problem
    except (ValueError, LookupError) as problem:  # a document type, or an encoding that nobody knows
        raise LaunchFailed(f"{path} is not an XML file of the IDE", detail=(str(problem),)) from problem
    return root


def _broken(path: Path, problem: ET.ParseError) -> LaunchFailed:
    line, column = problem.position
    return LaunchFailed(
        f"{path}, line {line}, column {column + 1}: this is not XML",
        detail=(str(problem),),
        hint="Correct that line, or delete the file and let scaffold write it anew",
    )


class _Builder(ET.TreeBuilder):
    """Refuses a document type: the IDE writes none, and entities are a way to attack a reader."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:  # noqa: ARG002
        raise ValueError(f"it declares a document type ({name}), which no file of the IDE does")
