"""The proof's script for PyTorch, asked with stand-ins of torch: what it says where a device is not there."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import scaffold.environments

SCRIPT = Path(scaffold.environments.__file__).parent / "proving" / "probes" / "pytorch_step.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pytorch_step", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torch(cuda: str | None = None, hip: str | None = None, *, gpu: bool = False, xpu: bool = False):
    def there(*, available: bool, name: str) -> SimpleNamespace:
        return SimpleNamespace(is_available=lambda: available, get_device_name=lambda index: name)

    return SimpleNamespace(
        __version__="2.14.1",
        version=SimpleNamespace(cuda=cuda, hip=hip),
        cuda=there(available=gpu, name="a GPU"),
        xpu=there(available=xpu, name="Intel Arc A770"),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: False)),
    )


@pytest.mark.parametrize(
    ("stand_in", "device", "why"),
    [
        (torch(), "cpu", ""),
        (torch(cuda="12.6", gpu=True), "cuda", ""),
        (torch(hip="7.2", gpu=True), "rocm", ""),
        (torch(xpu=True), "xpu", ""),
        (torch(), "cuda", "torch 2.14.1 was built without CUDA"),
        (torch(cuda="12.6", gpu=True), "rocm", "torch 2.14.1 was built without ROCM"),
        (torch(cuda="12.6"), "cuda", "torch 2.14.1 (CUDA 12.6) finds no usable GPU or driver"),
        (torch(hip="7.2"), "rocm", "torch 2.14.1 (ROCM 7.2) finds no usable GPU or driver"),
        (torch(), "xpu", "torch 2.14.1 finds no usable Intel GPU or driver"),
        (torch(), "mps", "torch 2.14.1 finds no Metal device"),
    ],
)
def test_why_a_device_cannot_be_used(script, stand_in, device, why) -> None:
    assert script.absent(stand_in, device) == why


def test_names_of_devices(script) -> None:
    names = [script.name_of(torch(), device) for device in ("cpu", "cuda", "rocm", "xpu", "mps")]
    assert names == ["CPU", "a GPU", "a GPU", "Intel Arc A770", "Apple GPU"]


@pytest.fixture(scope="module")
def values(script: ModuleType) -> ModuleType:
    return script.values


def test_what_is_expected_is_right(values) -> None:
    """Against sums written out another way."""
    given, expected = values.inputs(), values.expected()
    left, right = given["left"], given["right"]
    assert expected["matrix product"][values.MATRIX] == pytest.approx(
        sum(left[1][k] * right[k][0] for k in range(values.MATRIX))
    )
    image, kernel, out = given["images"][0], given["kernel"][1], values.SIDE - values.KERNEL + 1
    assert expected["convolution"][out * out] == pytest.approx(
        sum(kernel[c][y][x] * image[c][y][x] for c in range(3) for y in range(3) for x in range(3))
    )
    assert len(expected["convolution"]) == 2 * 4 * out * out
    assert len(expected["gradient of a convolution"]) == 4 * 3 * 3 * 3


def test_the_gradient_is_the_slope(values) -> None:
    """A finite difference of the loss that it derives."""
    given = values.inputs()
    weights = [value for one in given["weights"] for plane in one for row in plane for value in row]

    def loss(kernel: list[list[list[list[float]]]]) -> float:
        return sum(a * b for a, b in zip(values._convolution(given["images"], kernel), weights, strict=True))

    moved = [[[list(row) for row in plane] for plane in one] for one in given["kernel"]]
    moved[2][1][0][2] += 1.0
    slope = loss(moved) - loss(given["kernel"])
    assert values.expected()["gradient of a convolution"][2 * 27 + 9 + 2] == pytest.approx(slope)


def test_the_loss_is_cross_entropy(values) -> None:
    from math import exp, log

    scores = values.inputs()["scores"][3]
    softmax = exp(scores[3]) / sum(map(exp, scores))
    assert values.expected()["loss"][3] == pytest.approx(-log(softmax))


def test_the_worst_number_is_told(values) -> None:
    right = {"loss": [1.0, 4.0, -2.0]}
    (row,) = values.compared({"loss": [1.0, 4.0, -1.0]}, right, "CPU")
    assert row == {
        "operation": "loss", "precision": "float32", "against": "CPU",
        "difference": 0.25, "computed": -1.0, "expected": -2.0, "tolerance": 1e-4,
    }  # fmt: skip
    (row,) = values.compared({"loss": [1.0, float("nan"), -1.0]}, right, "CPU", "TF32")
    assert (row["difference"], row["expected"]) == (float("inf"), 4.0)
    (row,) = values.compared({"loss": [1.0]}, right, "CPU")
    assert row["difference"] == float("inf")


@pytest.mark.parametrize(
    ("backend", "places"),
    [("tensorflow", ["cpu:0", "gpu:0", "gpu:1"]), ("torch", ["cpu", "cuda:0", "cuda:1"])],
)
def test_what_keras_calls_devices(backend: str, places: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH"):
        monkeypatch.setenv(name, backend if name == "KERAS_BACKEND" else "")
    spec = importlib.util.spec_from_file_location("keras_step", SCRIPT.with_name("keras_step.py"))
    assert spec is not None
    assert spec.loader is not None
    keras_step = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keras_step)
    found = [keras_step.place_of("cpu"), keras_step.place_of("cuda"), keras_step.place_of("cuda", 1)]
    assert found == places
