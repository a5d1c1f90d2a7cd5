"""Two processes that share every weight learn what one does and go on exactly; each keeps half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.numpy
import torch

import your_project
from your_project import data, memory, workflows
from your_project.engine import card_of
from your_project.pytorch.engine import PyTorchEngine
from your_project.pytorch.team import Team
from your_project.settings import Settings

SMALL = [
    *("--layers", "2", "--heads", "2", "--width", "16", "--context", "16", "--limit", "200"),
    *("--epochs", "3", "--batch-size", "20", "--device", "cpu", "--precision", "fp32"),
]
# The program is the real one. The first process tells how much each keeps; it may kill itself, as the system
# would, once an epoch is saved.
PROGRAM = """
import os, signal, sys
import torch
from your_project import processes, workflows
from your_project.pytorch import loop, sharding

torch.set_num_threads(1)
saved, calls = loop.save_state, []

def save_state(state, path):
    saved(state, path)
    calls.append(None)
    if STOP and len(calls) == STOP:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def finish(team, network, best):
    if team.leads:
        best.with_name("kept.txt").write_text(str(sharding.own_size(network)))

sharding.ShardedTeam.finish = finish
loop.save_state = save_state
workflows.train("pytorch", sys.argv[1:])
"""


def start(folder, run, *more, copies=2, stop=0):
    """Train in so many processes; the first is killed behind an epoch where that is asked for."""
    code = folder / "program.py"
    code.write_text(PROGRAM.replace("STOP", str(stop)), encoding="utf-8")
    source = str(Path(your_project.__file__).parents[1])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": source, "USE_LIBUV": "0"}
    command = [sys.executable]
    if copies > 1:
        command += ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(copies), "--"]
    command += [str(code), "--runs", str(folder), "--run", run, *more]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)


def results(folder):
    """Return test loss, history and weights without what a clock has put in."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row.pop("seconds")
    return metrics["loss"], rows, safetensors.numpy.load_file(folder / "best.safetensors")


@pytest.mark.slow
def test_processes_that_share_every_weight_learn_what_one_does_and_go_on_exactly(tmp_path):
    one = start(tmp_path, "one", *SMALL, copies=1)
    assert one.returncode == 0, one.stdout + one.stderr
    two = start(tmp_path, "two", *SMALL, "--shard", "--accumulate", "2")
    assert two.returncode == 0, two.stdout + two.stderr
    loss, rows, weights = results(tmp_path / "one")
    shared_loss, shared_rows, shared_weights = results(tmp_path / "two")
    assert shared_loss == pytest.approx(loss, rel=1e-4)
    for row, shared in zip(rows, shared_rows, strict=True):
        assert shared.pop("stage") == row.pop("stage")
        assert shared == pytest.approx(row, rel=1e-4)
    assert shared_weights.keys() == weights.keys()
    for name, value in weights.items():
        assert shared_weights[name] == pytest.approx(value, rel=1e-3, abs=1e-4), name
    whole = sum(value.nbytes for value in weights.values())
    assert 0.5 * whole <= int((tmp_path / "two" / "kept.txt").read_text(encoding="utf-8")) <= 0.55 * whole

    killed = start(tmp_path, "killed", *SMALL, "--shard", "--accumulate", "2", stop=1)
    assert killed.returncode != 0
    assert not (tmp_path / "killed" / "metrics.json").exists()
    resumed = start(tmp_path, "killed", "--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    again_loss, again_rows, again_weights = results(tmp_path / "killed")
    assert (again_loss, [row | {"stage": None} for row in again_rows]) == (
        shared_loss,
        [row | {"stage": None} for row in shared_rows],
    )
    assert all((again_weights[name] == value).all() for name, value in shared_weights.items())


@pytest.mark.slow
def test_processes_learn_from_answers_of_unequal_lengths_what_one_does(tmp_path):
    """The mean over all tokens of a batch, not the mean of the processes' means."""
    chats = (*SMALL, "--data", "chats", "--context", "96", "--learning-rate", "1e-2", "--clip", "0")
    one = start(tmp_path, "one", *chats, copies=1)
    two = start(tmp_path, "two", *chats)
    assert (one.returncode, two.returncode) == (0, 0), one.stderr + two.stderr
    _, rows, _ = results(tmp_path / "one")
    _, shared_rows, _ = results(tmp_path / "two")
    for row, shared in zip(rows, shared_rows, strict=True):
        assert shared["train_loss"] == pytest.approx(row["train_loss"], rel=1e-4)
        assert shared["validation_loss"] == pytest.approx(row["validation_loss"], rel=1e-4)


def test_one_process_has_nobody_to_share_with(tmp_path, capsys):
    with pytest.raises(SystemExit):
        workflows.train("pytorch", [*SMALL, "--shard", "--runs", str(tmp_path)])
    assert "--shard splits the network between processes, and this is one" in capsys.readouterr().err


class Alone(Team):
    def total(self, values):
        return values


def test_all_processes_compute_as_often_though_one_has_a_sample_less():
    settings = Settings(layers=1, heads=1, width=8, context=16, limit=20, device="cpu", precision="fp32")
    text = data.load(settings)
    engine = PyTorchEngine(settings, card_of(text, settings, "pytorch"))
    engine.chunk = 1
    calls: list[None] = []
    engine.network.register_forward_hook(lambda *_: calls.append(None))
    for number in range(2):  # of 3 windows, the first has 2 and the second 1
        engine.validation(text.validation.take(slice(3)), Alone(torch.device("cpu"), number, 2))()
    assert len(calls) == 4


def test_the_plan_tells_what_a_process_keeps():
    whole = memory.Plan(weights=400, gradients=300, optimiser=601, activations=70, cache=5)
    assert whole.shared(2) == memory.Plan(200, 150, 301, 70, 5)
