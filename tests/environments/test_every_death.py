"""A disaster at every single operation on the file system: afterwards all is as before, or complete."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

#: Situation, disaster, and every way in which the disturbed command ends.
STAGED = [
    ("replaced", "kill", {"killed"}),
    ("replaced", "kill twice", {"killed", "done"}),
    ("replaced", "interrupt", {"interrupted"}),
    ("replaced", "full disk", {"no-space", "done"}),
    ("replaced", "refused once", {"no-permission", "done"}),
    ("first", "kill", {"killed"}),
    ("first", "full disk", {"no-space", "done"}),
    ("further", "kill", {"killed"}),
    ("fails", "kill", {"killed"}),
    ("fails", "interrupt", {"interrupted", "proof-failed"}),
    ("fails", "full disk", {"no-space", "proof-failed"}),
    ("first fails", "kill", {"killed"}),
]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("situation", "disaster", "endings"), STAGED)
def test_at_every_operation(situation, disaster, endings, tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.environments.deaths", tmp_path, situation, disaster],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["wrong"] == {}
    assert answer["operations"] > 20
    assert set(answer["ended"]) <= endings
