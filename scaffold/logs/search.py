"""Find signatures in a stream of any size: block by block, in bounded memory."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from scaffold.logs.model import Log, Sign, Signature
from scaffold.logs.signatures import signatures

#: Bytes a block; how much of the last one stays, so that no message is cut in two; the longest line shown.
_BLOCK, _OVERLAP, _SHOWN = 1 << 20, 1 << 13, 240

#: What terminals are told: colours, and the cursor's way back over a progress bar.
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


def read_log(stream: BinaryIO, source: str) -> Log:
    """Everything that is recognised in a log: UTF-8, UTF-16 with its mark, or bytes that are neither."""
    found: dict[str, Sign] = {}
    size, lines, kept = 0, 0, ""
    for text, count in _texts(stream):
        size += count
        whole = kept + _ESCAPES.sub("", text)
        first = lines + 1 - kept.count("\n")
        for signature in signatures():
            sign = _last(signature, whole, first)
            if sign is not None:
                found[signature.name] = sign
        lines = first - 1 + whole.count("\n")
        kept = whole[-_OVERLAP:]
    order = {one.name: number for number, one in enumerate(signatures())}
    signs = sorted(found.values(), key=lambda one: order[one.signature.name])
    return Log(source=source, size=size, lines=lines + 1 if size else 0, signs=tuple(signs))


def _texts(stream: BinaryIO) -> Iterator[tuple[str, int]]:
    block = stream.read(_BLOCK)
    utf16 = block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8")(errors="replace")
    while block:
        yield decoder.decode(block).replace("\r\n", "\n").replace("\r", "\n"), len(block)
        block = stream.read(_BLOCK)


def _last(signature: Signature, text: str, first: int) -> Sign | None:
    """The last place of a signature in a text whose first line has the number ``first``."""
    lowered = text.lower()
    if not any(needle in lowered for needle in signature.needles):
        return None
    if not signature.pattern:
        start = max(lowered.rfind(needle) for needle in signature.needles)
        return _sign(signature, text, start, first, ())
    match = None
    for match in re.finditer(signature.pattern, text, re.IGNORECASE):  # noqa: B007 - the last one is wanted
        pass
    if match is None:
        return None
    groups = tuple(one or "" for one in match.groups())
    return _sign(signature, text, match.start(), first, groups)


def _sign(signature: Signature, text: str, start: int, first: int, groups: tuple[str, ...]) -> Sign:
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    line = text[begin : end if end >= 0 else len(text)].strip()
    if len(line) > _SHOWN:
        line = f"{line[: _SHOWN - 1]}…"
    return Sign(signature=signature, line=first + text.count("\n", 0, start), text=line, groups=groups)
