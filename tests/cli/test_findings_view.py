"""A finding in lines: its cure ends in one colon where a command follows, whatever its words end in."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from click import unstyle

from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.cli.doctor.report import code, escaped
from scaffold.cli.findings_view import finding_lines, summary_line
from scaffold.results import envelope


@pytest.mark.parametrize("text", ["Stop it", "Stop it.", "Stop it:", "Stop it. "])
def test_no_two_marks_before_a_command(text: str) -> None:
    remedy = Remedy(text=text, commands=(("kill", "1"),))
    lines = finding_lines((Finding(id="gpu.x", level="error", title="It runs", remedy=remedy),))
    assert lines[1:] == ["           Fix: Stop it: kill 1"]


def test_words_alone_stay_as_they_are() -> None:
    finding = Finding(id="gpu.x", level="error", title="It runs", remedy=Remedy(text="Stop it."))
    assert finding_lines((finding,))[1:] == ["           Fix: Stop it."]


#: Reset, bell, back, "control sequence" and "right to left" in one letter each.
OBEYED = "out of memory \x1bc\x07\x08 \x9b31m \u202e"


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    finding = Finding(
        id="gpu.x", level="error", title=OBEYED, evidence=(Evidence(source="log:1", value=OBEYED),)
    )
    lines = [unstyle(one) for one in finding_lines((finding,))]
    texts = [*lines, escaped(OBEYED), code(OBEYED), envelope("x/1", text=OBEYED)]
    assert [one for text in texts for one in text if not one.isprintable() and one != "\n"] == []
    assert json.loads(texts[-1]) == {"schema": "x/1", "text": OBEYED}


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"ok": 3}, "Nothing wrong was found"),
        ({"info": 1}, "No error, no warning; 1 hint"),
        ({"error": 1, "info": 2}, "1 error, 0 warnings"),
        ({"unknown": 2}, "Nothing wrong was found; 2 not looked at"),
    ],
)
def test_what_it_comes_to(counts: dict[str, int], line: str) -> None:
    assert summary_line(Counter(counts)) == line
