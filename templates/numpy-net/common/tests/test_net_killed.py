"""A run that the system kills, without a chance to tidy up, ends when resumed as one left in peace."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from net_cases import ALL, SOURCE

# The program is the real one; it only kills itself at a chosen moment.
PROGRAM = """
import os, signal, sys
from your_project import progress, run_folder, workflows

framework, moment, number, *arguments = sys.argv[1:]
watch = {"step": (progress.Progress, "advance"), "log": (run_folder.RunFolder, "log")}
calls = 0

def watched(original):
    def call(*values, **named):
        global calls
        result = original(*values, **named)
        calls += 1
        if calls == int(number):
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        return result
    return call

if moment in watch:
    owner, name = watch[moment]
    setattr(owner, name, watched(getattr(owner, name)))
workflows.train(framework, arguments)
"""
SETTINGS = ("--limit", "320", "--epochs", "4", "--hidden", "8", "--device", "cpu")
STEPS = 10  # of 32 samples in an epoch


def start(framework, folder, run, *more, moment="never", number=0):
    words = [framework, moment, str(number), "--runs", str(folder), "--run", run, *more]
    # found also where the project is not installed
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(SOURCE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) == (moment == "never"), done.stdout + done.stderr


def left(folder):
    """Return metrics, history and weights without what a clock or a name has put in."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    for content in (metrics, *rows):
        for name in ("seconds", "run", "finished"):
            content.pop(name, None)
    (weights,) = folder.glob("best.*")
    return metrics, rows, weights.read_bytes()


@pytest.mark.parametrize(
    ("framework", "moments"),
    [
        ("numpy", [("step", STEPS + 3), ("log", 2)]),  # inside an epoch; logged, but not saved yet
        *(pytest.param(name, [("log", 2)], marks=pytest.mark.slow) for name in ALL if name != "numpy"),
    ],
)
def test_killed_and_resumed(framework, moments, tmp_path):
    start(framework, tmp_path, "unbroken", *SETTINGS)
    unbroken = left(tmp_path / "unbroken")
    for moment, number in moments:
        name = f"killed-{moment}"
        start(framework, tmp_path, name, *SETTINGS, moment=moment, number=number)
        assert not (tmp_path / name / "metrics.json").exists()
        start(framework, tmp_path, name, "--resume")
        assert left(tmp_path / name) == unbroken
