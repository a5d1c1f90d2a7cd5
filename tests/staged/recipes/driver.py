"""Drivers that fail: stand-ins for NVIDIA's libraries, compiled here, that answer as the real ones do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.staged import Recipe, Staged
from tests.staged.made import distribution, environment, torch

CUDA = r"""
#include <string.h>
#include <stddef.h>
static const char *names[] = {NAMES};
int cuInit(unsigned flags) { return INIT; }
int cuDriverGetVersion(int *v) { *v = SPOKEN; return 0; }
int cuDeviceGetCount(int *n) { *n = COUNT; return 0; }
int cuDeviceGet(int *d, int i) { *d = i; return 0; }
int cuDeviceGetName(char *s, int n, int d) { strncpy(s, names[d], n); return 0; }
int cuDeviceTotalMem(size_t *m, int d) { *m = 25757220864ULL; return 0; }
int cuDeviceTotalMem_v2(size_t *m, int d) { *m = 25757220864ULL; return 0; }
int cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? MAJOR : a == 76 ? MINOR : 0; return 0; }
int cuDeviceGetUuid_v2(unsigned char *u, int d) { for (int i = 0; i < 16; i++) u[i] = 16 * d + i; return 0; }
"""

NVML = r"""
#include <string.h>
#include <stdio.h>
static const char *names[] = {NAMES};
typedef struct { unsigned long long total, free, used; } memory;
#define NUMBER(h) ((int)((unsigned long long)(h) >> 40) - 1)
int nvmlInit_v2(void) { return INIT; }
int nvmlSystemGetDriverVersion(char *s, unsigned n) { strncpy(s, DRIVER, n); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *v) { *v = SPOKEN; return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = COUNT; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **h) { *h = (void *)((i + 1ULL) << 40); return LOST; }
int nvmlDeviceGetName(void *h, char *s, unsigned n) { strncpy(s, names[NUMBER(h)], n); return 0; }
int nvmlDeviceGetUUID(void *h, char *s, unsigned n) {
  unsigned char u[16];
  for (int i = 0; i < 16; i++) u[i] = 16 * NUMBER(h) + i;
  snprintf(s, n, "GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2], u[3],
           u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
  return 0;
}
int nvmlDeviceGetCudaComputeCapability(void *h, int *a, int *b) { *a = MAJOR; *b = MINOR; return 0; }
int nvmlDeviceGetMemoryInfo(void *h, memory *m) { m->total = 25757220864ULL; m->used = USED; m->free = 0; return 0; }
int nvmlDeviceGetMigMode(void *h, unsigned *a, unsigned *b) { *a = MIG; *b = MIG; return 0; }
int nvmlDeviceGetComputeMode(void *h, unsigned *m) { *m = MODE; return 0; }
int nvmlDeviceGetTotalEccErrors(void *h, int kind, int since, unsigned long long *n) { *n = ECC; return 0; }
"""

AMPERE = {"NAMES": '"NVIDIA A10"', "COUNT": 1, "MAJOR": 8, "MINOR": 6}
ADA = {"NAMES": '"NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 4090"', "COUNT": 2, "MAJOR": 8, "MINOR": 9}
BLACKWELL = {
    "NAMES": '"NVIDIA GeForce RTX 5090", "NVIDIA GeForce RTX 5090"',
    "COUNT": 2,
    "MAJOR": 12,
    "MINOR": 0,
}
WORKS = {
    **AMPERE,
    "DRIVER": '"550.54.15"',
    "SPOKEN": 12040,
    "INIT": 0,
    "LOST": 0,
    "USED": 0,
    "MIG": 0,
    "MODE": 0,
    "ECC": 0,
}  # fmt: skip

#: Where a driver of this machine's own would lie.
OWN = tuple(
    f"{folder}/libcuda.so.1"
    for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/aarch64-linux-gnu")
)

#: What makes a container of this process for everybody who asks, wherever the tests run.
CONTAINER = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}


def _library(path: Path, source: str, facts: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    code = path.with_suffix(".c")
    code.write_text(source)
    defined = [f"-D{name}={value}" for name, value in facts.items()]
    subprocess.run(["cc", "-w", "-shared", "-fPIC", *defined, "-o", str(path), str(code)], check=True)


def _driver(
    folder: Path,
    cuda: dict[str, object] | None = None,
    nvml: dict[str, object] | None = None,
    where: str = "lib",
) -> dict[str, str | None]:
    """A driver as a program meets it; the surroundings in which it does. ``cuda`` None: there is no "
    "libcuda."""
    if sys.platform != "linux" or shutil.which("cc") is None:
        pytest.skip("staged with a C compiler of Linux")
    # Not ctypes.util.find_library: for root it asks ld, which takes /dev/null away.
    if os.path.exists("/dev/nvidiactl") or any(Path(one).exists() for one in OWN):
        pytest.skip("this machine has a driver of its own")
    if cuda is not None:
        _library(folder / where / "libcuda.so.1", CUDA, {**WORKS, **cuda})
    _library(folder / where / "libnvidia-ml.so.1", NVML, {**WORKS, **(nvml or {})})
    smi = folder / "bin" / "nvidia-smi"
    smi.parent.mkdir()
    smi.write_text("#!/bin/sh\nexit 1\n")
    smi.chmod(0o755)
    path = f"{smi.parent}:{os.environ['PATH']}"
    return {"LD_LIBRARY_PATH": str(folder / where), "PATH": path, "CUDA_VISIBLE_DEVICES": None}


def _place(tmp: Path, surroundings: dict[str, str | None], **packages: str) -> Staged:
    """A project's folder with an environment that has some distributions."""
    site = environment(tmp / "project" / ".venv")
    for name, version in packages.items():
        distribution(site, name, version)
        if name == "torch":
            cuda = version.partition("+cu")[2]
            torch(site, version, f"{cuda[:-1]}.{cuda[-1]}" if cuda else "")
    python = tmp / "project" / ".venv" / "bin" / "python"
    return Staged(folder=tmp / "project", environment=surroundings, python=python)


def _log(tmp: Path, text: str) -> Staged:
    (tmp / "run.log").write_text(text, encoding="utf-8")
    return Staged(folder=tmp, options=("--from-log", "run.log"), environment={"CUDA_VISIBLE_DEVICES": None})


def stale_after_suspend(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 999}))


