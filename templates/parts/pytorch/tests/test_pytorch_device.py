"""The choice of device and precision: every branch, from facts; and what this machine gives."""

import pytest
import torch

from your_project.errors import ProjectError
from your_project.pytorch.device import (
    choose_device,
    choose_precision,
    device_of,
    obstacle,
    place,
)

NOTHING = {"cuda": "no CUDA device visible", "mps": "no Metal"}


@pytest.mark.parametrize(
    ("wanted", "obstacles", "chosen"),
    [
        ("auto", NOTHING, ("cpu", "no CUDA device visible")),
        ("auto", {"cuda": "", "mps": "no Metal"}, ("cuda", "the fastest device that works here")),
        ("auto", {"mps": "", "cuda": "a build without CUDA"}, ("mps", "the fastest device that works here")),
        ("cpu", {"cuda": "", "mps": ""}, ("cpu", "asked for by --device")),
        ("cuda", {"cuda": "", "mps": ""}, ("cuda", "asked for by --device")),
        ("auto", {**NOTHING, "xpu": ""}, ("xpu", "the fastest device that works here")),
    ],
)
def test_device(wanted, obstacles, chosen):
    assert choose_device(wanted, obstacles) == chosen


def test_a_device_that_is_not_there_is_an_error_with_the_reason():
    with pytest.raises(ProjectError, match="--device cuda cannot be used: no CUDA device visible"):
        choose_device("cuda", NOTHING)
    with pytest.raises(ProjectError, match="--device tpu is unknown: auto, cpu, cuda, mps"):
        choose_device("tpu", NOTHING)


@pytest.mark.parametrize(
    ("kind", "capability", "bf16", "precision"),
    [
        ("cuda", (9, 0), True, "bf16"),
        ("cuda", (8, 0), True, "bf16"),
        ("cuda", (7, 5), False, "fp16"),
        ("cuda", (6, 1), False, "fp32"),
        ("cuda", None, True, "bf16"),  # ROCm
        ("cuda", None, False, "fp32"),
        ("xpu", None, True, "bf16"),
        ("mps", None, False, "fp32"),
        ("cpu", None, True, "bf16"),
        ("cpu", None, False, "fp32"),
    ],
)
def test_precision(kind, capability, bf16, precision):
    chosen, reason = choose_precision("auto", kind, capability, bf16)
    assert chosen == precision
    assert reason
    assert choose_precision("fp32", kind, capability, bf16) == ("fp32", "asked for by --precision")


def test_an_unknown_precision_is_an_error():
    with pytest.raises(ProjectError, match="--precision fp8 is unknown: auto, fp32, bf16, fp16"):
        choose_precision("fp8", "cpu", None, bf16=False)


def test_processes_take_a_gpu_each_and_none_where_there_are_too_few(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    for name, value in {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    assert obstacle("cuda") == "2 processes need a GPU each, and there is 1"
    assert device_of("cuda") == torch.device("cuda", 1)
    assert device_of("cpu") == torch.device("cpu")


def test_place_on_the_processor():
    placement = place("cpu", "bf16")
    assert (placement.device, placement.name, placement.precision) == (torch.device("cpu"), "cpu", "bf16")
    with placement.autocast():
        assert torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3)).dtype == torch.bfloat16
    with place("cpu", "fp32").autocast():
        assert torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3)).dtype == torch.float32
    assert place("cpu", "fp16").scaler().is_enabled()
    assert not placement.scaler().is_enabled()
