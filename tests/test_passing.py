"""Folders for a moment go, however often Ctrl-C is pressed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import shutil
from scaffold.passing import passing_folder
real, times = shutil.rmtree, []

def rmtree(*arguments, **more):
    times.append(1)
    if len(times) == 1:
        raise KeyboardInterrupt  # the second one
    real(*arguments, **more)

with passing_folder("scaffold-test-") as folder:
    (folder / "base").write_text("x")
    shutil.rmtree = rmtree
    raise KeyboardInterrupt
"""


def test_a_folder_goes_although_its_removal_was_interrupted(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "KeyboardInterrupt" in done.stderr
    assert list(tmp_path.iterdir()) == []
