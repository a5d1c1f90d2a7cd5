"""The words and tables of ``scaffold env mirrors``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scaffold.cli.text import row, size
from scaffold.sources.presets import find_mirror

if TYPE_CHECKING:
    from scaffold.env.mirrors import Change
    from scaffold.sources.in_force import InForce
    from scaffold.sources.measure import Measurement
    from scaffold.sources.presets import Mirror

SUBJECTS = {"index": "Index", "pytorch": "PyTorch", "python": "Pythons"}


def in_force_lines(found: Sequence[InForce]) -> list[str]:
    """A line each value, with who says so; weaker ones below, dimmed."""
    lines = []
    for one in found:
        texts = [f"{value.value}  ({value.origin})" for value in one.values] or ["-"]
        if one.note:
            texts[0] += f"  {one.note}"
        texts += [click.style(f"instead of {old.value}  ({old.origin})", dim=True) for old in one.instead_of]
        lines += [row(one.title if number == 0 else "", text) for number, text in enumerate(texts)]
    return [
        *lines,
        "",
        "Faster ones: scaffold env mirrors --check --all; choose: scaffold env mirrors use NAME",
    ]


def preset_lines(mirrors: Sequence[Mirror]) -> list[str]:
    """Name, who it is, and an address each."""
    lines = []
    for mirror in mirrors:
        lines.append(row(mirror.name, mirror.title))
        lines += [row("", f"{SUBJECTS[subject]:<8} {at}") for subject, at in mirror.addresses.items()]
        lines += [row("", click.style(note, dim=True)) for note in mirror.notes]
    return [*lines, "", "Which one is fast from here: scaffold env mirrors --check --all"]


def measurement_lines(found: Sequence[Measurement]) -> list[str]:
    """By subject, the fastest first, what does not answer last; then the command that takes the fastest."""
    lines, advice = [], []
    for subject, title in SUBJECTS.items():
        rows = sorted((one for one in found if one.place.subject == subject), key=_slowness)
        lines += [
            row(title if number == 0 else "", f"{one.place.name:<10} {_answer(one)}  {one.place.address}")
            for number, one in enumerate(rows)
        ]
        if rows and rows[0].outcome == "ok" and find_mirror(rows[0].place.name) is not None:
            advice.append(f"scaffold env mirrors use {rows[0].place.name} --only {subject}")
    told = [f"The fastest: {one}" for one in advice] + _next_steps(found)
    return [*lines, *([""] if told else []), *told]


def _next_steps(found: Sequence[Measurement]) -> list[str]:
    """What to do about what is in force and of no use."""
    from scaffold.sources.measure import IN_FORCE

    failed = [one for one in found if one.place.name == IN_FORCE and one.is_failure]
    steps = [
        f"{one.place.address} wants other credentials: correct them where it is set"
        for one in failed
        if re.search(r"answered 40[13]\b", one.problem)
    ]
    if all(one.outcome == "unreachable" for one in found) and len(found) > len(failed) > 0:
        steps.append("Nothing answers: check the network and the proxy (HTTPS_PROXY)")
    elif failed and all(one.place.name == IN_FORCE for one in found):
        steps.append("Which others answer from here: scaffold env mirrors --check --all")
    return [*steps, *(["Who chose what does not answer: scaffold env mirrors"] if failed else [])]


def _slowness(one: Measurement) -> tuple[bool, bool, int, int]:
    speed, delay = one.bytes_per_second or 0, one.milliseconds or 0
    return one.is_failure, one.outcome != "ok", -speed, delay


def _answer(one: Measurement) -> str:
    if one.outcome != "ok":
        colour = "red" if one.is_failure else "yellow"
        return click.style(one.problem or "does not have it", fg=colour)
    words = [f"{one.milliseconds} ms"] if one.milliseconds is not None else []
    if one.bytes_per_second is not None:
        words.append(f"{size(one.bytes_per_second)}/s")
    if one.torch:
        words.append(f"torch {one.torch}")
    return click.style(", ".join(words) or "answers", fg="green")


def change_lines(change: Change, *, done: bool) -> list[str]:
    """What was chosen, or would be, and where it stands."""
    lines = []
    for subject, title in SUBJECTS.items():
        old, new = change.before.get(subject), change.after.get(subject)  # type: ignore[call-overload]
        if new is not None:
            lines.append(row(title, new + (f"  (was {old})" if old and old != new else "")))
        elif old is not None:
            lines.append(row(title, f"no choice any more  (was {old})"))
    verb = "Written" if done else "Would write" if change.is_needed else "Unchanged"
    return [*lines, row(verb, str(change.path)), *(row("Note", note) for note in change.notes)]
