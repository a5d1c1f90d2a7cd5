"""Two of one library: packages of NVIDIA's that overlap, TensorFlow beside PyTorch, own folders first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.checks import examine
from scaffold.checks.libraries import RULES
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.replay.read import described

T4 = [{"vendor": "nvidia", "name": "Tesla T4", "compute_capability": "7.5"}]
WORKS = {"gpu": T4, "driver": {"version": "550.54.15"}, "os": {"family": "linux"}}


def said(machine: dict, symptom: str = "") -> list[Finding]:
    known, _ = described({"machine": machine, "symptom": symptom})
    return [one for rule in RULES for one in rule(known)]


def levels(machine: dict, symptom: str = "") -> dict[str, str]:
    return {one.id: one.level for one in said(machine, symptom)}


def test_two_packages_of_one_file_are_said_whole() -> None:
    machine = {
        "packages": {"torch": "2.8.0+cu128", "nvidia-nccl-cu11": "2.14.3", "nvidia-nccl-cu12": "2.27.3"},
    }
    assert said(machine) == [
        Finding(
            id="lib.cuda-shadowed",
            level="warning",
            title="nvidia-nccl-cu11 2.14.3 and nvidia-nccl-cu12 2.27.3 bring the same file, and the one installed "
            "last is loaded",
            detail="Both lie in one folder below site-packages/nvidia. If the older file is the one that is left, "
            "PyTorch ends with an undefined symbol, whatever is reinstalled beside it.",
            cause="nvidia-packages-doubled",
            evidence=(
                Evidence(source="nvidia-nccl-cu11", value="nvidia-nccl-cu11 2.14.3"),
                Evidence(source="nvidia-nccl-cu12", value="nvidia-nccl-cu12 2.27.3"),
            ),
            not_the_cause=("the driver, and LD_LIBRARY_PATH",),
            remedy=Remedy(
                text="uninstall nvidia-nccl-cu11 (it takes the shared file along), then install nvidia-nccl-cu12 again",
                commands=(
                    ("python", "-m", "pip", "uninstall", "-y", "nvidia-nccl-cu11"),
                    (
                        *("python", "-m", "pip", "install", "--force-reinstall", "--no-deps"),
                        "nvidia-nccl-cu12==2.27.3",
                    ),
                ),
            ),
        )
    ]


@pytest.mark.parametrize(
    "packages",
    [
        {"nvidia-nccl-cu12": "2.27.3", "nvidia-nccl-cu13": "2.27.3"},  # the same file
        {"nvidia-cudnn-cu11": "8.9.5", "nvidia-cudnn-cu12": "9.1.0"},  # other names
        {"nvidia-cublas-cu11": "11.11.3", "nvidia-cublas-cu12": "12.4.5"},
        {"nvidia-nccl-cu11": "", "nvidia-nccl-cu12": "2.27.3"},  # unknown
    ],
)
def test_packages_that_do_not_overlap(packages) -> None:
    assert said({"packages": {"torch": "2.8.0+cu128", **packages}}) == []


@pytest.mark.parametrize(
    ("packages", "symptom", "expected"),
    [
        ({"tensorflow": "2.12.1", "torch": "2.5.1+cu124"}, "", {"lib.tf-torch-conflict": "warning"}),
        (
            {"tensorflow": "2.12.1", "torch": "2.5.1+cu124"},
            "TensorFlow finds no GPU",
            {"lib.tf-torch-conflict": "error"},
        ),
        ({"tensorflow": "2.15.1", "torch": "2.5.1+cu124"}, "", {"lib.tf-torch-conflict": "warning"}),
        ({"tensorflow": "2.18.0", "torch": "2.5.1+cu124"}, "", {"lib.tf-torch-conflict": "error"}),
        ({"tensorflow": "2.18.0", "torch": "2.7.1+cu126"}, "", {}),
        ({"tensorflow": "2.12.1", "torch": "2.0.1+cu118"}, "", {}),
        ({"tensorflow": "2.12.1", "torch": "2.5.1+cpu"}, "", {}),
        ({"tensorflow-cpu": "2.12.1", "torch": "2.5.1+cu124"}, "", {}),
    ],
)
def test_tensorflow_beside_torch_by_their_releases(packages, symptom, expected) -> None:
    assert levels({**WORKS, "packages": packages}, symptom) == expected


@pytest.mark.parametrize(
    ("tensorflow", "symptom", "expected"),
    [
        ({"version": "2.15.1", "manager": "pip", "extras": []}, "", "error"),
        ({"version": "2.15.1", "manager": "pip"}, "list_physical_devices('GPU') returns []", "error"),
        (
            {"version": "2.15.1", "manager": "pip"},
            "Could not find cuda drivers on your machine, GPU will not be used.",
            "error",
        ),
        ({"version": "2.15.1", "manager": "pip"}, "", None),
        ({"version": "2.15.1", "manager": "pip", "extras": ["and-cuda"]}, "", None),
        ({"version": "2.15.1", "manager": "conda", "extras": []}, "", None),
    ],
)
def test_tensorflow_without_its_libraries(tensorflow, symptom, expected) -> None:
    found = said({**WORKS, "packages": {"tensorflow": tensorflow}}, symptom)
    assert [one.level for one in found] == ([expected] if expected else [])
    for one in found:
        assert one.remedy is not None
        assert one.remedy.commands == (("python", "-m", "pip", "install", "tensorflow[and-cuda]==2.15.1"),)


def test_an_old_tensorflow_is_not_replaced_by_the_extra() -> None:
    known = {**WORKS, "packages": {"tensorflow": "2.11.0"}, "files": {"/usr/lib/libcudnn.so.8": "missing"}}
    (found,) = [one for one in said(known) if one.id == "lib.tf-gpu-libs"]
    assert found.remedy is not None
    assert found.remedy.commands == ()


def test_a_log_of_jax_says_nothing_of_tensorflow() -> None:
    line = "E external/xla/xla/stream_executor/cuda/cuda_dnn.cc:417] Loaded runtime CuDNN library: 8.3.2 but source was compiled with: 8.8.0."
    packages = {"tensorflow": "2.12.0", "torch": "2.0.1+cu118", "jax": "0.4.8"}
    known, _ = described({"machine": {**WORKS, "packages": packages}, "symptom": line})
    assert [(one.id, one.title) for one in examine(known) if one.level == "error"] == [
        ("lib.cudnn-shadowed", "TensorFlow or JAX was compiled with cuDNN 8.8.0, and 8.3.2 was loaded")
    ]


def test_the_usual_folder_of_a_toolkit_has_its_version() -> None:
    machine = {
        "env": {"LD_LIBRARY_PATH": "/usr/local/cuda/lib64"},
        "toolkit": {"version": "11.2"},
        "packages": {"torch": {"version": "1.13.1", "cuda_build": "11.7"}},
    }
    assert levels(machine) == {"lib.cuda-shadowed": "error"}
    assert levels({**machine, "toolkit": {"version": "11.8"}}) == {}


def test_a_torch_that_names_its_own_folders_first_is_not_shadowed() -> None:
    machine = {
        "env": {"LD_LIBRARY_PATH": "/apps/cudnn/v8.0.3/lib64"},
        "packages": {"torch": {"version": "1.13.1+cu117", "bundled_cudnn": "8.5.0"}},
    }
    known, _ = described({"machine": machine, "symptom": ""})
    assert known.libraries is not None
    first = replace(known, libraries=replace(known.libraries, own_first=True))
    assert [[one.id for rule in RULES for one in rule(each)] for each in (known, first)] == [
        ["lib.cudnn-shadowed"],
        [],
    ]


def test_an_installed_library_that_is_not_looked_for_is_pointed_at() -> None:
    packages = {"ctranslate2": "4.5.0", "torch": "2.5.1", "nvidia-cudnn-cu12": "9.1.0.70"}
    symptom = "Unable to load any of {libcudnn_cnn.so.9.1.0, libcudnn_cnn.so.9.1, libcudnn_cnn.so.9, libcudnn_cnn.so}"
    (found,) = said({"os": {"family": "linux"}, "packages": packages}, symptom)
    assert (found.id, found.title) == (
        "lib.gpu-libs",
        "libcudnn_cnn.so.9.1.0 was not found, and nvidia-cudnn-cu12 9.1.0.70, which holds it, is installed",
    )
    assert found.remedy is not None
    assert "LD_LIBRARY_PATH=" in found.remedy.text
    assert (
        said({"os": {"family": "linux"}, "packages": {**packages, "nvidia-cudnn-cu12": "8.9.7"}}, symptom)
        == []
    )


def test_fbgemm_of_a_newer_torch_needs_no_libomp() -> None:
    symptom = (
        '[WinError 126] The specified module could not be found. Error loading "D:\\torch\\lib\\fbgemm.dll"'
    )
    machine = {"os": {"family": "windows"}, "packages": {"torch": "2.9.1+cu126"}}
    (found,) = said(machine, symptom)
    assert (found.title, found.cause) == (
        "fbgemm.dll of torch 2.9.1+cu126, or a DLL that it needs, was not found (WinError 126)",
        "vcredist-missing",
    )
    assert found.remedy is not None
    assert found.remedy.commands[-1][-3:] == (
        "torch==2.9.1",
        "--index-url",
        "https://download.pytorch.org/whl/cu126",
    )
