"""What is told or logged of a driver leads to its one cause; healthy and unknown facts lead to none."""

from __future__ import annotations

import pytest

from scaffold.checks import examine
from scaffold.checks.model import Evidence, Finding
from scaffold.replay.read import described

LINUX = {"family": "linux"}
CONTAINER = {"family": "linux", "container": True}
WSL = {"family": "linux", "wsl": 2, "kernel": "5.15.167.4-microsoft-standard-WSL2"}


def gpu(name: str, capability: str, count: int = 1, **more: object) -> list[dict]:
    return [{"vendor": "nvidia", "name": name, "compute_capability": capability, "count": count, **more}]


A10 = gpu("NVIDIA A10", "8.6")
RTX = gpu("NVIDIA GeForce RTX 3060", "8.6")
DRIVER = {"version": "550.54.15", "cuda_max": "12.4"}


def findings(machine: dict, symptom: str = "") -> list[Finding]:
    facts, _ = described({"machine": machine, **({"symptom": symptom} if symptom else {})})
    return [
        one
        for one in examine(facts)
        if one.level in ("error", "warning")
        and one.suppressed_by is None
        and one.id.startswith(("gpu.", "dist."))
    ]


def found(machine: dict, symptom: str = "") -> list[tuple[str, str, str]]:
    return [(one.level, one.id, one.cause) for one in findings(machine, symptom)]


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        # WSL
        ({"os": {**WSL, "kernel": "4.19.104-microsoft-standard"}, "gpu": RTX, "driver": {"windows_version": "470.76"}},
         ("gpu.wsl", "wsl-host-too-old")),
        ({"os": {"family": "linux", "wsl": 1}, "gpu": RTX}, ("gpu.wsl", "wsl-host-too-old")),
        ({"os": {**WSL, "windows_build": "10.0.18363"}, "gpu": RTX}, ("gpu.wsl", "wsl-host-too-old")),
        ({"os": WSL, "gpu": RTX, "files": {"/dev/dxg": "missing"}}, ("gpu.wsl", "wsl-host-too-old")),
        ({"os": WSL, "gpu": RTX, "files": {"/usr/lib/wsl/lib/libcuda.so.1": "missing"}}, ("gpu.wsl", "wsl-windows-driver")),
        ({"os": WSL, "gpu": RTX, "driver": {"packages": ["nvidia-driver-535"]}}, ("gpu.wsl", "wsl-linux-driver-installed")),
        ({"os": WSL, "files": {"/usr/lib/x86_64-linux-gnu/libcuda.so.1": "of a package"}}, ("gpu.wsl", "wsl-linux-driver-installed")),
        # A driver that is not there, or twice
        ({"os": LINUX, "gpu": RTX, "driver": {"installed": False}}, ("gpu.driver-not-loaded", "driver-missing")),
        ({"os": LINUX, "gpu": RTX, "secure_boot": True, "driver": {**DRIVER, "kernel_module_loaded": False}},
         ("gpu.driver-not-loaded", "secure-boot-blocks-module")),
        ({"os": LINUX, "gpu": RTX, "driver": {**DRIVER, "kernel_module_loaded": False}},
         ("gpu.driver-not-loaded", "driver-module-not-loaded")),
        ({"os": LINUX, "gpu": RTX, "prime_select": "intel", "driver": {**DRIVER, "kernel_module_loaded": False}},
         ("gpu.driver-not-loaded", "prime-intel")),
        ({"os": LINUX, "gpu": RTX, "driver": {"version": "535.161.07", "kernel_module_version": "535.154.05"}},
         ("gpu.driver-lib-mismatch", "kernel-module-mismatch")),
        ({"os": CONTAINER, "driver": {"version": "550.90", "kernel_module_version": "535.154.05"}},
         ("gpu.driver-lib-mismatch", "driver-installed-in-container")),
        # A driver that gives no program the GPU
        ({"os": LINUX, "gpu": gpu("NVIDIA H100 80GB HBM3", "9.0", 8), "driver": {**DRIVER, "fabric_state": "In Progress"}},
         ("gpu.fabric-manager", "fabric-manager-missing")),
        ({"os": LINUX, "gpu": RTX, "driver": {**DRIVER, "state": "after resume from suspend"}},
         ("gpu.uvm-resume", "uvm-stale-after-suspend")),
        ({"os": CONTAINER, "gpu": RTX, "driver": DRIVER, "env": {"LD_LIBRARY_PATH": "/usr/local/cuda/compat:/x"}},
         ("gpu.cuda-compat", "cuda-compat-on-unsupported-gpu")),
        # Containers
        ({"os": CONTAINER, "gpu": A10, "driver": DRIVER, "files": {"libcuda.so.1": "missing"},
          "env": {"NVIDIA_DRIVER_CAPABILITIES": "utility"}}, ("gpu.container-runtime", "container-capabilities")),
        ({"os": CONTAINER, "driver": DRIVER, "libcuda": False, "packages": {"torch": {"version": "2.3.0+cu121"}}},
         ("gpu.container-runtime", "container-without-gpu")),
        ({"os": CONTAINER, "gpu": A10, "driver": DRIVER, "files": {"/dev/nvidia0": "EPERM on open"}},
         ("gpu.device-nodes", "container-cgroup-gpu-lost")),
        # Age
        ({"os": LINUX, "gpu": gpu("Tesla V100", "7.0"), "driver": {"version": "440.33.01", "cuda_max": "10.2"},
          "packages": {"torch": {"version": "1.10.0+cu113", "cuda_build": "11.3"}}}, ("gpu.driver-too-old", "driver-too-old")),
        ({"os": {"family": "windows"}, "gpu": gpu("GeForce GTX 1060", "6.1"), "driver": {"version": "388.13"},
          "packages": {"torch": {"version": "2.0.1", "cuda_build": "11.7"}}}, ("gpu.driver-too-old", "driver-too-old")),
        # Variables
        ({"os": LINUX, "gpu": RTX, "driver": DRIVER, "env": {"CUDA_VISIBLE_DEVICES": "cuda:0"}},
         ("gpu.visible-devices", "cuda-visible-devices-invalid")),
        ({"os": LINUX, "gpu": RTX, "driver": DRIVER, "ide": {"run_configuration": {"envs": {"CUDA_VISIBLE_DEVICES": "3"}}}},
         ("gpu.visible-devices", "cuda-visible-devices-invalid")),
        # Several GPUs
        ({"os": LINUX, "gpu": gpu("NVIDIA GeForce RTX 5090", "12.0", 4), "driver": {"version": "570.86.10"},
          "packages": {"nvidia-nccl-cu12": {"version": "2.21.5"}}}, ("dist.nccl-version", "nccl-too-old-for-gpu")),
    ],
)  # fmt: skip
def test_facts_alone_tell_the_cause(machine: dict, expected: tuple[str, str]) -> None:
    assert found(machine) == [("error", *expected)]


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (
            {"gpu": gpu("NVIDIA GeForce RTX 4090", "8.9", 2), "driver": {"version": "525.85.12"}},
            "dist.nccl-p2p",
        ),
        (
            {"gpu": gpu("NVIDIA A10", "8.6", memory="24 GB", memory_used="23 GB"), "driver": DRIVER},
            "gpu.memory-held",
        ),
        ({"gpu": gpu("NVIDIA A10", "8.6", ecc_uncorrected=3), "driver": DRIVER}, "gpu.ecc"),
        ({"gpu": RTX, "driver": DRIVER, "env": {"CUDA_VISIBLE_DEVICES": "0,1"}}, "gpu.visible-devices"),
        ({"gpu": RTX, "driver": DRIVER, "env": {"CUDA_VISIBLE_DEVICES": ""}}, "gpu.visible-devices"),
    ],
)
def test_what_fails_under_a_condition_is_a_warning(machine: dict, expected: str) -> None:
    assert [(level, name) for level, name, _ in found({"os": LINUX, **machine})] == [("warning", expected)]


