"""A training with Keras that broke off is resumed, and ends exactly as one that was left in peace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from keras_cases import PLAIN, SMALL, history, trained, weights

from your_project import data
from your_project.data import Data
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine


@pytest.fixture(scope="module")
def digits() -> Data:
    return data.load(replace(SMALL, limit=320))  # ten steps an epoch are enough to differ in


Ended = tuple[list[np.ndarray], list[dict[str, float]]]  # weights and history
STAGES = (Stage("head", 2, 1e-3, body=0.0), Stage("all layers", 3, 1e-3, body=0.5, layer_decay=0.5))


@pytest.fixture(scope="module")
def unbroken(digits: Data, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Settings], Ended]:
    """The network and the history that a training in peace ends with, trained once for each network."""

    @cache
    def train(settings: Settings) -> Ended:
        folder = tmp_path_factory.mktemp(settings.model)
        return weights(trained(settings, digits, folder, STAGES)), history(folder)

    return train


slow = pytest.mark.slow


@pytest.mark.parametrize(
    ("settings", "killed_in"),
    [(PLAIN, 1), (PLAIN, 3), *(pytest.param(SMALL, n, marks=slow) for n in (0, 1, 3))],
    ids=lambda one: one.model if isinstance(one, Settings) else str(one),
)
def test_a_run_that_broke_off_ends_as_one_that_did_not(
    settings: Settings,
    killed_in: int,
    digits: Data,
    unbroken: Callable[[Settings], Ended],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = RunFolder.log

    def break_off(self: RunFolder, stage: str, epoch: int, **values: float) -> None:
        log(self, stage, epoch, **values)  # the row is written, the state is not yet
        if epoch == killed_in:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", break_off)
        with pytest.raises(KeyboardInterrupt):
            trained(settings, digits, tmp_path, STAGES)
    resumed = trained(replace(settings, resume=True), digits, tmp_path, STAGES)

    expected, rows = unbroken(settings)
    assert history(tmp_path) == rows
    for one, other in zip(expected, weights(resumed), strict=True):
        np.testing.assert_array_equal(one, other)


def program(folder: Path, *more: str) -> list[str]:
    arguments = ("--data", "digits", "--width", "8", "--epochs", "6", "--device", "cpu", "--run", "run")
    module = KerasEngine.__module__.replace(".engine", ".train")
    return [sys.executable, "-m", module, *arguments, "--runs", str(folder), *more]


@pytest.mark.slow
def test_a_killed_program_is_resumed_to_the_same_result(tmp_path: Path) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(program(tmp_path / "unbroken"), check=True, env=environment)
    with subprocess.Popen(program(tmp_path / "broken"), env=environment) as process:
        rows = tmp_path / "broken" / "run" / "history.jsonl"
        while process.poll() is None and not (rows.is_file() and len(rows.read_text().splitlines()) >= 2):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert not (tmp_path / "broken" / "run" / "metrics.json").exists(), "it ended before it could be killed"
    subprocess.run(program(tmp_path / "broken", "--resume"), check=True, env=environment)

    def result(name: str) -> dict[str, object]:
        content = json.loads((tmp_path / name / "run" / "metrics.json").read_text())
        return {key: value for key, value in content.items() if key not in {"seconds", "finished"}}

    assert result("broken") == result("unbroken")
    assert history(tmp_path / "broken" / "run") == history(tmp_path / "unbroken" / "run")
