"""Builds of TensorFlow that leave the GPU idle, or cannot run on it."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.builds import tables
from scaffold.builds.cuda import covers, is_capability, number
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.architectures import JETSON
from scaffold.checks.gpu.history import parsed
from scaffold.checks.gpu.installed import card_evidence, cards, platform_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.versions import at_least
from scaffold.machine.model import Accelerator
from scaffold.probing.packages.model import Package

_NAMES = ("tensorflow", "tensorflow-gpu", "tensorflow-intel", "tf-nightly")


def tensorflow_of(facts: Facts) -> Package | None:
    """The TensorFlow that the interpreter would import."""
    if facts.packages is not None:
        return facts.packages.of(*_NAMES, "tensorflow-cpu")
    version = facts.version_of("tensorflow") or facts.version_of("tensorflow-cpu")
    return Package(name="tensorflow", version=version) if version else None


def on_windows(facts: Facts) -> Iterator[Finding]:
    """TensorFlow has had no GPU build for Windows since 2.11, and says so nowhere."""
    package = tensorflow_of(facts)
    if package is None or facts.machine.host.os != "windows" or package.name == "tensorflow-cpu":
        return
    if at_least(package.version, "2.11") is not True or _has_plugin(facts) or _computes_elsewhere(facts):
        return
    gpus, wanted = cards(facts, "nvidia"), _wants_gpu(facts)
    if not gpus and not wanted:
        return
    yield Finding(
        id="gpu.tf-windows",
        level="error",
        title=f"TensorFlow {package.version} has no GPU build for Windows, and "
        + (f"{gpus[0].name} is here" if gpus else wanted),
        detail="The last with one was 2.10 (CUDA 11.2 and cuDNN 8.1 installed by hand, Python 3.7 to 3.10, "
        "NumPy 1). Newer ones install without a word and run on the processor.",
        cause="tf-windows-no-gpu",
        evidence=(
            Evidence(
                source=package.location or "packages", value=f"{package.name} {package.version}, Windows"
            ),
            *map(card_evidence, gpus[:1]),
        ),
        not_the_cause=(
            "CUDA and cuDNN: no version of either helps, this build contains no code that would load them",
            "PyTorch: its Windows builds have their own CUDA libraries, so it may well see the GPU",
        ),
        remedy=Remedy(
            text="run it in WSL2 (wsl --install, then pip install 'tensorflow[and-cuda]' there); or use "
            "Keras 3 "
            "with the torch backend (KERAS_BACKEND=torch) on Windows itself; or a Python 3.10 "
            "environment with "
            "tensorflow==2.10.1",
            commands=(("wsl", "--install"),),
        ),
    )


def _computes_elsewhere(facts: Facts) -> bool:
    """Whether Keras is told to compute with another framework: TensorFlow is there for its data pipelines."""
    found = facts.variables.of("KERAS_BACKEND") if facts.variables else ()
    return any(one.value in ("torch", "jax") for one in found)


def _has_plugin(facts: Facts) -> bool:
    return facts.packages is not None and facts.packages.of("tensorflow-directml-plugin") is not None


def _wants_gpu(facts: Facts) -> str:
    """Why a GPU is meant to be used where none was told."""
    torch = torch_of(facts)
    if torch is not None and torch.variant.startswith("cu"):
        return "PyTorch beside it is a CUDA build"
    packages = facts.packages.packages if facts.packages else ()
    libraries = [one.name for one in packages if one.name.startswith(("nvidia-cudnn", "nvidia-cuda-runtime"))]
    if libraries:
        return f"{libraries[0]} is installed for one"
    sign = facts.log.sign("tf-gpu-not-seen") if facts.log else None
    return "the log asks for one" if sign else ""


def on_arm(facts: Facts) -> Iterator[Finding]:
    """TensorFlow's wheels for ARM have no CUDA code."""
    package, gpus = tensorflow_of(facts), cards(facts, "nvidia")
    if package is None or not gpus or platform_of(facts) != "linux_aarch64" or _computes_elsewhere(facts):
        return
    if "nv" in package.version or (package.installer.startswith("conda") or package.channel):
        return  # NVIDIA's own build, or conda's
    board = gpus[0].capability in JETSON
    yield Finding(
        id="gpu.tf-arm",
        level="error",
        title=f"TensorFlow's wheels for ARM are built without CUDA, and {gpus[0].name} is here",
        detail=f"TensorFlow {package.version} runs on the processor without saying so.",
        cause="tf-arm-no-gpu",
        evidence=(
            Evidence(
                source=package.location or "packages", value=f"{package.name} {package.version}, aarch64"
            ),
            card_evidence(gpus[0]),
        ),
        not_the_cause=("CUDA, cuDNN and the driver: this build contains no code that would load them",),
        remedy=Remedy(
            text="use NVIDIA's build: "
            + (
                "the wheel or the l4t-tensorflow container for your JetPack"
                if board
                else "the container nvcr.io/nvidia/tensorflow:25.02-tf2-py3 (the last one)"
            )
            + ", or Keras 3 with the torch backend (KERAS_BACKEND=torch)"
        ),
    )