@pytest.mark.parametrize(
    "machine",
    [
        {"os": LINUX},
        {"os": CONTAINER},
        {"os": WSL},
        {"os": {"family": "windows"}},
        {"os": {**WSL, "kernel": "5.4.72-microsoft-standard-WSL2"}, "packages": {"torch": "2.6.0+cpu"}},
        {"os": LINUX, "gpu": A10, "driver": DRIVER, "packages": {"torch": {"version": "2.6.0+cu124", "cuda_build": "12.4"}}},
        {"os": LINUX, "gpu": RTX, "driver": {"version": "535.183.01"}, "packages": {"torch": {"version": "2.6.0+cu126", "cuda_build": "12.6"}}},
        {"os": WSL, "gpu": RTX, "driver": DRIVER},
        {"os": CONTAINER, "gpu": A10, "driver": DRIVER, "env": {"LD_LIBRARY_PATH": "/usr/local/cuda/compat"}},
        {"os": LINUX, "gpu": A10, "driver": DRIVER, "env": {"CUDA_VISIBLE_DEVICES": "0"}},
        {"os": LINUX, "gpu": gpu("NVIDIA GeForce RTX 4090", "8.9", 2), "driver": {"version": "560.35.03"}},
        {"os": LINUX, "gpu": gpu("NVIDIA GeForce RTX 4090", "8.9", 2), "driver": {"version": "525.85.12"},
         "env": {"NCCL_P2P_DISABLE": "1"}},
        {"os": LINUX, "gpu": gpu("NVIDIA RTX A6000", "8.6", 4), "driver": DRIVER, "iommu": "enabled"},
        {"os": LINUX, "gpu": gpu("NVIDIA GeForce RTX 5090", "12.0"), "driver": {"version": "580.95.05"},
         "packages": {"nvidia-nccl-cu12": {"version": "2.21.5"}}},
        {"os": LINUX, "gpu": RTX, "driver": DRIVER, "docker": {"packaging": "snap"}},
    ],
)  # fmt: skip
def test_healthy_and_unknown_facts_give_nothing(machine: dict) -> None:
    assert found(machine) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch", "gpu.driver-lib-mismatch"),
        ("pynvml.NVMLError_LibRmVersionMismatch: RM has detected an NVML/RM version mismatch.", "gpu.driver-lib-mismatch"),
        ("kernel version 470.82.1 does not match DSO version 470.103.1 -- cannot find working devices", "gpu.driver-lib-mismatch"),
        ("NVRM: API mismatch: the client has the version 535.161\nNVRM: kernel module has the version 535.154", "gpu.driver-lib-mismatch"),
        ("Error 803: system has unsupported display driver / cuda driver combination", "gpu.driver-lib-mismatch"),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", "gpu.driver-not-loaded"),
        ("AssertionError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU", "gpu.driver-not-loaded"),
        ("ImportError: libcuda.so.1: cannot open shared object file: No such file or directory", "gpu.driver-not-loaded"),
        ("'nvidia-smi' 不是内部或外部命令", "gpu.driver-not-loaded"),
        ("bash: nvidia-smi: command not found", "gpu.driver-not-loaded"),
        ("The NVIDIA driver on your system is too old (found version 10010).", "gpu.driver-too-old"),
        ("CUDA driver version is insufficient for CUDA runtime version", "gpu.driver-too-old"),
        ("nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.1", "gpu.driver-too-old"),
        ("RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain.", "gpu.driver-too-old"),
        ("Error 804: forward compatibility was attempted on non supported HW", "gpu.cuda-compat"),
        ("Unexpected error from cudaGetDeviceCount(). Error 802: system not yet initialized", "gpu.fabric-manager"),
        ("failed call to cuInit: CUDA_ERROR_UNKNOWN: unknown error", "gpu.uvm-resume"),
        ("CUDA unknown error - this may be due to an incorrectly set up environment", "gpu.uvm-resume"),
        ("Failed to initialize NVML: Unknown Error", "gpu.device-nodes"),
        ('could not select device driver "" with capabilities: [[gpu]]', "gpu.container-runtime"),
        ("docker: Error response from daemon: unknown or invalid runtime name: nvidia.", "gpu.container-runtime"),
        ("nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open", "gpu.container-runtime"),
        ("Failed to initialize NVML: GPU access blocked by the operating system", "gpu.wsl"),
        ("RuntimeError: No CUDA GPUs are available", "gpu.not-seen"),
        ("RuntimeError: CUDA error: invalid device ordinal", "gpu.device-ordinal"),
        ("CUDA error: all CUDA-capable devices are busy or unavailable", "gpu.exclusive"),
        ("RuntimeError: CUDA error: uncorrectable ECC error encountered", "gpu.ecc"),
        ("NVRM: Xid (PCI:0000:41:00): 79, pid=1234, GPU has fallen off the bus.", "gpu.lost"),
        ("Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.", "gpu.lost"),
        ("NVRM: installed in this system requires use of the NVIDIA open kernel modules.", "gpu.unsupported"),
        ("ncclMaxSharedMem 82240 exceeds device/fn maxSharedMem 79856", "dist.nccl-version"),
        ("ncclInvalidUsage: Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 1000", "dist.duplicate-gpu"),
        ("RuntimeError: Distributed package doesn't have NCCL built in", "dist.nccl-missing"),
        ("The client socket has timed out after 60s while trying to connect to (10.0.0.2, 29500).", "dist.rendezvous"),
        ("RuntimeError: Unrecognized CachingAllocator option: expandable_segments", "gpu.allocator"),
    ],
)  # fmt: skip
def test_a_log_alone_tells_the_cause(line: str, expected: str) -> None:
    assert [(level, name) for level, name, _ in found({"os": LINUX}, line)] == [("error", expected)]


