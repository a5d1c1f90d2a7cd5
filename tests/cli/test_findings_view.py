"""A finding in lines: its cure ends in one colon where a command follows, whatever its words end in."""

from __future__ import annotations

import pytest

from scaffold.checks.model import Finding, Remedy
from scaffold.cli.findings_view import finding_lines


@pytest.mark.parametrize("text", ["Stop it", "Stop it.", "Stop it:", "Stop it. "])
def test_no_two_marks_before_a_command(text: str) -> None:
    remedy = Remedy(text=text, commands=(("kill", "1"),))
    lines = finding_lines((Finding(id="gpu.x", level="error", title="It runs", remedy=remedy),))
    assert lines[1:] == ["           Fix: Stop it: kill 1"]


def test_words_alone_stay_as_they_are() -> None:
    finding = Finding(id="gpu.x", level="error", title="It runs", remedy=Remedy(text="Stop it."))
    assert finding_lines((finding,))[1:] == ["           Fix: Stop it."]
