"""A run that is killed and resumed ends exactly as one that was left in peace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import your_project

# The program is the real one; it only kills itself, as the system would, at a chosen moment.
PROGRAM = """
import os, signal, sys
from your_project import progress, run_folder, workflows

moment, number, *arguments = sys.argv[1:]
watch = {"step": (progress.Progress, "advance"), "log": (run_folder.RunFolder, "log")}
owner, name = watch.get(moment, (None, ""))
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

if owner:
    setattr(owner, name, watched(getattr(owner, name)))
workflows.train("pytorch", arguments)
"""
SETTINGS = [
    *("--data", "digits", "--limit", "320", "--epochs", "5"),
    *("--width", "8", "--dropout", "0.3", "--device", "cpu"),
]
STEPS = 5  # of 64 images in an epoch


def start(folder, run, *more, moment="never", number=0):
    command = [sys.executable, "-c", PROGRAM, moment, str(number), "--runs", str(folder), "--run", run, *more]
    # found also where the project is not installed
    source = str(Path(your_project.__file__).parents[1])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": source}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (moment == "never"), done.stdout + done.stderr
    return done.stdout


def results(folder):
    """Return metrics, history and weights without what a clock or a name has put in."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    for content in (metrics, *rows):
        for name in ("seconds", "run", "finished"):
            content.pop(name, None)
    return metrics, rows, (folder / "best.safetensors").read_bytes()


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    start(folder, "unbroken", *SETTINGS)
    return results(folder / "unbroken")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("step", 2),  # in the first epoch, before anything was saved
        ("step", 2 * STEPS + 3),  # inside the third epoch
        ("log", 3),  # between the epochs: logged, but not saved yet
    ],
)
def test_killed_and_resumed(tmp_path, unbroken, moment, number):
    start(tmp_path, "killed", *SETTINGS, moment=moment, number=number)
    assert not (tmp_path / "killed" / "metrics.json").exists()
    start(tmp_path, "killed", "--resume")
    assert results(tmp_path / "killed") == unbroken


@pytest.mark.slow
def test_killed_twice(tmp_path, unbroken):
    start(tmp_path, "killed", *SETTINGS, moment="step", number=STEPS + 1)
    start(tmp_path, "killed", "--resume", moment="step", number=2 * STEPS + 1)
    start(tmp_path, "killed", "--resume")
    assert results(tmp_path / "killed") == unbroken
