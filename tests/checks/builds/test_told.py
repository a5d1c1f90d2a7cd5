"""Builds, Pythons, C libraries and processors that do not fit, told loosely: what doctor says of each."""

from __future__ import annotations

from typing import Any

import pytest

from scaffold.checks import examine
from scaffold.checks.gpu import RULES as GPU
from scaffold.checks.model import Finding
from scaffold.checks.wheels import RULES as WHEELS
from scaffold.replay.read import described

LEVELS = ("error", "warning")


def of_gpu(name: str, capability: str, torch: object, **more: object) -> dict[str, Any]:
    """A machine with an NVIDIA GPU and a PyTorch."""
    card = {"vendor": "nvidia", "name": name, "compute_capability": capability}
    return {"os": {"family": "linux"}, "gpu": [card], "packages": {"torch": torch}, **more}


def of_amd(name: str, gfx: str, torch: str, **variables: str | None) -> dict[str, Any]:
    card = {"vendor": "amd", "name": name, "gfx": gfx}
    packages = {"torch": {"version": torch}}
    return {"os": {"family": "linux"}, "gpu": [card], "packages": packages, "env": variables}


def of_mac(macos: str, torch: str, **python: str) -> dict[str, Any]:
    packages = {"torch": {"version": torch}}
    return {
        "os": {"family": "macos", "version": macos},
        "arch": "arm64",
        "packages": packages,
        "python": python,
    }


def wanted(python: str, packages: object, os: str = "linux", **more: object) -> dict[str, Any]:
    return {"os": {"family": os, **more}, "python": {"version": python}, "packages": packages}


def weak_cpu(lacks: list[str], packages: object) -> dict[str, Any]:
    return {"os": {"family": "linux"}, "cpu": {"model": "Celeron", "flags_lack": lacks}, "packages": packages}


def ours(machine: dict[str, Any], symptom: str = "") -> list[Finding]:
    """What our rules say, without those of other subjects."""
    facts, _ = described({"machine": machine, "symptom": symptom})
    return [one for rule in (*GPU, *WHEELS) for one in rule(facts) if one.level in LEVELS]


WINDOWS = {"os": {"family": "windows", "version": "11"}}
SPARK = {"arch": "aarch64"}