def fabric_not_ready(tmp: Path) -> Staged:
    return _place(tmp, {**_driver(tmp, {"INIT": 802}), **CONTAINER})


def compat_on_geforce(tmp: Path) -> Staged:
    return _place(
        tmp, _driver(tmp, {**ADA, "INIT": 804}, {**ADA, "DRIVER": '"570.86.10"'}, where="cuda/compat")
    )


def toolkit_stub(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 34}, where="cuda/lib64/stubs"))


def updated_without_restart(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 803}, {"INIT": 18}))


def too_old(tmp: Path) -> Staged:
    old = {"DRIVER": '"470.57.02"', "SPOKEN": 11040}
    return _place(tmp, _driver(tmp, old, old), torch="2.6.0+cu126")


def no_such_number(tmp: Path) -> Staged:
    return _place(tmp, {**_driver(tmp, {"INIT": 100}), "CUDA_VISIBLE_DEVICES": "2"})


def a_name_of_torchs(tmp: Path) -> Staged:
    return _place(tmp, {**_driver(tmp, {"INIT": 100}), "CUDA_VISIBLE_DEVICES": "cuda:0"})


def all_hidden(tmp: Path) -> Staged:
    return _place(tmp, {**_driver(tmp, {"INIT": 100}), "CUDA_VISIBLE_DEVICES": ""})


def script_names_another(tmp: Path) -> Staged:
    staged = _place(tmp, _driver(tmp, {}))
    (staged.folder / "train.sh").write_text("export CUDA_VISIBLE_DEVICES=2\npython train.py\n")
    return staged


def off_the_bus(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 100}, {"LOST": 15}))


def taken_away(tmp: Path) -> Staged:
    return _place(tmp, {**_driver(tmp, {"INIT": 999}, {"INIT": 999}), **CONTAINER})


