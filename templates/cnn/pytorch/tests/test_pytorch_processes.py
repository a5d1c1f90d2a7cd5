"""Two processes that train one network: what they learn, who writes, what a resumed run ends with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.numpy

import your_project

# no batch normalisation and nothing random: two processes must learn just what one does
PLAIN = [
    *("--data", "digits", "--limit", "200", "--model", "lenet", "--dropout", "0", "--no-augment"),
    *("--batch-size", "20", "--epochs", "2", "--precision", "fp32", "--device", "cpu"),
]
# all that is random, and batch normalisation
MIXED = ["--data", "digits", "--limit", "200", "--width", "8", "--dropout", "0.3", "--device", "cpu"]


def start(folder, run, *more, copies=2, program="train", stop_after=0):
    """Run a program, in `copies` processes; the first is killed behind an epoch where that is asked for."""
    command = [sys.executable]
    if copies > 1:
        command += ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(copies), "--"]
    code = Path(folder, "program.py")
    code.write_text(PROGRAM.format(program=program, stop_after=stop_after), encoding="utf-8")
    source = str(Path(your_project.__file__).parents[1])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": source, "USE_LIBUV": "0"}
    command += [str(code), "--runs", str(folder), "--run", run, *more]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


# The program is the real one; the first process may kill itself, as the system would, once an epoch is saved.
PROGRAM = """
import os, signal, sys
from your_project import processes, workflows

if {stop_after} and not processes.number():
    from your_project.pytorch import loop

    saved, calls = loop.save_state, []

    def save_state(*arguments):
        saved(*arguments)
        calls.append(None)
        if len(calls) == {stop_after}:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    loop.save_state = save_state
workflows.{program}("pytorch", sys.argv[1:])
"""


def results(folder):
    """Return metrics, history and weights without what a clock or a name has put in."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    for content in (metrics, *rows):
        for name in ("seconds", "run", "finished"):
            content.pop(name, None)
    return metrics, rows, safetensors.numpy.load_file(folder / "best.safetensors")


@pytest.mark.slow
def test_two_processes_learn_what_one_does(tmp_path):
    for run, copies in (("one", 1), ("two", 2)):
        done = start(tmp_path, run, *PLAIN, copies=copies)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "processes   2: each takes its share of every batch\n" in done.stdout
    assert done.stdout.count("train       epoch") == 2  # the second process says nothing
    assert sorted(path.name for path in (tmp_path / "two").iterdir() if "events" not in path.name) == sorted(
        path.name for path in (tmp_path / "one").iterdir() if "events" not in path.name
    )
    one, two = results(tmp_path / "one"), results(tmp_path / "two")
    assert one[0].keys() == two[0].keys()
    for row_of_one, row_of_two in zip(one[1], two[1], strict=True):
        assert row_of_two.pop("stage") == row_of_one.pop("stage")
        assert row_of_two == pytest.approx(row_of_one, rel=1e-4)
    for name, weights in one[2].items():
        assert two[2][name] == pytest.approx(weights, rel=1e-3, abs=1e-5), name


@pytest.mark.slow
def test_a_run_of_two_processes_that_was_killed_goes_on_exactly(tmp_path):
    unbroken = start(tmp_path, "unbroken", *MIXED, "--epochs", "3")
    assert unbroken.returncode == 0, unbroken.stdout + unbroken.stderr
    assert start(tmp_path, "killed", *MIXED, "--epochs", "3", stop_after=1).returncode != 0
    assert not (tmp_path / "killed" / "metrics.json").exists()
    resumed = start(tmp_path, "killed", "--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    whole, broken = results(tmp_path / "unbroken"), results(tmp_path / "killed")
    assert broken[:2] == whole[:2]
    assert all((broken[2][name] == weights).all() for name, weights in whole[2].items())


def test_other_programs_say_that_they_run_in_one_process(tmp_path):
    done = start(tmp_path, "", program="predict")
    assert done.returncode != 0
    assert "error: predict with pytorch runs in one process: start it without torchrun" in done.stderr
