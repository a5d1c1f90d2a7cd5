"""Builds of frameworks that do not fit the GPU, the Python, the C library or the processor that are here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.staged import Recipe, Staged
from tests.staged.made import distribution, environment, torch
from tests.staged.nvidia import gpu

TAG = f"cp{sys.version_info.major}{sys.version_info.minor}"


def _card(
    tmp: Path, version: str, *, cuda: str = "", name: str, capability: str, driver: str = "580.95.05"
) -> Staged:
    """An environment with a PyTorch, and a GPU."""
    site = environment(tmp / ".venv")
    distribution(site, "torch", version)
    torch(site, version, cuda)
    variables = gpu(tmp, name=name, capability=capability, driver=driver)
    return Staged(folder=tmp, environment=variables, python=tmp / ".venv" / "bin" / "python")


def cpu_build(tmp: Path) -> Staged:
    return _card(tmp, "2.13.0+cpu", name="NVIDIA GeForce RTX 4060", capability="8.9")


def too_new(tmp: Path) -> Staged:
    return _card(tmp, "2.6.0+cu124", cuda="12.4", name="NVIDIA GeForce RTX 5090", capability="12.0")


def dropped(tmp: Path) -> Staged:
    return _card(tmp, "2.9.1+cu128", cuda="12.8", name="NVIDIA GeForce GTX 1080 Ti", capability="6.1")


def old_release(tmp: Path) -> Staged:
    return _card(tmp, "1.9.0+cu102", cuda="10.2", name="NVIDIA GeForce RTX 3090", capability="8.6")


def too_old_forever(tmp: Path) -> Staged:
    (tmp / "train.py").write_text("print('hello')\n")
    return Staged(
        folder=tmp,
        environment=gpu(tmp, name="Quadro K4000", capability="3.0", driver="470.256.02", cuda="11.4"),
    )


def blackwell_tensorflow(tmp: Path) -> Staged:
    distribution(environment(tmp / ".venv"), "tensorflow", "2.20.0")
    return Staged(folder=tmp, environment=gpu(tmp, name="NVIDIA GeForce RTX 5080", capability="12.0"))


_LOCK = """version = 1
requires-python = "==3.12.*"

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "torch" }]

