"""XML byte for byte in the style of JetBrains' IDEs."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from scaffold.errors import TemplateBroken

#: What XML 1.0 cannot hold, not even escaped.
_IMPOSSIBLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def to_bytes(document: ET.Element, *, declaration: bool = True) -> bytes:
    """An XML file byte for byte in the IDE's style: two blanks a level, no line end at its end.

    Raises TemplateBroken for a character that no XML file can hold.
    """
    refuse_impossible(document)
    ET.indent(document)
    body: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=False)
    return _DECLARATION + body if declaration else body


def refuse_impossible(document: ET.Element) -> None:
    """Raise TemplateBroken for a character that no XML file can hold."""
    for element in document.iter():
        for value in (*element.attrib.values(), element.text or ""):
            if _IMPOSSIBLE.search(value):
                raise TemplateBroken(f"XML cannot hold a control character: {value!r}")
