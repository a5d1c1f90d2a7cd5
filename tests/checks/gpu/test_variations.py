"""Causes that an examination found missing, told in other words; and what was said falsely."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scaffold.checks import examine
from scaffold.checks.gpu.container import handed_in
from scaffold.checks.machine import accelerators_usable
from scaffold.checks.model import Finding
from scaffold.checks.wheels.pythons import has_wheels
from scaffold.replay.read import described

LINUX = {"family": "linux"}
CONTAINER = {"family": "linux", "container": True}
CUDA = {"torch": {"version": "2.6.0+cu124", "cuda_build": "12.4"}}
V100 = [{"vendor": "nvidia", "name": "Tesla V100", "compute_capability": "7.0"}]
RTX = [{"vendor": "nvidia", "name": "NVIDIA GeForce RTX 3060", "compute_capability": "8.6", "count": 2}]


def amd(gfx: str) -> list[dict[str, str]]:
    return [{"vendor": "amd", "name": "AMD Radeon", "gfx": gfx}]


def said(machine: dict[str, Any], symptom: str = "") -> list[Finding]:
    facts, _ = described({"machine": {"os": LINUX, **machine}, "symptom": symptom})
    return [one for one in examine(facts) if one.suppressed_by is None and one.level in ("error", "warning")]


def words(finding: Finding) -> str:
    remedy = finding.remedy
    return f"{finding.title} {finding.detail} {remedy.text if remedy else ''} {remedy.commands if remedy else ''}"


@pytest.mark.parametrize(
    ("line", "level", "check", "advice"),
    [
        ("nvidia-container-cli: initialization error: WSL environment detected but no adapters were found: unknown",
         "error", "gpu.wsl", "wsl --update"),
        ("modprobe: ERROR: could not insert 'nvidia': Key was rejected by service", "error", "gpu.driver-not-loaded", "Secure Boot"),
        ("modprobe: ERROR: could not insert 'nvidia_drm': Required key not available", "error", "gpu.driver-not-loaded", "mokutil"),
        ("NVRM: The NVIDIA probe routine was not called for 1 device(s).\nNVRM: This can occur when a driver such as nouveau",
         "error", "gpu.driver-not-loaded", "blacklist nouveau"),
        ("Unable to open /dev/kfd read-write: Permission denied", "error", "gpu.device-nodes", "render"),
        ("Call returned HSA_STATUS_ERROR_OUT_OF_RESOURCES: The runtime failed", "warning", "gpu.device-nodes", "rocminfo"),
        (("RuntimeError: Found GTX 1080 which is too old to be supported by the triton GPU compiler, which is used as "
         "the backend. Triton only supports devices of CUDA Capability >= 7.0, but your device is of CUDA capability 6.1"),
         "warning", "ext.triton-toolchain", "TORCHDYNAMO_DISABLE=1"),
        ("it hangs on the first all_reduce, both GPUs at 100 %", "warning", "dist.nccl-p2p", "NCCL_P2P_DISABLE=1"),
        ("多卡训练时卡死在 init_process_group", "warning", "dist.nccl-p2p", "NCCL_P2P_DISABLE=1"),
        ("only works with NCCL_P2P_DISABLE=1", "warning", "dist.nccl-p2p", "NCCL_P2P_DISABLE=1"),
        ("misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to 172.17.0.1<45763> failed : Connection refused",
         "error", "dist.nccl-failed", "NCCL_SOCKET_IFNAME"),
        ("NCCL error in: NCCLUtils.hpp:275, unhandled cuda error, NCCL version 2.20.5", "error", "dist.nccl-failed", "NCCL_DEBUG"),
        ("NCCL error in: ProcessGroupNCCL.cpp:825, unhandled system error, NCCL version 2.7.8\nncclSystemError: System call",
         "warning", "sys.shm", "--ipc=host"),
        ("Unexpected error from cudaGetDeviceCount(). Error 3: initialization error", "error", "train.cuda-fork", "spawn"),
        ("docker compose up: RuntimeError: Found no NVIDIA driver on your system", "error", "gpu.container-runtime",
         "NVIDIA_DRIVER_CAPABILITIES"),
        ("WARNING[XFORMERS]: PyTorch 2.1.2+cu121 with CUDA 1201 (you have 2.1.2+cpu)", "error", "gpu.build-cpu-only", "index-url"),
        ("Num GPUs Available:  0", "warning", "gpu.tf-no-gpu", "tensorflow[and-cuda]"),
        ("zsh: illegal hardware instruction  python train.py", "error", "cpu.isa", "arm64"),
        (("hint: You're on macOS (`macosx_14_0_x86_64`), but `torch` (v2.8.0) only has wheels for the following platforms: "
         "`manylinux_2_28_x86_64`, `macosx_11_0_arm64`"), "error", "py.platform-unsupported", "2.2.2"),
        ("hint: You're on Windows (`win32`), but `torch` (v2.8.0) only has wheels for", "error", "py.platform-unsupported", "64-bit"),
        ("I set os.environ['CUDA_VISIBLE_DEVICES']='1' and it always uses cuda:0", "warning", "gpu.visible-devices", "before"),
        (("which is of cuda capability 3.0. PyTorch no longer supports this GPU because it is too old. The minimum cuda "
         "capability supported by this library is 3.7."), "warning", "gpu.arch-unsupported", "CPU"),
        (("ERROR: Could not find a version that satisfies the requirement torch==1.13.1+cu116 (from versions: 1.13.0, 1.13.1, "
         "2.0.0)\nERROR: No matching distribution found for torch==1.13.1+cu116"), "error", "net.pip-index", "whl/cu116"),
    ],
)  # fmt: skip
def test_a_message_tells_the_cause(line: str, level: str, check: str, advice: str) -> None:
    found = said({}, line)
    assert [(one.level, one.id) for one in found] == [(level, check)]
    assert advice in words(found[0])


@pytest.mark.parametrize(
    ("machine", "check", "advice"),
    [
        ({"gpu": V100, "driver": {"version": "384.81", "bound": "nouveau"}}, "gpu.driver-not-loaded", "blacklist nouveau"),
        ({"gpu": V100, "driver": {"bound": "vfio-pci"}}, "gpu.driver-not-loaded", "virtual machine"),
        ({"os": CONTAINER, "packages": CUDA, "files": {"/dev/nvidia0": "missing", "/dev/nvidiactl": "missing"}},
         "gpu.container-runtime", "--gpus all"),
        ({"os": CONTAINER, "env": {"NVIDIA_VISIBLE_DEVICES": "all"}, "files": {"nvidia-smi": "present", "libcuda.so.1": "missing"}},
         "gpu.container-runtime", "NVIDIA_DRIVER_CAPABILITIES=compute,utility"),
        ({"os": CONTAINER, "gpu": RTX, "driver": {"version": "580.126.09", "cuda_max": "13.1"}}, "gpu.cuda-compat", "compat"),
        ({"gpu": amd("gfx1010"), "packages": {"tensorflow-rocm": {"version": "2.2.0"}}}, "gpu.rocm-gfx", "not supported"),
        ({"gpu": amd("gfx1032"), "packages": {"tensorflow-rocm": {"version": "2.14"}}}, "gpu.rocm-gfx", "10.3.0"),
        ({"gpu": amd("gfx908"), "packages": {"torch": "2.7.0+rocm6.3"}, "files": {"/dev/kfd": "permission denied"}},
         "gpu.device-nodes", "render"),
        ({"gpu": amd("gfx908"), "packages": {"torch": "2.7.0+rocm6.3"}, "user": {"groups": ["sudo", "video"]}},
         "gpu.device-nodes", "render"),
    ],
)  # fmt: skip
def test_facts_alone_tell_the_cause(machine: dict[str, Any], check: str, advice: str) -> None:
    found = said(machine)
    assert [one.id for one in found] == [check]
    assert advice in words(found[0])


@pytest.mark.parametrize(
    "machine",
    [
        {"os": CONTAINER},
        {"os": CONTAINER, "files": {"/dev/nvidia0": "missing"}},  # nothing here wants a GPU
        {"gpu": RTX, "driver": {"version": "580.95.05", "cuda_max": "13.0"}},
        {"gpu": amd("gfx908"), "packages": {"torch": "2.7.0+rocm6.3"}, "user": {"groups": ["render"]}},
        {"gpu": amd("gfx1102"), "packages": {"torch": "2.8.0+rocm7.0"}},  # AMD's own build: in no table
        {"gpu": amd("gfx803"), "packages": {"tensorflow-rocm": {"version": "2.2.0"}}},  # as ROCm 3 had it
        {"python": {"version": "3.10"}, "packages": {"torch": {"cuda_build": "12.1"}}},
        {"python": {"version": "3.8"}, "packages": {"tensorflow": {}}},
    ],
)
def test_what_is_well_or_unknown_stays_unsaid(machine: dict[str, Any]) -> None:
    assert said(machine) == []


@pytest.mark.parametrize(
    "line",
    [
        "keyctl_search: Required key not available",
        "hint: You're on Linux (`manylinux_2_31_x86_64`); wheels: `macosx_10_9_x86_64`",
        "PyTorch 2.1.2+cu121 with CUDA 1201 (you have 2.1.2+cu121)",
    ],
)
def test_a_message_of_something_else_tells_nothing(line: str) -> None:
    assert said({}, line) == []


def test_a_rented_machine_is_no_container() -> None:
    text = (
        "Error 802: system not yet initialized\nfabric manager NVIDIA GPU driver interface version 535.183.01 "
        "don't match with driver version 535.216.01."
    )
    found = said({"os": {**LINUX, "hosted": "aws"}, "gpu": V100}, text)
    assert [one.id for one in found] == ["gpu.fabric-manager"]
    assert "535.183.01" in found[0].title
    assert found[0].remedy is not None
    assert found[0].remedy.text.startswith("install the fabric manager of version 535.216.01")


def test_code_that_chooses_too_late_is_named_with_its_line() -> None:
    code = "import torch\nimport os\nos.environ['CUDA_VISIBLE_DEVICES'] = '1'\n"
    facts, _ = described({"machine": {"os": LINUX, "gpu": RTX, "project": {"files": {"train.py": code}}}})
    found = [one for one in examine(facts) if one.id == "gpu.visible-devices"]
    assert [(one.level, one.title) for one in found] == [
        ("info", "train.py:3 sets CUDA_VISIBLE_DEVICES after the framework was imported")
    ]


def test_a_release_that_is_there_without_the_build_does_not_ask_for_another_python() -> None:
    line = "the requirement torch==1.13.1+cu116 (from versions: 1.13.0, 1.13.1, 2.0.0)"
    facts, _ = described({"machine": {"os": LINUX, "python": {"version": "3.12"}}, "symptom": line})
    assert list(has_wheels(facts)) == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.6.0+cu124", [("warning", "gpu.container-runtime")]),  # chosen for a GPU
        ("2.6.0", [("info", "gpu.container-runtime")]),  # what pip takes by itself
        ("2.6.0+cpu", []),
    ],
)
def test_a_container_of_this_machine_without_a_gpu(version: str, expected: list[tuple[str, str]]) -> None:
    local = version.partition("+")[2]
    packages = {"torch": {"version": version, "cuda_build": "" if local == "cpu" else "12.4"}}
    facts, _ = described({"machine": {"os": CONTAINER, "packages": packages}})
    assert facts.driver is not None
    facts = replace(facts, told=False, driver=replace(facts.driver, nodes=False))
    assert [(one.level, one.id) for one in handed_in(facts)] == expected


def test_a_card_that_is_set_aside_is_told_of_without_alarm() -> None:
    facts, _ = described({"machine": {"os": LINUX, "gpu": V100, "driver": {"version": "550.54.15"}}})
    cards = tuple(replace(one, status="hidden") for one in facts.machine.accelerators)
    found = accelerators_usable(replace(facts, machine=replace(facts.machine, accelerators=cards)))
    assert [(one.level, one.id) for one in found] == [("info", "gpu.hidden")]


@pytest.mark.parametrize(
    ("line", "check", "words_of_it"),
    [
        ("Could not load dynamic library 'nvcuda.dll'; dlerror: nvcuda.dll not found", "gpu.driver-not-loaded",
         "nvcuda.dll, which NVIDIA's driver for Windows brings, is not there"),
        ("ImportError: Could not find 'nvcuda.dll'. TensorFlow requires that this DLL be installed", "gpu.driver-not-loaded",
         "nvcuda.dll, which NVIDIA's driver for Windows brings, is not there"),
        (("OOM when allocating tensor with shape[16,19,19,1024] and type float on "
         "/job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu"), "sys.memory", "Main memory could not be had"),
        (("OOM when allocating tensor with shape[128,768] and type float on "
         "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc"), "train.out-of-memory", "The accelerator's memory"),
    ],
)  # fmt: skip
def test_a_message_is_told_in_the_words_of_its_place(line: str, check: str, words_of_it: str) -> None:
    found = said({"os": {"family": "windows"}}, line)
    assert [one.id for one in found] == [check]
    assert words_of_it in found[0].title
    assert "libcuda.so" not in words(found[0])


@pytest.mark.parametrize(
    ("version", "name", "capability", "expected"),
    [
        ("2.4.0", "NVIDIA GH200 480GB", "9.0", [("warning", "gpu.build-cpu-only")]),
        ("2.4.0+cu124", "NVIDIA GH200 480GB", "9.0", []),
        ("2.4.0a0+3bcc3cddb5.nv24.7", "NVIDIA GH200 480GB", "9.0", []),
        ("2.11.0", "NVIDIA GH200 480GB", "9.0", []),  # has CUDA's code
        (">=2.4", "NVIDIA GH200 480GB", "9.0", []),
        ("2.4.0", "Orin", "8.7", []),  # NVIDIA's own wheels for it may be called so
    ],
)
def test_a_plain_version_on_an_arm_server(
    version: str, name: str, capability: str, expected: list[tuple[str, str]]
) -> None:
    found = said(
        {
            "os": {**LINUX, "arch": "aarch64"},
            "gpu": [{"vendor": "nvidia", "name": name, "compute_capability": capability}],
            "driver": {"version": "570.86.15", "cuda_max": "12.8"},
            "packages": {"torch": version},
        }
    )
    assert [(one.level, one.id) for one in found] == expected
