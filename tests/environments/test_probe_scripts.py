"""The proof's script for PyTorch, asked with stand-ins of torch: what it says where a device is not there."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import scaffold.environments

SCRIPT = Path(scaffold.environments.__file__).parent / "probes" / "pytorch_step.py"


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
        return SimpleNamespace(is_available=lambda: available, get_device_name=lambda: name)

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
