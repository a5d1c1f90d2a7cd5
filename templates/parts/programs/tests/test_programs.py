"""Programs and their runs, with a project as small as can be: a number that learns to be another."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from your_project import engines, jobs, runs
from your_project.errors import ProjectError
from your_project.files import read_json
from your_project.program import Program, Request, start
from your_project.report import Page
from your_project.stages import Stage


@dataclass(frozen=True)
class Settings:
    # --- training
    target: float = 3.0  # what is learned
    epochs: int = 4  # steps towards it
    threads: int = 1  # changes nothing
    # --- the run
    run: str = ""  # name of the run's folder
    runs: str = "runs"  # where runs are kept
    resume: bool = False  # go on
    overwrite: bool = False  # replace
    smoke: bool = False  # everything once


@dataclass(frozen=True)
class Card:
    shape: tuple[int, ...] = ()


class Guess:
    """An engine whose network is one number; each epoch halves the distance to the target."""

    framework, version = "pytorch", "0"
    best, last = "best.txt", "last.txt"
    device, device_reason = "cpu", "it is one number"
    precision, precision_reason = "fp32", "it needs no other"
    parameters = 1
    formats: tuple[str, ...] = ()
    interrupt_at: int | None = None  # the epoch in which somebody presses Ctrl-C

    def __init__(self) -> None:
        self.card, self.value = Card(), 0.0

    def fit(self, data, stages, run):
        first = 0
        if run.resuming:
            epoch, value = run.last.read_text().split()
            first, self.value = int(epoch), float(value)
        run.rewind(first)
        for epoch in range(first, sum(stage.epochs for stage in stages)):
            if epoch == type(self).interrupt_at:
                raise KeyboardInterrupt
            self.value += (data - self.value) / 2
            run.log("train", epoch, validation_loss=abs(data - self.value), seconds=0.5)
            run.last.write_text(f"{epoch + 1} {self.value}")
        self.save(run.best)

    def load(self, weights):
        self.value = float(weights.read_text())

    def load_body(self, weights):
        self.load(weights)

    def save(self, weights):
        weights.write_text(str(self.value))

    def outputs(self, part): ...
    def arrays(self, part): ...
    def export(self, part, name, folder): ...
    def exported(self, file, part): ...


def train(request: Request[Settings]) -> None:
    request, path = jobs.open_run(request, "train", jobs.FREE | {"threads"})
    if path is None:
        return
    settings, engine = request.settings, Guess()
    jobs.announce(engine, path)
    stages = (Stage("train", settings.epochs, 1.0),)
    with jobs.removed_unless_begun(request, path):
        run = jobs.fit(engine, settings.target, stages, path, request, program="train")
    content = {"value": engine.value, **jobs.training_facts(run.history())}
    jobs.write_results(path, "guess/1", content, Page("A guess"))


def show(request: Request[Settings]) -> None:
    engine, run = Guess(), jobs.trained_run(request)
    engine.load(jobs.weights_of(run))
    print(f"{run.name} guesses {engine.value}")


PROGRAMS = {"train": train, "show": show}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a program below a temporary folder, as its entry file does."""
    monkeypatch.setattr(engines, "find", lambda framework: Guess)
    monkeypatch.setattr(Guess, "interrupt_at", None)

    def run(name, *words, framework="pytorch"):
        groups, smoke = ("training", "the run"), {"epochs": 1}
        program = Program(name, Settings, groups, "Guess.", smoke, PROGRAMS[name])
        start(program, framework, [*words, "--runs", str(tmp_path / "runs")])

    return run


def failed(capsys, run, *words, framework="pytorch"):
    """Run a program that must fail; return its status and what it wrote on stderr."""
    with pytest.raises(SystemExit) as ended:
        run(*words, framework=framework)
    return ended.value.code, capsys.readouterr().err.strip()


def test_a_finished_run(run, tmp_path, capsys):
    run("train", "--run", "one")
    folder = tmp_path / "runs" / "one"
    assert {file.name for file in folder.iterdir() if not file.name.startswith("events")} == {
        *("run.json", "settings.json", "environment.json", "model.json", "history.jsonl"),
        *("best.txt", "last.txt", "report.html", "metrics.json"),
    }
    content = read_json(folder / "metrics.json")
    assert content.pop("finished")
    assert content == {"schema": "guess/1", "value": 2.8125, "epochs": 4, "best_epoch": 4, "seconds": 2.0}
    assert read_json(folder / "settings.json")["target"] == 3.0
    run("show")
    out = capsys.readouterr().out
    assert "device      cpu: it is one number\nprecision   fp32: it needs no other\nrun " in out
    assert out.endswith("one guesses 2.8125\n")


