"""A file's content as lines that can be merged, and what is said once for all of them.

Encoding, byte order mark, line endings and the newline at the end are properties of a whole file. They are
taken off before lines are compared and put back after: a checkout with Windows' endings differs from its
template in one property, and not in every line.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

Newline = Literal["lf", "crlf", "mixed"]

#: Lines with their newline; "mixed" endings stay part of them.
Lines = tuple[bytes, ...]

_T = TypeVar("_T")

#: Encodings in which the byte of a newline may be half of another character: told by their mark alone.
_WIDE = (
    ("utf-32-le", codecs.BOM_UTF32_LE),  # begins like the next but one
    ("utf-32-be", codecs.BOM_UTF32_BE),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What holds for every line of a file."""

    encoding: str = ""  # of a wide one; "": bytes that are split at newlines as they are (UTF-8, GBK, …)
    mark: bytes = b""  # the byte order mark
    newline: Newline = "lf"
    ended: bool = True  # the last line has a newline


@dataclass(frozen=True, slots=True)
class Text:
    """A file of lines."""

    lines: Lines  # each ends in a newline; in UTF-8 where the file's own encoding is a wide one
    shape: Shape = Shape()


def read_text(content: bytes) -> Text | None:
    r"""The lines of a file; None of a binary one.

    >>> read_text(b"a\r\nb")
    Text(lines=(b'a\n', b'b\n'), shape=Shape(encoding='', mark=b'', newline='crlf', ended=False))
    >>> read_text(b"\x89PNG\x00") is None
    True
    """
    encoding, mark = next((one for one in _WIDE if content.startswith(one[1])), ("", b""))
    if not mark and content.startswith(codecs.BOM_UTF8):
        mark = codecs.BOM_UTF8
    body = content[len(mark) :]
    if encoding:
        try:
            decoded = body.decode(encoding)
        except UnicodeDecodeError:
            return None
        if decoded.encode(encoding) != body:
            return None
        body = decoded.encode("utf-8")
    if b"\0" in body:
        return None
    newline = _newline(body)
    if newline == "crlf":
        body = body.replace(b"\r\n", b"\n")
    ended = not body or body.endswith(b"\n")
    lines = tuple(line + b"\n" for line in (body[:-1] if ended else body).split(b"\n")) if body else ()
    return Text(lines, Shape(encoding, mark, newline, ended))


def written(lines: Lines, shape: Shape) -> bytes:
    r"""The bytes of a file with these lines.

    >>> written((b"a\n", b"b\n"), Shape(newline="crlf", ended=False))
    b'a\r\nb'
    """
    body = b"".join(lines)
    if not shape.ended and body.endswith(b"\n"):
        body = body[:-1]
    if shape.newline == "crlf":
        body = body.replace(b"\n", b"\r\n")
    if shape.encoding:
        body = body.decode("utf-8").encode(shape.encoding)
    return shape.mark + body


def merged_shape(base: Shape | None, yours: Shape, new: Shape) -> Shape:
    """Each property by itself: the template's where the user left it alone, else the user's."""
    if base is None:
        return yours
    return Shape(
        encoding=chosen(base.encoding, yours.encoding, new.encoding),
        mark=_mark(base, yours, new),
        newline=chosen(base.newline, yours.newline, new.newline),
        ended=chosen(base.ended, yours.ended, new.ended),
    )


def chosen(base: _T, yours: _T, new: _T) -> _T:
    """Of a value that has no parts: what the template made of it, unless the user changed it.

    >>> chosen(1, 1, 2), chosen(1, 3, 2), chosen(1, 3, 1)
    (2, 3, 3)
    """
    return new if yours == base else yours


def lines_for(text: Text, newline: Newline) -> Lines:
    r"""A text's lines as they compare, and stand in a file of such endings: of mixed ones each keeps its own.

    >>> lines_for(read_text(b"a\r\nb\r\n"), "mixed"), lines_for(read_text(b"a\r\nb\n"), "crlf")
    ((b'a\r\n', b'b\r\n'), (b'a\n', b'b\n'))
    """
    last = len(text.lines) if text.shape.ended else len(text.lines) - 1  # that has no ending
    if newline != "mixed" and text.shape.newline == "mixed":
        return tuple(
            line[:-2] + b"\n" if at < last and line.endswith(b"\r\n") else line
            for at, line in enumerate(text.lines)
        )
    if newline == "mixed" and text.shape.newline == "crlf":
        return tuple(line[:-1] + b"\r\n" if at < last else line for at, line in enumerate(text.lines))
    return text.lines  # another "\r" than that of an ending is part of its line


def as_lines(lines: Lines, shape: Shape) -> Lines:
    r"""A file's lines with the endings that they have in it, the last perhaps with none; wide ones in UTF-8.

    >>> as_lines((b"a\n", b"b\n"), Shape(newline="crlf", ended=False))
    (b'a\r\n', b'b')
    """
    body = written(lines, replace(shape, encoding="", mark=b"" if shape.encoding else shape.mark))
    *whole, last = body.split(b"\n")  # `bytes.splitlines` takes a lone carriage return for a newline
    return (*(line + b"\n" for line in whole), *filter(None, (last,)))


def _mark(base: Shape, yours: Shape, new: Shape) -> bytes:
    """It goes with its encoding."""
    sides = (base, yours, new)
    encoding = chosen(base.encoding, yours.encoding, new.encoding)
    fitting = next(one for one in (yours, new, base) if one.encoding == encoding)
    if len({one.encoding for one in sides}) > 1:
        return fitting.mark
    return chosen(base.mark, yours.mark, new.mark)


def _newline(body: bytes) -> Newline:
    windows, every = body.count(b"\r\n"), body.count(b"\n")
    if not windows:
        return "lf"
    return "crlf" if windows == every else "mixed"