@pytest.mark.parametrize(
    "line",
    [
        "node1:4711:4711 [0] NCCL INFO Init COMPLETE",
        "NCCL INFO NCCL_P2P_DISABLE set by environment to 0.",
        "NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build",
        "NVIDIA-SMI 550.54.15    Driver Version: 550.54.15    CUDA Version: 12.4",
        "dlerror: libcudart.so.11.0: cannot open shared object file",
        "torch.cuda.is_available() True",
        "nvidia-smi found at /usr/bin/nvidia-smi",
    ],
)
def test_a_healthy_log_tells_nothing(line: str) -> None:
    assert found({"os": LINUX}, line) == []


def test_the_same_log_means_another_thing_in_another_place() -> None:
    mismatch = "Failed to initialize NVML: Driver/library version mismatch"
    (host,) = findings({"os": LINUX}, mismatch)
    (inside,) = findings({"os": CONTAINER}, mismatch)
    assert host.remedy is not None
    assert inside.remedy is not None
    assert (host.remedy.commands, inside.remedy.commands) == (
        (("sudo", "reboot"),),
        (("sudo", "apt", "purge", "libnvidia-compute-*", "nvidia-driver-*"),),
    )
    no_device = "Call to cuInit results in CUDA_ERROR_NO_DEVICE (100)"
    assert [found({"os": LINUX}, no_device), found({"os": WSL}, no_device)] == [
        [("error", "gpu.not-seen", "no-gpu-seen")],
        [("error", "gpu.wsl", "wsl-linux-driver-installed")],
    ]


