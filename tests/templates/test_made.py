"""The generated project, run: every run configuration, every entry as a file and as a module, its own tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.projects.catalog import find_template
from tests.conftest import MadeProject

pytestmark = [pytest.mark.network, pytest.mark.environment, pytest.mark.slow]

RUNS = find_template("cnn").runs
ENTRIES = [f"{side}/{name}" for side in ("pytorch", "tfkeras") for name in ("train", "finetune", "evaluate", "predict")]


@pytest.mark.parametrize("run", [one for one in RUNS if one.kind != "pytest"], ids=lambda one: one.name)
def test_every_run_configuration_ends_well_with_its_smoke_arguments(run, made_project: MadeProject) -> None:
    done = made_project.scaffold("run", run.name, "--", *run.smoke)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_runs_as_a_file_and_as_a_module(entry: str, made_project: MadeProject) -> None:
    as_file = made_project.run(made_project.python, Path("src/cnn_project") / f"{entry}.py", "--help")
    as_module = made_project.run(made_project.python, "-m", f"cnn_project.{entry.replace('/', '.')}", "--help")
    assert (as_file.returncode, as_module.returncode) == (0, 0), as_file.stderr + as_module.stderr
    assert as_file.stdout.split("\n", 1)[1] == as_module.stdout.split("\n", 1)[1]


def test_the_projects_own_quick_tests_pass(made_project: MadeProject) -> None:
    done = made_project.run(made_project.python, "-m", "pytest", "-q", "-m", "not slow", timeout=1800)
    assert done.returncode == 0, done.stdout[-5000:]


def test_the_projects_own_slow_tests_pass(made_project: MadeProject) -> None:
    """Accuracy floors, exact resume after a kill, fine-tuning against training from scratch."""
    done = made_project.run(made_project.python, "-m", "pytest", "-q", "-m", "slow", timeout=3000)
    assert done.returncode == 0, done.stdout[-5000:]


def test_both_frameworks_write_metrics_of_one_schema(made_project: MadeProject, tmp_path: Path) -> None:
    shapes = []
    for side in ("pytorch", "tfkeras"):
        arguments = ("--data", "digits", "--epochs", "2", "--width", "8", "--runs", str(tmp_path), "--run", side)
        done = made_project.run(made_project.python, "-m", f"cnn_project.{side}.train", *arguments)
        assert done.returncode == 0, done.stderr
        metrics = json.loads((tmp_path / side / "metrics.json").read_text(encoding="utf-8"))
        shapes.append(shape(metrics))
        report = (tmp_path / side / "report.html").read_text(encoding="utf-8")
        assert 'src="http' not in report
        assert 'href="http' not in report
    assert shapes[0] == shapes[1]


def shape(value: object) -> object:
    """The keys of nested objects and the types of values."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return float if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value)
