"""CPU builds of TensorFlow and JAX, which are distributions or extras of their own, beside a GPU."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.builds.cuda import is_capability, number, usable_gpus
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.installed import card_evidence, cards, is_conda, platform_of, python_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import Accelerator
from scaffold.probing.packages.model import Package

#: What brings JAX's code for NVIDIA GPUs: a plug-in's distribution, or a local version of old releases.
_PLUGINS = ("jax-cuda12-plugin", "jax-cuda13-plugin", "jax-cuda12-pjrt", "jax-cuda13-pjrt")

#: Builds with code for NVIDIA GPUs run on these; anywhere else the CPU build is the only one.
_OLDEST = (5, 2)


def framework_builds(facts: Facts) -> Iterator[Finding]:
    """Where no framework uses the NVIDIA GPU, one that has a build for it is installed without."""
    gpus = [one for one in cards(facts, "nvidia") if is_capability(one.capability)]
    gpus = [one for one in gpus if number(one.capability) >= _OLDEST]
    packages, torch = facts.packages, torch_of(facts)
    if not gpus or packages is None or not packages.complete or facts.record is not None:
        return  # a project of ours was planned that way
    if torch is not None or facts.machine.host.os != "linux":
        return  # PyTorch has the GPU, or is said to lack it; elsewhere there is no such build
    tensorflow, jax = packages.of("tensorflow-cpu", "tensorflow-intel"), packages.of("jaxlib")
    if tensorflow is not None and platform_of(facts) == "linux_x86_64" and packages.of("tensorflow") is None:
        yield _cpu(facts, tensorflow, gpus[0], "tensorflow[and-cuda]", ("tensorflow-cpu",))
    elif jax is not None and packages.tensorflow_package is None and not _has_cuda(facts, jax):
        newest = (
            "cuda13"
            if usable_gpus(facts.machine).cuda >= 13 and number(gpus[0].capability) >= (7, 5)
            else "cuda12"
        )
        yield _cpu(facts, jax, gpus[0], f"jax[{newest}]", ())


def _has_cuda(facts: Facts, jaxlib: Package) -> bool:
    packages = facts.packages
    return (
        is_conda(jaxlib)
        or "cuda" in jaxlib.version
        or (packages is not None and packages.of(*_PLUGINS) is not None)
    )


def _cpu(facts: Facts, package: Package, gpu: Accelerator, instead: str, away: tuple[str, ...]) -> Finding:
    python = python_of(facts)
    removing = ((python, "-m", "pip", "uninstall", "-y", *away),) if away else ()
    return Finding(
        id="gpu.build-cpu-only",
        level="warning",
        title=f"{package.name} {package.version} is installed without CUDA, and {gpu.name} is here",
        detail="It runs on the processor. The code for NVIDIA GPUs is a choice at installation.",
        cause="framework-cpu-build",
        evidence=(
            Evidence(source=package.location or "packages", value=f"{package.name} {package.version}"),
            card_evidence(gpu),
        ),
        not_the_cause=("the driver and an installed CUDA toolkit: this build would not load them",),
        remedy=Remedy(
            text=f"install {instead}",
            commands=(*removing, (python, "-m", "pip", "install", "--upgrade", instead)),
        ),
    )
