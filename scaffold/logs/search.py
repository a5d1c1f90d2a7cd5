"""Find signatures in a stream of any size: block by block, in bounded memory."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cache
from typing import BinaryIO

from scaffold.logs.model import Complaint, Log, Sign, Signature
from scaffold.logs.signatures import signatures

#: Bytes a block; how much of the last one stays, so that no message is cut in two; the longest line shown.
_BLOCK, _OVERLAP, _SHOWN = 1 << 20, 1 << 13, 240

#: Bytes that are read at most: what a training writes in months; a device or a pipe may have no end.
LIMIT = 256 << 20

_DIGITS = re.compile(r"\d+")

#: What such a line holds.
_COMPLAINING = ("error", "exception", "interrupt", "exit", "fatal", "panic", "错误", "退出代码")

#: A line in which a program says that something went wrong, whatever it is.
_COMPLAINT = re.compile(
    r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|Exit)(?::.*)?$"
    r"|^\s*(?:fatal|error|panic|FATAL|ERROR|错误)(?:\[\w+\])?(?::|\uff1a) ?.+"
    r"|exit (?:code|status) -?[1-9]\d*|退出代码为? -?[1-9]\d*"
)

#: Characters before and behind a needle in which its pattern is tried, and how many places a block: a log
#: that is made of needles must not cost more than any other.
_AROUND, _PLACES = 1500, 8

#: What terminals are told: colours, and the cursor's way back over a progress bar.
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)")


def read_log(stream: BinaryIO, source: str, known: Sequence[Signature] | None = None) -> Log:
    """Everything that is recognised in a log: UTF-8, UTF-16 with its mark, or bytes that are neither.

    Memory is that of a few blocks, time grows with the size alone, and after `LIMIT` bytes it ends.
    ``known``: other signatures than ours.
    """
    known = signatures() if known is None else known
    found: dict[str, Sign] = {}
    complaint = None
    strange = characters = 0
    size, begun, kept = 0, 1, ""  # begun: the number of the line in which ``kept`` begins
    for text, count in _texts(stream):
        size += count
        characters += len(text)
        strange += text.count("\ufffd") + text.count("\0")
        whole = kept + text
        lowered = whole.lower()
        if len(lowered) != len(whole):
            whole = lowered  # one character became two: places must mean the same in both
        found |= _found_in(whole, lowered, begun, known)
        complaint = _complaint_in(whole, lowered, begun) or complaint
        begun += whole.count("\n", 0, max(0, len(whole) - _OVERLAP))
        kept = whole[-_OVERLAP:]
        if size >= LIMIT:
            break
    order = {one.name: number for number, one in enumerate(known)}
    signs = sorted(found.values(), key=lambda one: order[one.signature.name])
    return Log(
        source=source,
        size=size,
        lines=begun + kept.count("\n") if size else 0,
        signs=tuple(signs),
        complaint=complaint,
        whole=size < LIMIT,
        readable=strange * 8 <= characters,
    )


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


def _found_in(text: str, lowered: str, begun: int, known: Sequence[Signature]) -> dict[str, Sign]:
    """Every signature of a text, by name, at its last place."""
    # Most lines of a training differ in their numbers alone: one of each kind is looked at first.
    kinds = "\n".join(set(_DIGITS.sub("0", lowered).split("\n")))
    found = {}
    for signature in known:
        if not any(_without_digits(needle) in kinds for needle in signature.needles):
            continue
        sign = _last(signature, text, lowered, begun)
        if sign is not None:
            found[signature.name] = sign
    return found


@cache
def _without_digits(needle: str) -> str:
    return _DIGITS.sub("0", needle)


def _complaint_in(text: str, lowered: str, begun: int) -> Complaint | None:
    """The last line that complains of anything."""
    places = sorted((one for word in _COMPLAINING for one in _from_the_end(word, lowered)), reverse=True)
    for place in places:
        line = _line(text, place)
        if _COMPLAINT.search(line):
            return Complaint(line=begun + text.count("\n", 0, place), text=line)
    return None


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
        yield from _from_the_end(needle, lowered)


def _from_the_end(word: str, lowered: str) -> Iterator[int]:
    place = len(lowered)
    for _ in range(_PLACES):
        place = lowered.rfind(word, 0, place)
        if place < 0:
            return
        yield place


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _sign(signature: Signature, text: str, start: int, begun: int, groups: tuple[str, ...]) -> Sign:
    shown = tuple(one[:_SHOWN] for one in groups)
    line = begun + text.count("\n", 0, start)
    return Sign(signature=signature, line=line, text=_line(text, start), groups=shown)


def _line(text: str, start: int) -> str:
    """The line around a place, shortened."""
    nearest = max(0, start - _SHOWN // 2)
    begin = text.rfind("\n", nearest, start) + 1 or nearest
    end = text.find("\n", start, start + 2 * _SHOWN)
    line = text[begin : end if end >= 0 else start + 2 * _SHOWN].strip()
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