def utility_alone(tmp: Path) -> Staged:
    return _place(tmp, {**_driver(tmp, None), **CONTAINER, "NVIDIA_DRIVER_CAPABILITIES": "utility"})


def refused(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 304}, {"INIT": 17}))


def one_process_at_a_time(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 46}, {"MODE": 3}))


def prohibited(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {}, {"MODE": 2}))


def split_without_slices(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {"INIT": 100}, {"MIG": 1}))


def memory_held(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {}, {"USED": "24757220864ULL"}))


def memory_errors(tmp: Path) -> Staged:
    return _place(tmp, _driver(tmp, {}, {"ECC": 3}))


def peers_that_lie(tmp: Path) -> Staged:
    old = {**ADA, "DRIVER": '"525.85.12"', "SPOKEN": 12000}
    return _place(tmp, {**_driver(tmp, old, old), "NCCL_P2P_DISABLE": None})


def old_nccl(tmp: Path) -> Staged:
    new = {**BLACKWELL, "DRIVER": '"570.86.10"', "SPOKEN": 12080}
    return _place(tmp, _driver(tmp, new, new), nvidia_nccl_cu12="2.21.5")


def docker_of_a_snap(tmp: Path) -> Staged:
    program = tmp / "snap" / "bin" / "docker"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    staged = _log(
        tmp,
        'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].\n',
    )
    path = f"{program.parent}:{os.environ['PATH']}"
    return Staged(
        folder=tmp, options=staged.options, environment={"PATH": path, "CUDA_VISIBLE_DEVICES": None}
    )


def module_not_loaded(tmp: Path) -> Staged:
    return _log(
        tmp,
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the "
        "latest "
        "NVIDIA driver is installed and running.\n",
    )


def kernel_says_xid(tmp: Path) -> Staged:
    return _log(tmp, "[74785.66] NVRM: Xid (PCI:0000:02:00): 79, pid=4711, GPU has fallen off the bus.\n")


RECIPES = tuple(
    Recipe(name=name, check=check, level=level, stage=stage)
    for name, check, level, stage in (
        ("uvm-stale-after-suspend", "gpu.uvm-resume", "error", stale_after_suspend),
        ("fabric-manager-missing", "gpu.fabric-manager", "error", fabric_not_ready),
        ("cuda-compat-on-geforce", "gpu.cuda-compat", "error", compat_on_geforce),
        ("cuda-stub-loaded", "gpu.cuda-compat", "error", toolkit_stub),
        ("driver-updated-without-restart", "gpu.driver-lib-mismatch", "error", updated_without_restart),
        ("driver-too-old", "gpu.driver-too-old", "error", too_old),
        ("visible-devices-no-such-number", "gpu.visible-devices", "error", no_such_number),
        ("visible-devices-cuda-0", "gpu.visible-devices", "error", a_name_of_torchs),
        ("visible-devices-empty", "gpu.visible-devices", "warning", all_hidden),
        ("visible-devices-in-a-script", "gpu.visible-devices", "error", script_names_another),
        ("gpu-off-the-bus", "gpu.lost", "error", off_the_bus),
        ("container-gpu-taken-away", "gpu.device-nodes", "error", taken_away),
        ("container-capabilities", "gpu.container-runtime", "error", utility_alone),
        ("device-files-refused", "gpu.device-nodes", "error", refused),
        ("compute-mode-exclusive", "gpu.exclusive", "error", one_process_at_a_time),
        ("compute-mode-prohibited", "gpu.exclusive", "error", prohibited),
        ("mig-without-slices", "gpu.mig", "error", split_without_slices),
        ("gpu-memory-held", "gpu.memory-held", "warning", memory_held),
        ("gpu-memory-errors", "gpu.ecc", "warning", memory_errors),
        ("nccl-p2p-broken", "dist.nccl-p2p", "warning", peers_that_lie),
        ("nccl-too-old", "dist.nccl-version", "error", old_nccl),
        ("docker-of-a-snap", "gpu.container-runtime", "error", docker_of_a_snap),
        ("log-module-not-loaded", "gpu.driver-not-loaded", "error", module_not_loaded),
        ("log-xid", "gpu.lost", "error", kernel_says_xid),
    )
)