WRONG = {
    "cpu build on Windows": (of_gpu("RTX 3060", "8.6", "2.5.1+cpu", **WINDOWS), "gpu.build-cpu-only"),
    "index's build on Windows": (
        of_gpu("RTX 3060", "8.6", {"version": "2.3.0", "source": "pypi"}, **WINDOWS),
        "gpu.build-cpu-only",
    ),
    "cpu build on ARM": (of_gpu("GH200", "9.0", {"version": "2.4.0", "cuda_build": None}, **SPARK), "gpu.build-cpu-only"),
    "CUDA build beside AMD": (of_amd("RX 7900 XTX", "gfx1100", "2.7.0+cu126"), "gpu.build-for-another-vendor"),
    "cpu build beside AMD": (of_amd("RX 7900 XTX", "gfx1100", "2.7.0+cpu"), "gpu.build-cpu-only"),
    "V100 and CUDA 13": (of_gpu("Tesla V100", "7.0", "2.9.1+cu130"), "gpu.arch-unsupported"),
    "P100 and cu128": (of_gpu("Tesla P100", "6.0", "2.8.0+cu128"), "gpu.arch-unsupported"),
    "RTX 4090 and CUDA 10.2": (of_gpu("RTX 4090", "8.9", "1.9.0+cu102"), "gpu.arch-unsupported"),
    "B200 and cu126": (of_gpu("B200", "10.0", "2.6.0+cu126"), "gpu.arch-unsupported"),
    "RTX 5070 and a told list": (
        of_gpu("RTX 5070", "12.0", {"arch_list": ["sm_80", "sm_90", "compute_90"]}),
        "gpu.arch-unsupported",
    ),
    "a container's build": (
        of_gpu("RTX 5090", "12.0", {"version": "2.4.0a0+3bcc3cddb5.nv24.07", "cuda_build": "12.5"}),
        "gpu.arch-unsupported",
    ),
    "conda's build": (
        of_gpu("RTX 3090", "8.6", {"version": "1.8.0", "manager": "conda", "cuda_build": "10.2"}),
        "gpu.arch-unsupported",
    ),
    "the index's build on a Jetson": (
        of_gpu("Jetson Nano", "5.3", {"version": "1.13.0", "source": "pypi"}, **SPARK),
        "gpu.build-cpu-only",
    ),
    "K80": (of_gpu("Tesla K80", "3.7", "2.1.0+cu121"), "gpu.arch-unsupported"),
    "Orin and a server's build": (of_gpu("Jetson Orin", "8.7", "2.9.0+cu130", **SPARK), "gpu.arch-unsupported"),
    "TensorFlow on Blackwell": (
        of_gpu("RTX 5090", "12.0", False) | {"packages": {"tensorflow": "2.19.0"}},
        "gpu.arch-unsupported",
    ),
    "TensorFlow on Windows": (
        of_gpu("RTX 2060", "7.5", False, **WINDOWS) | {"packages": {"tensorflow": "2.15.0"}},
        "gpu.tf-windows",
    ),
    "TensorFlow on ARM": (
        of_gpu("GH200", "9.0", False, **SPARK) | {"packages": {"tensorflow": "2.17.0"}},
        "gpu.tf-arm",
    ),
    "gfx1031 without the variable": (of_amd("RX 6700", "gfx1031", "2.1.0+rocm5.6"), "gpu.rocm-gfx"),
    "gfx803": (of_amd("RX 580", "gfx803", "1.8.1+rocm4.0.1"), "gpu.rocm-gfx"),
    "another family's variable": (
        of_amd("RX 580", "gfx803", "2.0+rocm5.4", HSA_OVERRIDE_GFX_VERSION="10.3.0"),
        "gpu.rocm-gfx",
    ),
    "macOS 12 and torch 2.5": (of_mac("12.6", "2.5.1"), "gpu.mps"),
    "macOS 13 and torch 2.10": (of_mac("13.7.4", "2.10.0"), "gpu.mps"),
    "torch before Metal": (of_mac("14.0", "1.11.0"), "gpu.mps"),
    "Intel Python on Apple silicon": (of_mac("14.0", "2.2.2", machine="x86_64"), "py.arch-mismatch"),
    "Python 3.12 and TensorFlow 2.15": (wanted("3.12.1", {"tensorflow": "2.15.0"}), "py.version-unsupported"),
    "Python 3.13 and torch 2.4": (wanted("3.13", {"torch": "2.4.1"}, "windows"), "py.version-unsupported"),
    "Python 3.10 and TensorFlow 1.15": (wanted("3.10", {"tensorflow": "1.15"}), "py.version-unsupported"),
    "32 bits": (
        {"os": {"family": "windows"}, "python": {"version": "3.10", "bits": 32}},
        "py.arch-mismatch",
    ),
    "Alpine": (wanted("3.11", {"torch": "2.2.0"}, distro="alpine 3.19"), "py.platform-unsupported"),
    "an Intel Mac": (
        {"os": {"family": "macos", "version": "13.6"}, "arch": "x86_64", "packages": {"torch": "2.3.0"}},
        "py.platform-unsupported",
    ),
    "CentOS 7": (wanted("3.10", {"torch": "2.7.0"}, glibc="2.17"), "sys.glibc"),
    "an open lower bound": (wanted("3.10", {"torch": ">=2.6"}, glibc="2.26"), "sys.glibc"),
    "no AVX": (weak_cpu(["avx"], {"tensorflow": "2.9.1"}), "cpu.isa"),
    "no AVX2 and TensorFlow 2.4.0": (weak_cpu(["avx2", "fma"], {"tensorflow": "2.4.0"}), "cpu.isa"),
    "no AVX and JAX": (weak_cpu(["avx"], {"jaxlib": "0.4.30"}), "cpu.isa"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_one_finding_names_it(case: str) -> None:
    machine, check = WRONG[case]
    assert [one.id for one in ours(machine)] == [check]


RIGHT = {
    "RTX 4090 and code for 8.6": of_gpu("RTX 4090", "8.9", "1.13.1+cu117"),
    "GTX 1080 and cu126": of_gpu("GTX 1080", "6.1", "2.9.1+cu126"),
    "DGX Spark": of_gpu("GB10", "12.1", "2.10.0+cu130", **SPARK),
    "Orin and its own build": of_gpu("Jetson Orin", "8.7", "2.5.0a0+872d972e41.nv24.08", **SPARK),
    "a container's build for it": of_gpu(
        "RTX 5090", "12.0", {"version": "2.7.0a0+79aa17489c.nv25.04", "cuda_build": "12.9"}
    ),
    "an unknown build": of_gpu("RTX 5090", "12.0", {"version": ""}),
    "a cpu build without a GPU": {"os": {"family": "linux"}, "packages": {"torch": "2.7.0+cpu"}},
    "a cpu build beside an ancient GPU": of_gpu("GeForce 820M", "3.0", "2.7.0+cpu") | {"gpu": []},
    "TensorFlow 2.10 on Windows": of_gpu("RTX 2060", "7.5", False, **WINDOWS)
    | {"packages": {"tensorflow": "2.10.1"}},
    "TensorFlow on Windows without a GPU": {**WINDOWS, "packages": {"tensorflow": "2.17.0"}},
    "TensorFlow with DirectML": of_gpu("RTX 2060", "7.5", False, **WINDOWS)
    | {"packages": {"tensorflow": "2.13.0", "tensorflow-directml-plugin": "0.4.0"}},
    "Keras with another backend": of_gpu("RTX 5090", "12.0", "2.9.1+cu130", **WINDOWS)
    | {"packages": {"tensorflow": "2.20.0"}, "env": {"KERAS_BACKEND": "torch"}},
    "gfx1100": of_amd("RX 7900 XTX", "gfx1100", "2.6.0+rocm6.2.4"),
    "gfx1032 with the variable": of_amd(
        "RX 6600", "gfx1032", "2.6.0+rocm6.2.4", HSA_OVERRIDE_GFX_VERSION="10.3.0"
    ),
    "macOS 14": of_mac("14.5", "2.10.0", machine="arm64"),
    "Python 3.12 and torch 2.6": wanted("3.12", {"torch": "2.6.0"}),
    "the system's newest": wanted("3.12", {"torch": "2.7.0"}, glibc="2.39"),
    "no AVX and PyTorch": weak_cpu(["avx"], {"torch": "2.7.0"}),
    "nothing told": {"os": {"family": "linux"}},
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_fits_or_is_unknown_gives_nothing(case: str) -> None:
    assert ours(RIGHT[case]) == []


def test_a_pin_that_no_index_serves_is_told_to_move() -> None:
    (finding,) = ours(of_gpu("GeForce RTX 5090", "12.0", "2.0.1+cu118"))
    assert finding.title == "GeForce RTX 5090 needs sm_120, and torch 2.0.1+cu118 has no code for it"
    move = "whatever pins that version must move to a newer torch."
    assert finding.detail.splitlines() == [
        "It contains sm_37 sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90; code for it exists since CUDA 12.8.",
        f"The first PyTorch with a build for it is 2.7 (cu128): no index has one of 2.0.1+cu118, so {move}",
    ]
    assert finding.cause == "arch-too-new-for-wheel"
    assert finding.remedy is not None
    assert finding.remedy.commands[1][:5] == ("python", "-m", "pip", "install", "torch")
    assert finding.remedy.commands[1][-1].startswith("https://download.pytorch.org/whl/cu1")


def test_an_old_card_is_sent_to_the_builds_that_kept_it() -> None:
    (finding,) = ours(of_gpu("GTX 1080", "6.1", "2.8.0+cu128"))
    assert finding.remedy is not None
    assert (finding.cause, finding.remedy.commands[1][-1]) == (
        "arch-dropped",
        "https://download.pytorch.org/whl/cu126",
    )


def test_the_python_that_is_here_limits_what_is_advised() -> None:
    machine = of_gpu("GeForce RTX 3090", "8.6", {"version": "1.7.0", "cuda_build": "10.1"})
    (finding,) = ours({**machine, "python": {"version": "3.7"}})
    assert finding.remedy is not None
    assert finding.remedy.commands[1] == (
        *("python", "-m", "pip", "install", "torch==1.13.*"),
        *("--index-url", "https://download.pytorch.org/whl/cu116"),
    )


def test_a_marker_that_leaves_this_platform_out_is_the_cause() -> None:
    source = "torch = { index = 'pytorch-cu128', marker = \"sys_platform == 'linux'\" }"
    machine = of_gpu("RTX 4060", "8.9", "2.12.1+cpu", **WINDOWS)
    (finding,) = ours({**machine, "project": {"pyproject": f"tool.uv.sources {source}"}})
    assert (finding.cause, "sys_platform == 'linux'" in finding.detail) == ("torch-cpu-build-by-lock", True)


LOGS = {
    "Could not find a version that satisfies the requirement tensorflow (from versions: none)": {
        "py.version-unsupported"
    },
    "requirement torch==2.6.0 (from versions: 2.0.0, 2.2.1, 2.2.2)": {"py.platform-unsupported"},
    "because torch==2.2.0 has no wheels with a matching Python ABI tag (e.g., `cp313`)": {
        "py.version-unsupported"
    },
    "torch-2.1.0-cp310-cp310-win_amd64.whl is not a supported wheel on this platform.": {
        "py.version-unsupported"
    },
    "dlopen(x.so): (mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64'))": {
        "py.arch-mismatch"
    },
    "Process finished with exit code -1073741795 (0xC000001D)": {"cpu.isa"},
    "RuntimeError: The MPS backend is supported on MacOS 13.0+.Current OS version can be": {"gpu.mps"},
    "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support": {"gpu.mps-dtype"},
    "HIP error: invalid device function": {"gpu.rocm-gfx"},
    "GPU0 Tesla K20m which is of cuda capability 3.5.\nPyTorch no longer supports this GPU": {
        "gpu.arch-unsupported"
    },
    "TensorFlow GPU support is not available on native Windows for TensorFlow >= 2.11": {"gpu.tf-windows"},
    "An NVIDIA GPU may be present, but a CUDA-enabled jaxlib is not installed. Falling back to cpu.": {
        "gpu.build-cpu-only"
    },
    "tensorflow==2.16 can't use the GPU, PyTorch's GPU is available (Windows 10, CUDA 12.3)": {
        "gpu.tf-windows"
    },
    "cu128 wheels drop Pascal (sm_61): features fail at runtime": {"gpu.arch-unsupported"},
    "version `GLIBC_2.28' not found (required by libtorch_cpu.so)": {"sys.glibc"},
    "Epoch 3/10 loss 0.13 accuracy 0.97, GPU available: True, saved runs/a.pt": set(),
}


@pytest.mark.parametrize("symptom", LOGS)
def test_logs_alone(symptom: str) -> None:
    facts, _ = described({"machine": {"os": {"family": "linux"}}, "symptom": symptom})
    shown = {one.id for one in examine(facts) if one.level in (*LEVELS, "info") and not one.suppressed_by}
    assert shown == LOGS[symptom]


@pytest.mark.parametrize(
    ("packages", "advised"),
    [
        ({"tensorflow-cpu": "2.20.0"}, "tensorflow[and-cuda]"),
        ({"jax": "0.7.0", "jaxlib": "0.7.0"}, "jax[cuda12]"),
        ({"jax": "0.7.0", "jaxlib": "0.7.0", "jax-cuda12-plugin": "0.7.0"}, ""),
        ({"tensorflow-cpu": "2.20.0", "torch": "2.7.1+cu126"}, ""),
        ({"tensorflow-cpu": "2.20.0", "tensorflow": "2.20.0"}, ""),
    ],
)
def test_cpu_builds_of_other_frameworks(packages: dict[str, str], advised: str) -> None:
    machine = of_gpu("RTX 3090", "8.6", False, packages_complete=True) | {"packages": packages}
    found = [one.remedy.commands[-1][-1] for one in ours(machine) if one.remedy]
    assert found == ([advised] if advised else [])
