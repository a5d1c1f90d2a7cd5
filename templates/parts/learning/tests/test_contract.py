"""What every project promises, whatever it learns and with whichever framework; on the smallest settings."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from your_project import engines, run_folder, workflows
from your_project.files import read_json
from your_project.settings import DESCRIPTIONS, SMOKE, Settings

PROGRAMS = ("train", "finetune", "evaluate", "predict", "search", "export")
SOURCE = Path(engines.__file__).parent
FRAMEWORKS = [name for name, folder in engines.FOLDERS.items() if (SOURCE / folder).is_dir()]

#: keys of `metrics.json` that every job of every project writes
COMMON = {
    "schema", "job", "run", "finished", "data", "samples", "framework", "framework_version", "device",
    "precision", "model", "parameters", "loss", "baseline",
}  # fmt: skip
TRAINED = {"epochs", "best_epoch", "seconds"}

#: what may differ between a run that was stopped and one that was not
OWN = {"run", "finished", "seconds"}

each_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """Run a program of a framework with the settings of a smoke run, in a folder that stays."""
    folder = tmp_path_factory.mktemp("contract")
    config = folder / "smoke.toml"
    config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in SMOKE.items()))

    def program(name, framework, *words):
        given = ["--config", str(config), "--runs", str(folder / "runs" / framework), "--device", "cpu"]
        getattr(workflows, name)(framework, [*given, *words])
        return folder / "runs" / framework

    return program


@pytest.fixture(scope="module")
def trained(program):
    """Train once with each framework, for all tests: compiling networks is what takes their time."""
    return cache(lambda framework: program("train", framework, "--run", "trained", "--epochs", "3"))


def test_every_program_says_what_it_does():
    assert set(DESCRIPTIONS) == set(PROGRAMS)
    assert all(text.endswith(".") for text in DESCRIPTIONS.values())
    assert set(SMOKE) <= set(Settings.__dataclass_fields__)


@each_framework
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_has_an_entry(framework, name):
    text = (SOURCE / engines.FOLDERS[framework] / f"{name}.py").read_text(encoding="utf-8")
    assert f'workflows.{name}("{framework}")' in text


@each_framework
def test_every_program_works_on_what_the_others_leave(program, trained, framework, capsys):
    runs = trained(framework)
    first = read_json(runs / "trained" / "metrics.json")
    assert set(first) >= COMMON | TRAINED
    assert (first["job"], first["framework"]) == ("train", framework)
    assert set(first["samples"]) == {"training", "validation", "test"}
    assert min(first["samples"].values()) > 0
    assert {"name", "training_samples"} <= set(first["baseline"])

    program("evaluate", framework, "--run", "trained")
    evaluated = read_json(runs / "trained" / "evaluate" / "metrics.json")
    assert set(evaluated) >= COMMON
    assert (evaluated["job"], evaluated["loss"]) == ("evaluate", pytest.approx(first["loss"], rel=1e-4))
    capsys.readouterr()
    program("predict", framework, "--run", "trained")
    assert capsys.readouterr().out.count("\n") > 2

    program("finetune", framework, "--run", "tuned")
    tuned = read_json(runs / "tuned" / "metrics.json")
    assert COMMON | TRAINED | {"base", "scratch"} <= set(tuned)
    assert set(tuned["scratch"]) >= TRAINED

    program("search", framework, "--run", "searched")
    searched = read_json(runs / "searched" / "metrics.json")
    assert COMMON | TRAINED | {"trials"} <= set(searched)
    assert (runs / "searched" / "best.toml").is_file()

    program("export", framework, "--run", "searched")
    written = read_json(runs / "searched" / "export" / "export.json")
    formats: Any = SMOKE["formats"]
    assert [one["format"] for one in written["files"]] == list(formats)

    for report in runs.glob("**/report.html"):
        text = report.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>")
        assert 'src="http' not in text
        assert 'href="http' not in text
    kinds = {path.suffix for path in runs.glob("**/*") if path.is_file()}
    assert not kinds & {".pkl", ".pickle", ".ckpt", ".bin", ".pth"}  # formats that can carry code


@each_framework
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    program, trained, framework, monkeypatch, capsys
):
    runs = trained(framework)
    log = run_folder.RunFolder.log

    def stopped(folder, stage, epoch, **values):
        if epoch == 1:
            raise KeyboardInterrupt
        log(folder, stage, epoch, **values)

    monkeypatch.setattr(run_folder.RunFolder, "log", stopped)
    with pytest.raises(SystemExit) as ended:
        program("train", framework, "--run", "broken", "--epochs", "3")
    assert ended.value.code == 130
    assert "--run broken" in capsys.readouterr().err
    monkeypatch.setattr(run_folder.RunFolder, "log", log)
    workflows.train(framework, ["--resume", "--runs", str(runs), "--device", "cpu"])
    first, second = (read_json(runs / name / "metrics.json") for name in ("trained", "broken"))
    assert {key: value for key, value in first.items() if key not in OWN} == {
        key: value for key, value in second.items() if key not in OWN
    }


@each_framework
def test_data_that_is_not_there_is_told_in_one_line(program, framework, capsys):
    with pytest.raises(SystemExit) as ended:
        program("train", framework, "--data", "no-such-data")
    error = capsys.readouterr().err
    assert (ended.value.code, error.count("\n")) == (1, 1)
    assert "no-such-data" in error
