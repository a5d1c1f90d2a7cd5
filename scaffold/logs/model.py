"""What was recognised in a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How a failure shows in a log, and what it means where nothing else is known."""

    name: str  # unique: cuda-no-kernel-image
    check: str  # the finding's id: gpu.arch-unsupported
    level: Literal["error", "warning", "info"]
    cause: str  # arch-too-new-for-wheel
    title: str  # {0}, {1}: the groups of the pattern
    needles: tuple[str, ...]  # lower case; none of them in a text: the pattern is not tried
    pattern: str = ""  # a regular expression (ignoring case, ``.`` within a line); "": a needle says enough
    detail: str = ""
    remedy: str = ""
    commands: tuple[tuple[str, ...], ...] = ()
    not_the_cause: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()  # findings that say why: beside them it says nothing by itself
    weak: bool = False  # a consequence: says nothing where one as grave was found that is not weak
    quiet: bool = False  # says nothing by itself: a rule that knows more asks for it
    source: str = ""  # where such a log was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A signature that was found."""

    signature: Signature
    line: int  # from 1
    text: str  # the line, shortened
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A line that says that something went wrong, whatever that is."""

    line: int  # from 1
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log that was read."""

    source: str  # the file, or standard input
    size: int = 0  # bytes that were read
    signs: tuple[Sign, ...] = ()  # each signature once, where it was found last
    lines: int = 0
    complaint: Complaint | None = None  # the last one
    whole: bool = True  # it was read to its end
    readable: bool = True  # it is text

    def sign(self, *names: str) -> Sign | None:
        """The first of these signatures that was found."""
        return next((one for one in self.signs if one.signature.name in names), None)

    def of(self, check: str) -> Iterator[Sign]:
        """Every sign of one finding."""
        return (one for one in self.signs if one.signature.check == check)
