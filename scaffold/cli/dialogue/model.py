"""What is asked, and who asks: with arrows where the terminal can, else a line at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: what stands before the answer, and a line that helps."""

    label: str
    help: str
    step: str  # 1/3
    back: bool = False  # an earlier question can be asked again


class GoBack(Exception):
    """The user wants the question before this one again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of several."""

    value: str
    title: str
    preview: tuple[tuple[str, str], ...] = ()  # label, text: shown while it is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to be said of a text while it is typed."""

    good: bool
    note: str
    proposal: str = ""  # a text that would do


Judge = Callable[[str], Judgement]


class Asker(Protocol):
    """Asks one question at a time.

    Raises KeyboardInterrupt or EOFError where the user wants no more, GoBack where a question has one before.
    """

    def choose(self, question: Question, options: Sequence[Option], default: str) -> str:
        """One of the options' values."""

    def text(self, question: Question, default: str, judge: Judge) -> str:
        """A text that ``judge`` finds good."""
