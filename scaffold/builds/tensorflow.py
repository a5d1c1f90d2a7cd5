"""Choose a build of TensorFlow: what Keras runs on unless another backend is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import (
    Candidate,
    names,
    stable_version,
    turned_down,
    unused_gpu,
    why_none,
)
from scaffold.builds.cuda import Gpus, covers, driver_needed, most_capable, number
from scaffold.builds.model import BuildPlan, Missing
from scaffold.builds.rows import TensorflowRelease
from scaffold.builds.tensorflow_plan import by_ptx, plan
from scaffold.builds.wheels import Target
from scaffold.machine.model import Machine
from scaffold.sources.model import Wheel

_MEGABYTE = 10**6


def choose_tensorflow(
    machine: Machine,
    gpus: Gpus,
    target: Target,
    wheels: Iterable[Wheel],
    *,
    beside_pytorch: bool = False,
    for_keras_3: bool = True,
) -> BuildPlan | Missing:
    """The best TensorFlow for that Python, or why there is none.

    Beside a PyTorch that uses the GPU, TensorFlow stays on the CPU: the two bring different releases
    of the same CUDA libraries into the same folders, and no installer notices. With ``for_keras_3``
    no release is taken that Keras 3 does not run on.
    """
    offered = tuple(wheels)
    obstacle = gpu_obstacle(machine, gpus, target, beside_pytorch=beside_pytorch)
    seen = gpus if not obstacle else Gpus()
    candidates = tensorflow_candidates(seen, target, offered, for_keras_3=for_keras_3)
    takeable = [one for one in candidates if not one.refusal]
    if not takeable:
        return Missing(framework="keras", why=why_none("tensorflow", offered, candidates, target))
    taken = max(takeable, key=lambda one: rank(one, gpus))
    return plan(taken, machine, gpus, target, obstacle, turned_down(candidates, taken))


def gpu_obstacle(machine: Machine, gpus: Gpus, target: Target, *, beside_pytorch: bool = False) -> str:
    """Why TensorFlow will not use a GPU here, whatever its release; "" where it could."""
    table = tables.tensorflow()
    if not gpus.devices:
        return _no_cuda(machine, gpus)
    if target.host.os == "windows":
        return "TensorFlow has had no GPU build for Windows since 2.10 (in WSL it has)"
    if target.platform not in table.gpu_platforms:
        return f"TensorFlow's wheels for {target.host.architecture} have no GPU support"
    if beside_pytorch:
        return "PyTorch has the GPU, and TensorFlow's CUDA libraries would overwrite PyTorch's beside it"
    within = [one for one in gpus.devices if number(one.capability) <= number(table.newest_capability)]
    return "" if within else f"{table.newest_why}, here is {names(gpus.devices)}"


def _no_cuda(machine: Machine, gpus: Gpus) -> str:
    vendors = {one.vendor for one in machine.accelerators if one.status == "ok"}
    if "apple" in vendors:
        return "TensorFlow has no GPU build for macOS"
    if "amd" in vendors and not gpus.why:
        return "TensorFlow's builds for AMD ended with 2.14; PyTorch or JAX as Keras's backend use the GPU"
    if "intel" in vendors and not gpus.why and machine.status == "ok":
        return "TensorFlow's plug-in for Intel GPUs ended with 2.15"
    return unused_gpu(machine, gpus.why)


def tensorflow_candidates(
    gpus: Gpus, target: Target, wheels: tuple[Wheel, ...], *, for_keras_3: bool
) -> tuple[Candidate, ...]:
    """Every wheel that the Python accepts, with the GPUs that it would use and what stands against it."""
    return tuple(
        _candidate(wheel, version, gpus, target, for_keras_3=for_keras_3)
        for wheel in wheels
        if (version := stable_version(wheel)) is not None and target.accepts(wheel)
    )


def _candidate(wheel: Wheel, version: Version, gpus: Gpus, target: Target, *, for_keras_3: bool) -> Candidate:
    table = tables.tensorflow()
    release = table.release(version)
    one = Candidate(wheel=wheel, version=version, variant="cpu")
    if for_keras_3 and version < table.floor:
        return replace(one, refusal=f"Keras 3 needs TensorFlow {table.floor}")
    if release and not target.has_glibc(release.glibc):
        return replace(one, refusal=f"needs glibc {release.glibc}, here is {target.host.libc or 'none'}")
    if not gpus.devices or wheel.project != "tensorflow" or release is None:
        return one
    variant = f"cu{release.cuda.replace('.', '')}"
    obstacle = _release_obstacle(release, gpus)
    if obstacle:
        return replace(one, gpu_obstacle=obstacle, gpu_variant=variant)
    devices = tuple(device for device in gpus.devices if _runs_on(release, device.capability))
    return replace(one, devices=devices, variant=variant, large=True)


def _release_obstacle(release: TensorflowRelease, gpus: Gpus) -> str:
    """What keeps a release's GPU build from these GPUs: libraries, driver, machine code."""
    if release.libraries == "system":
        return f"brings no CUDA libraries: it works where CUDA {release.cuda} is installed by hand"
    if release.cuda_major > gpus.cuda:
        needed = driver_needed(release.cuda_major, windows=gpus.windows)
        return f"CUDA {release.cuda_major} needs driver {needed}, here is {gpus.driver or 'an older one'}"
    served = any(_runs_on(release, one.capability) for one in gpus.devices)
    return "" if served else f"has no machine code for {names(gpus.devices)}"


def _runs_on(release: TensorflowRelease, capability: str) -> bool:
    return any(covers(code, capability) for code in release.kernels) or by_ptx(release, capability)


def rank(one: Candidate, gpus: Gpus) -> tuple[object, ...]:
    """What makes one build better than another: more is better, the first difference decides."""
    return (
        # An older release for all GPUs, but not for some: the newest on the processor outweighs those.
        bool(one.devices) and len(one.devices) == len(gpus.devices),
        one.version.release,
        most_capable(one.devices),
        len(one.devices),
        # Of the same release on the CPU, the smaller package: plain tensorflow is the CUDA build on x86-64.
        one.wheel.project == "tensorflow-cpu",
        one.near,
    )