def machine_code(facts: Facts) -> Iterator[Finding]:
    """TensorFlow's build holds code for the NVIDIA GPU that is here, or the driver can compile it."""
    package = tensorflow_of(facts)
    version = parsed(package.version) if package else None
    if package is None or version is None or package.installer.startswith("conda") or package.channel:
        return
    table = tables.tensorflow()
    release = next((row for row in table.releases if row.version.release[:2] == version.release[:2]), None)
    gpus = [one for one in cards(facts, "nvidia") if is_capability(one.capability)]
    if release is None or not release.kernels or not gpus or platform_of(facts) not in table.gpu_platforms:
        return
    if package.name == "tensorflow-cpu" or "nv" in (version.local or "") or _computes_elsewhere(facts):
        return
    missed = [one for one in gpus if not _runs(release.kernels, release.ptx, one)]
    if missed:
        yield _unsupported(package, missed[0], release.kernels, partly=len(missed) < len(gpus))


def _runs(codes: tuple[str, ...], ptx: str, gpu: Accelerator) -> bool:
    if any(covers(code, gpu.capability) for code in codes):
        return True
    newest = number(tables.tensorflow().newest_capability)
    return bool(ptx) and number(ptx)[0] == number(gpu.capability)[0] <= newest[0]


def _unsupported(package: Package, gpu: Accelerator, codes: tuple[str, ...], *, partly: bool) -> Finding:
    new = number(gpu.capability) > number(tables.tensorflow().newest_capability)
    return Finding(
        id="gpu.arch-unsupported",
        level="warning" if partly else "error",
        title=f"{gpu.name} has compute capability {gpu.capability}, and TensorFlow {package.version} "
        f"holds no "
        "code for it",
        detail=(
            "No TensorFlow wheel holds code for Blackwell; what the driver compiles in its place takes "
            "half an "
            "hour and then fails (CUDA_ERROR_INVALID_PTX, INVALID_HANDLE)."
            if new
            else f"It holds code for {', '.join(codes)} and newer."
        ),
        cause="arch-too-new-for-wheel" if new else "arch-dropped",
        evidence=(
            Evidence(source=package.location or "packages", value=f"{package.name} {package.version}"),
            card_evidence(gpu),
        ),
        not_the_cause=("the CUDA version that nvidia-smi shows, nvcc, and an installed CUDA toolkit",),
        remedy=Remedy(
            text="use Keras 3 with the torch backend and a cu128 or newer build of PyTorch "
            "(KERAS_BACKEND=torch), "
            "or NVIDIA's container nvcr.io/nvidia/tensorflow:25.02-tf2-py3"
            if new
            else "use an older release (2.16 holds code for 5.0), or PyTorch's cu126 build"
        ),
    )