def test_a_finding_states_both_facts_and_the_cure() -> None:
    (one,) = findings({"os": LINUX, "gpu": RTX, "driver": DRIVER, "env": {"CUDA_VISIBLE_DEVICES": "2"}})
    assert one == Finding(
        id="gpu.visible-devices",
        level="error",
        title="CUDA_VISIBLE_DEVICES=2 leaves programs no GPU: it names GPU 2, and there is one GPU, number 0 "
        "(NVIDIA GeForce RTX 3060)",
        detail="CUDA reads the list up to the first entry that it cannot use; a wrong first entry hides "
        "every "
        "GPU, and the framework silently computes on the processor. Numbers are those of nvidia-smi -L, from "
        "0; "
        "a name of PyTorch's such as cuda:0 is none.",
        cause="cuda-visible-devices-invalid",
        evidence=(
            Evidence(source=one.evidence[0].source, value="CUDA_VISIBLE_DEVICES=2"),
            Evidence(source="NVML", value="GPU 0: NVIDIA GeForce RTX 3060"),
        ),
        not_the_cause=("the driver and the build of the framework",),
        remedy=one.remedy,
    )
    assert one.remedy is not None
    assert one.remedy.commands == (("unset", "CUDA_VISIBLE_DEVICES"),)


def test_an_old_driver_of_a_host_is_not_to_be_updated_from_inside() -> None:
    machine = {
        "gpu": A10,
        "driver": {"version": "470.57.02", "cuda_max": "11.4"},
        "packages": {"torch": {"version": "2.6.0+cu126", "cuda_build": "12.6"}},
    }
    inside, host = (findings({"os": system, **machine})[0] for system in (CONTAINER, LINUX))
    assert (
        inside.title
        == host.title
        == (
            "The driver speaks CUDA 11.4 and runs builds for CUDA 11.x and older, PyTorch 2.6.0+cu126 was "
            "built for CUDA 12.6"
        )
    )
    assert inside.remedy is not None
    assert host.remedy is not None
    assert inside.remedy.text.startswith("the driver is the host's: install an older build")
    assert host.remedy.text.startswith("update the driver to 525 or newer and restart")
    assert host.remedy.commands[0][-1] == "https://download.pytorch.org/whl/cu118"