def test_ctrl_c_says_how_to_go_on_and_it_does(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Guess, "interrupt_at", 2)
    status, error = failed(capsys, run, "train", "--run", "broken", "--target", "5")
    assert status == 130
    command = f"{engines.quoted(sys.executable)} -m your_project.pytorch.train"
    assert error == f"stopped; go on with: {command} --run broken --runs {tmp_path / 'runs'} --resume"
    assert failed(capsys, run, "show") == (
        1,
        f"error: no finished pytorch run in {tmp_path / 'runs'} yet: first {command}",
    )
    status, error = failed(capsys, run, "show", "--run", "broken")
    assert error.endswith("broken holds no trained network yet: resume it, or choose another run")
    monkeypatch.setattr(Guess, "interrupt_at", None)
    run("train", "--resume", "--threads", "2")  # the newest unfinished run, with its own target
    content = read_json(tmp_path / "runs" / "broken" / "metrics.json")
    assert (content["value"], content["epochs"]) == (4.6875, 4)
    capsys.readouterr()
    run("train", "--resume", "--run", "broken")
    assert "is finished already" in capsys.readouterr().out


def test_a_run_that_never_began_leaves_nothing_and_is_not_resumed(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Guess, "interrupt_at", 2)
    failed(capsys, run, "train", "--run", "begun")
    monkeypatch.setattr(Guess, "interrupt_at", 0)
    assert failed(capsys, run, "train", "--run", "never") == (130, "stopped")
    assert [folder.name for folder in (tmp_path / "runs").iterdir()] == ["begun"]
    runs.begin(tmp_path / "runs", "killed", "pytorch", "train")  # at once: its folder is still there
    monkeypatch.setattr(Guess, "interrupt_at", None)
    run("train", "--resume")
    assert (tmp_path / "runs" / "begun" / "metrics.json").is_file()


def test_what_cannot_be_resumed_is_told(run, capsys, monkeypatch):
    assert "no unfinished train run of pytorch in" in failed(capsys, run, "train", "--resume")[1]
    monkeypatch.setattr(Guess, "interrupt_at", 1)
    failed(capsys, run, "train", "--run", "broken")
    _, error = failed(capsys, run, "train", "--resume", "--target", "9")
    assert "broken began with target = 3.0, not 9.0: leave it out to resume" in error
    words = ("train", "--resume", "--run", "broken")
    _, error = failed(capsys, run, *words, framework="keras")
    assert error.endswith("broken is a train run of pytorch, not a train run of keras")
    _, error = failed(capsys, run, "show", "--run", "broken", framework="keras")
    assert error.endswith("broken was trained with pytorch, not with keras")


def test_a_smoke_run_leaves_nothing(run, tmp_path, capsys):
    run("train", "--smoke")
    out = capsys.readouterr().out
    assert "epoch    1/1" in out
    assert out.endswith("smoke run   done; what it wrote is deleted again\n")
    assert not (tmp_path / "runs").exists()


def test_facts_of_no_training_and_of_one_without_losses():
    assert jobs.training_facts([]) == {"epochs": 0, "best_epoch": 0, "seconds": 0}
    rows = [{"seconds": 1.0}, {"seconds": 0.25, "validation_loss": float("nan")}]
    assert jobs.training_facts(rows) == {"epochs": 2, "best_epoch": 0, "seconds": 1.25}


def test_a_stage_that_stopped_early_is_told():
    losses = {"head": [0.5, 0.4], "all": [0.3, 0.2, 0.6, 0.7]}
    rows = [{"stage": stage, "validation_loss": loss} for stage, found in losses.items() for loss in found]
    stages = (Stage("head", 2, 1.0), Stage("all", 9, 1.0))
    told = "all         stopped early: 2 epochs without a better validation loss; weights of epoch 4 kept"
    assert jobs.early_stops(rows, stages) == [told]
    assert jobs.early_stops(rows, stages[:1]) == []


def test_a_framework_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setitem(engines.FOLDERS, "pytorch", "nowhere")
    with pytest.raises(ProjectError, match="nowhere is not installed for"):
        engines.find("pytorch")


@pytest.mark.skipif(os.name == "nt", reason="paths as POSIX shells write them")
def test_the_way_to_go_on_can_be_pasted_anywhere(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/home/me/a project/.venv/bin/python")
    python = "'/home/me/a project/.venv/bin/python'"
    assert engines.pasted("keras", "train") == engines.command("keras", "train", python)
    monkeypatch.setattr(Guess, "interrupt_at", 1)
    _, error = failed(capsys, run, "train", "--run", "mine (2)")
    assert f"{python} -m " in error
    assert error.endswith(f" --run 'mine (2)' --runs {tmp_path / 'runs'} --resume")


def test_a_python_that_does_not_know_itself_is_looked_up(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    assert engines.pasted("keras", "train") == engines.command("keras", "train")


def test_starting_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from your_project import program\n"
        "heavy = {'numpy', 'torch', 'tensorflow', 'keras', 'tqdm', 'tensorboard'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(engines.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
