"""An XML file of the IDE, read and changed in place: what nobody touched stays byte for byte.

The file becomes ordinary ElementTree elements. Change them as you like; `Document.to_bytes` copies what
is as it was from the file itself (comments, CDATA, quoting, line ends and all) and writes only the rest,
in the IDE's style. The text of an element that has children is indentation, and never written.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from scaffold.errors import IdeFileBroken
from scaffold.files import read_regular
from scaffold.pycharm.documents.parsing import Origin, parsed
from scaffold.pycharm.documents.writing import refuse_impossible

_DECLARED = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")

#: What every encoding of an XML file without a mark writes as it stands.
_ASCII = "\n" + "".join(map(chr, range(0x20, 0x7F))) + "\\u4e2d"

_COMMENT = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)

#: Byte order mark -> how what follows is encoded.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def read(path: Path) -> ET.Element:
    """The root element of an XML file. Raises IdeFileBroken that names the file and the line."""
    return read_document(path).root


def read_document(path: Path) -> Document:
    """An XML file that is to be changed. Raises IdeFileBroken that names the file and the line."""
    try:
        content = read_regular(path)
    except OSError as problem:
        raise IdeFileBroken(f"{path} cannot be read", detail=(problem.strerror or str(problem),)) from problem
    return document_of(content, path)


def document_of(content: bytes, path: Path) -> Document:
    """The XML in ``content``; ``path`` is only named in errors. Raises IdeFileBroken."""
    mark = next((mark for mark in _MARKS if content.startswith(mark)), b"")
    body = content[len(mark) :]
    declared = _DECLARED.match(body[:200].decode("ascii", errors="replace"))
    encoding = _MARKS.get(mark) or (declared[1] if declared else "utf-8")
    try:
        text = body.decode(encoding)
        keeps = text.encode(encoding) == body and (bool(mark) or _is_plain(encoding))
    except (LookupError, UnicodeError) as problem:  # an encoding that nobody knows, or another than declared
        raise IdeFileBroken(f"{path} is not an XML file of the IDE", detail=(str(problem),)) from problem
    if not keeps:  # utf-7, unicode_escape and their like: writing would change what nobody touched
        raise IdeFileBroken(
            f"{path} is not an XML file of the IDE",
            detail=(f"it declares the encoding {encoding}, which does not give its bytes back",),
            hint="Save it as UTF-8, and say so in its first line",
        )
    content = text.encode("utf-8")
    root, origins = parsed(content, path)
    return Document(path=path, root=root, mark=mark, encoding=encoding, content=content, origins=origins)


def _is_plain(encoding: str) -> bool:
    """Whether ASCII is itself in an encoding. Raises LookupError, UnicodeError."""
    return _ASCII.encode(encoding) == _ASCII.encode() and _ASCII.encode().decode(encoding) == _ASCII


@dataclass(slots=True, kw_only=True, eq=False)
class Document:
    """An XML file in memory. ``root`` may be changed freely before `to_bytes`."""

    path: Path
    root: ET.Element
    mark: bytes  # byte order mark
    encoding: str
    content: bytes  # the file without its mark, in UTF-8
    origins: dict[ET.Element, Origin]

    def to_bytes(self) -> bytes:
        """The file as it now is: the very bytes that were read where nothing was changed.

        Raises TemplateBroken for a character that no XML file can hold.
        """
        refuse_impossible(self.root)
        there = self.origins[self.root]
        text = self.content[: there.start] + self._element(self.root, 0) + self.content[there.end :]
        return self.mark + text.decode("utf-8").encode(self.encoding, errors="xmlcharrefreplace")

    def _element(self, element: ET.Element, depth: int) -> bytes:
        there = self.origins.get(element)
        if there is None:
            children = b"".join(self._indent(depth + 1) + self._element(one, depth + 1) for one in element)
            inner = children + self._indent(depth) if children else self._text(element)
            return _assembled(_start_tag(element), inner, element.tag)
        inner = self._inner(element, there, depth)
        same_tag = there.tag == element.tag and there.attributes == tuple(element.attrib.items())
        if same_tag and inner == self.content[there.inside : there.outside]:
            return self.content[there.start : there.end]
        start = self.content[there.start : there.inside] if same_tag else _start_tag(element)
        return _assembled(start, inner, element.tag)

    def _inner(self, element: ET.Element, there: Origin, depth: int) -> bytes:
        """What stands between the tags. A child brings what stood before it; a new one gets its own line."""
        if not there.children and not len(element):
            same = there.text == element.text
            return self.content[there.inside : there.outside] if same else self._text(element)
        gaps, last = self._gaps(element, there)
        if not len(element) and element.text:  # it had children: text takes their place
            return b"".join(_COMMENT.findall(last)) + self._text(element)
        pieces, fresh = [], False
        for child in element:
            fresh = fresh or child not in gaps
            pieces += [gaps.get(child, self._indent(depth + 1)), self._element(child, depth + 1)]
        if not pieces and not last.strip():
            return b""
        if (fresh or not pieces) and b"\n" not in last:
            last = last.rstrip() + self._indent(depth)
        return b"".join([*pieces, last])

    def _gaps(self, element: ET.Element, there: Origin) -> tuple[dict[ET.Element, bytes], bytes]:
        """What stood before each child that is there, and behind the last; the removed leave comments."""
        present, position, left = set(element), there.inside, b""
        gaps: dict[ET.Element, bytes] = {}
        for child in there.children:
            gap = left + self.content[position : self.origins[child].start]
            position = self.origins[child].end
            if child in present:
                gaps[child], left = gap, b""
            else:
                left = gap.rstrip()
        return gaps, left + self.content[position : there.outside]

    def _indent(self, depth: int) -> bytes:
        return self._line_end + b"  " * depth

    def _text(self, element: ET.Element) -> bytes:
        holder = ET.Element("x")
        holder.text = element.text or ""
        written: bytes = ET.tostring(holder, encoding="utf-8", short_empty_elements=False)
        return written[len(b"<x>") : -len(b"</x>")].replace(b"\n", self._line_end)

    @property
    def _line_end(self) -> bytes:
        return b"\r\n" if b"\r\n" in self.content else b"\n"


def _start_tag(element: ET.Element) -> bytes:
    bare: bytes = ET.tostring(ET.Element(element.tag, element.attrib), encoding="utf-8")
    return bare


def _assembled(start: bytes, inner: bytes, tag: str) -> bytes:
    """A whole element of its start tag, which may be one of an empty element, and what stands in it."""
    empty = start.endswith(b"/>")
    if not inner:
        return start if empty else start[:-1].rstrip() + b" />"
    return (start[:-2].rstrip() + b">" if empty else start) + inner + f"</{tag}>".encode()
