"""Who holds a project's environments, seen from another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.environments.holder import who_holds
from scaffold.environments.layout import lock_file
from scaffold.system import HostSystem

SYSTEM = HostSystem()
HOLDING = """
import pathlib, sys
from scaffold.environments.state import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_nobody_holds_what_nobody_made(root: Path) -> None:
    assert who_holds(root, SYSTEM) == ""
    assert not lock_file(root).parent.exists()  # nothing is written to find out


def test_another_process_and_its_end(root: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    try:
        who = f"process {child.pid}" if sys.platform == "linux" else "another process"
        assert who_holds(root, SYSTEM) == who
    finally:
        child.stdin.close()
        child.wait(timeout=30)
    assert who_holds(root, SYSTEM) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells whether a process lives")
def test_a_file_that_stands_for_a_lock(root: Path) -> None:
    held = lock_file(root).with_suffix(".held")
    held.parent.mkdir()
    held.write_text("1\nhost\n")
    assert who_holds(root, SYSTEM).startswith("process 1")
    for dead in ("4194305\nhost\n", "", "nonsense"):  # beyond the highest number that Linux gives
        held.write_text(dead)
        assert who_holds(root, SYSTEM) == ""