[[package]]
name = "torch"
version = "2.9.1+cpu"
source = { registry = "https://download.pytorch.org/whl/cpu" }
"""


def cpu_lock(tmp: Path) -> Staged:
    """Nothing is installed yet: the lock tells what would be."""
    (tmp / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "0.1.0"\ndependencies = ["torch"]\n'
    )
    (tmp / "uv.lock").write_text(_LOCK)
    card = gpu(tmp, name="NVIDIA L4", capability="8.9")
    return Staged(folder=tmp, options=("--before",), environment=card)


def cpu_index(tmp: Path) -> Staged:
    (tmp / "requirements.txt").write_text("--extra-index-url https://download.pytorch.org/whl/cpu\ntorch\n")
    card = gpu(tmp, name="NVIDIA L4", capability="8.9")
    return Staged(folder=tmp, options=("--before",), environment=card)


def ended_index(tmp: Path) -> Staged:
    (tmp / "requirements.txt").write_text("--extra-index-url https://download.pytorch.org/whl/cu121\ntorch\n")
    card = gpu(tmp, name="NVIDIA L4", capability="8.9")
    return Staged(folder=tmp, options=("--before",), environment=card)


def requires_another_python(tmp: Path) -> Staged:
    environment(tmp / ".venv")
    (tmp / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=2.7,<3"\n'
    )
    return Staged(folder=tmp, python=tmp / ".venv" / "bin" / "python")


def newer_glibc(tmp: Path) -> Staged:
    site = environment(tmp / ".venv")
    distribution(site, "numpy", "2.3.5", tag=f"{TAG}-{TAG}-manylinux_2_99_x86_64")
    return Staged(folder=tmp, python=tmp / ".venv" / "bin" / "python")


def _processor(tmp: Path, text: str) -> Staged:
    """Another processor, in a mount namespace of its own."""
    tool = shutil.which("unshare")
    allowed = tool and subprocess.run([tool, "-rm", "true"], capture_output=True, check=False).returncode == 0
    if not allowed:
        pytest.skip("no namespaces of users here")
    file = tmp / "cpuinfo"
    file.write_text(text)
    mounted = f'mount --bind {file} /proc/cpuinfo && exec "$@"'
    return Staged(
        folder=tmp,
        prefix=("unshare", "-rm", "sh", "-c", mounted, "sh"),
        python=tmp / ".venv" / "bin" / "python",
    )


def no_avx(tmp: Path) -> Staged:
    distribution(environment(tmp / ".venv"), "tensorflow-cpu", "2.20.0")
    return _processor(
        tmp,
        "processor\t: 0\nmodel name\t: Common KVM processor\nflags\t\t: fpu sse sse2 ssse3 hypervisor\n\n",
    )


def amd64_on_arm(tmp: Path) -> Staged:
    environment(tmp / ".venv")
    return _processor(
        tmp, "processor\t: 0\nvendor_id\t: VirtualApple\nmodel name\t: VirtualApple @ 2.50GHz\n\n"
    )


def _log(text: str) -> Callable[[Path], Staged]:
    def stage(tmp: Path) -> Staged:
        (tmp / "log.txt").write_text(text, encoding="utf-8")
        return Staged(folder=tmp, options=("--from-log", "log.txt"))

    return stage


LOGS = {
    "no-kernel-image": (
        "gpu.arch-unsupported",
        "RuntimeError: CUDA error: no kernel image is available for execution on the device\n",
    ),
    "sm-120": (
        "gpu.arch-unsupported",
        "RTX 5070 with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n",
    ),
    "no-cuda-in-torch": ("gpu.none", "AssertionError: Torch not compiled with CUDA enabled\n"),
    "hip-no-binary": (
        "gpu.rocm-gfx",
        '"hipErrorNoBinaryForGpu: Unable to find code object for all current devices!"\n',
    ),
    "avx": (
        "cpu.isa",
        "TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.\n",
    ),
    "glibc": (
        "sys.glibc",
        "ImportError: /lib64/libm.so.6: version `GLIBC_2.29' not found (required by libtorch.so)\n",
    ),
    "from-versions-none": (
        "py.version-unsupported",
        "Could not find a version that satisfies the requirement tensorflow==2.8 (from versions: none)\n",
    ),
}

RECIPES = (
    Recipe(name="torch-cpu-build", check="gpu.build-cpu-only", level="error", stage=cpu_build),
    Recipe(name="torch-too-old-for-gpu", check="gpu.arch-unsupported", level="error", stage=too_new),
    Recipe(name="torch-dropped-gpu", check="gpu.arch-unsupported", level="error", stage=dropped),
    Recipe(name="torch-1.9-on-rtx3090", check="gpu.arch-unsupported", level="error", stage=old_release),
    Recipe(name="gpu-too-old-forever", check="gpu.arch-unsupported", level="warning", stage=too_old_forever),
    Recipe(
        name="tensorflow-on-blackwell",
        check="gpu.arch-unsupported",
        level="error",
        stage=blackwell_tensorflow,
        also=("lib.tf-gpu-libs",),
    ),
    Recipe(name="lock-of-cpu-build", check="gpu.build-cpu-only", level="error", stage=cpu_lock),
    Recipe(name="index-of-cpu-builds", check="net.pip-index", level="warning", stage=cpu_index),
    Recipe(name="index-without-new-releases", check="net.pip-index", level="warning", stage=ended_index),
    Recipe(
        name="requires-another-python",
        check="py.version-unsupported",
        level="error",
        stage=requires_another_python,
    ),
    Recipe(name="wheel-for-newer-glibc", check="sys.glibc", level="error", stage=newer_glibc),
    Recipe(name="cpu-without-avx", check="cpu.isa", level="error", stage=no_avx),
    Recipe(name="amd64-on-arm", check="py.arch-mismatch", level="error", stage=amd64_on_arm),
    *(
        Recipe(name=f"log-{name}", check=check, level="error", stage=_log(text))
        for name, (check, text) in LOGS.items()
    ),
)
