"""Find signatures in a stream of any size: block by block, in bounded memory."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cache
from typing import BinaryIO

from scaffold.logs.model import Log, Sign, Signature
from scaffold.logs.signatures import signatures

#: Bytes a block; how much of the last one stays, so that no message is cut in two; the longest line shown.
_BLOCK, _OVERLAP, _SHOWN = 1 << 20, 1 << 13, 240

#: Characters before and behind a needle in which its pattern is tried, and how many places a block: a log
#: that is made of needles must not cost more than any other.
_AROUND, _PLACES = 1500, 8

#: What terminals are told: colours, and the cursor's way back over a progress bar.
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)")


def read_log(stream: BinaryIO, source: str, known: Sequence[Signature] | None = None) -> Log:
    """Everything that is recognised in a log: UTF-8, UTF-16 with its mark, or bytes that are neither.

    Memory is that of a few blocks, time grows with the size alone. ``known``: other signatures than ours.
    """
    known = signatures() if known is None else known
    found: dict[str, Sign] = {}
    size, begun, kept = 0, 1, ""  # begun: the number of the line in which ``kept`` begins
    for text, count in _texts(stream):
        size += count
        whole = kept + text
        found |= _found_in(whole, begun, known)
        begun += whole.count("\n", 0, max(0, len(whole) - _OVERLAP))
        kept = whole[-_OVERLAP:]
    order = {one.name: number for number, one in enumerate(known)}
    signs = sorted(found.values(), key=lambda one: order[one.signature.name])
    return Log(source=source, size=size, lines=begun + kept.count("\n") if size else 0, signs=tuple(signs))


def _texts(stream: BinaryIO) -> Iterator[tuple[str, int]]:
    """Blocks as text, with how many bytes each was; a progress bar's rewritten line is several lines."""
    block = stream.read(_BLOCK)
    utf16 = block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8")(errors="replace")
    while block:
        text = decoder.decode(block)
        if "\x1b" in text:
            text = _ESCAPES.sub("", text)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        yield text, len(block)
        block = stream.read(_BLOCK)


def _found_in(text: str, begun: int, known: Sequence[Signature]) -> dict[str, Sign]:
    """Every signature of a text, by name, at its last place."""
    lowered = text.lower()
    if len(lowered) != len(text):
        text = lowered  # one character became two: places must mean the same in both
    found = {}
    for signature in known:
        sign = _last(signature, text, lowered, begun)
        if sign is not None:
            found[signature.name] = sign
    return found


def _last(signature: Signature, text: str, lowered: str, begun: int) -> Sign | None:
    for place in _places(signature, lowered):
        if not signature.pattern:
            return _sign(signature, text, place, begun, ())
        begin = max(0, place - _AROUND)
        matches = deque(_pattern(signature.pattern).finditer(text, begin, place + _AROUND), maxlen=1)
        for match in matches:
            groups = tuple(one or "" for one in match.groups())
            return _sign(signature, text, match.start(), begun, groups)
    return None


def _places(signature: Signature, lowered: str) -> Iterator[int]:
    """Where its needles lie, from the end."""
    for needle in signature.needles:
        place = len(lowered)
        for _ in range(_PLACES):
            place = lowered.rfind(needle, 0, place)
            if place < 0:
                break
            yield place


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _sign(signature: Signature, text: str, start: int, begun: int, groups: tuple[str, ...]) -> Sign:
    nearest = max(0, start - _SHOWN // 2)
    begin = text.rfind("\n", nearest, start) + 1 or nearest
    end = text.find("\n", start, start + 2 * _SHOWN)
    line = text[begin : end if end >= 0 else start + 2 * _SHOWN].strip()
    if len(line) > _SHOWN:
        line = f"{line[: _SHOWN - 1]}…"
    shown = tuple(one[:_SHOWN] for one in groups)
    return Sign(signature=signature, line=begun + text.count("\n", 0, start), text=line, groups=shown)
