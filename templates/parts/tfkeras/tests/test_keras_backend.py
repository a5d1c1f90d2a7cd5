"""The choice of backend, device and precision."""

from __future__ import annotations

import importlib.util
import os
import sys

import pytest

from your_project.errors import ProjectError
from your_project.tfkeras.backend import (
    Device,
    choose_device,
    choose_precision,
    importing,
    set_backend,
)

CPU = Device("cpu", "cpu", "no GPU")


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        ({"tensorflow", "torch", "jax"}, "tensorflow"),
        ({"torch", "jax"}, "torch"),
        ({"jax"}, "jax"),
        (set(), "tensorflow"),  # Keras will say that it is missing
    ],
)
def test_the_backend_is_one_that_is_installed(
    monkeypatch: pytest.MonkeyPatch, installed: set[str], chosen: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name if name in installed else None)
    assert set_backend() == chosen
    assert os.environ["KERAS_BACKEND"] == chosen


def test_a_backend_that_was_asked_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert set_backend() == "jax"


NOISE = b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"


def test_known_noise_of_the_import_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    with importing():
        os.write(2, NOISE + b"E0000 something is wrong\n")
    os.write(2, b"later\n")
    assert capfd.readouterr().err == "E0000 something is wrong\nlater\n"


def test_of_an_import_that_fails_everything_is_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    with pytest.raises(ImportError), importing():
        os.write(2, NOISE)
        raise ImportError
    assert capfd.readouterr().err.encode() == NOISE


def test_the_processor_can_be_asked_for() -> None:
    assert choose_device("cpu") == Device("cpu", "cpu", "the settings ask for it")


def test_a_device_that_is_missing_is_an_error_that_says_why() -> None:
    if choose_device("auto").kind != "cpu":
        pytest.skip("this machine has a GPU")
    with pytest.raises(ProjectError, match=r"device cuda is not there: .+; choose --device auto or cpu"):
        choose_device("cuda")


@pytest.mark.parametrize(
    ("wish", "device", "name", "policy"),
    [
        ("auto", CPU, "fp32", "float32"),
        ("auto", Device("cuda", "cuda:0", "", (9, 0)), "bf16", "mixed_bfloat16"),
        ("auto", Device("cuda", "cuda:0", "", (7, 5)), "fp16", "mixed_float16"),
        ("auto", Device("cuda", "cuda:0", "", (6, 1)), "fp32", "float32"),
        ("auto", Device("mps", "mps", ""), "fp32", "float32"),
        ("bf16", CPU, "bf16", "mixed_bfloat16"),
    ],
)
def test_precision(wish: str, device: Device, name: str, policy: str) -> None:
    precision = choose_precision(wish, device)
    assert (precision.name, precision.policy) == (name, policy)
    assert precision.reason
