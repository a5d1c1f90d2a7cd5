"""Choose a build of JAX: the third backend of Keras, and a framework of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import Candidate, names, no_wheel, turned_down, unused_gpu
from scaffold.builds.cuda import Gpus, covered, cudnn_limit, driver_needed, number, variant_major
from scaffold.builds.jax_parts import Parts, parts_of
from scaffold.builds.jax_plan import plan
from scaffold.builds.jax_rows import JaxCuda, JaxRelease
from scaffold.builds.model import BuildPlan, Missing
from scaffold.builds.rows import Pair
from scaffold.builds.wheels import Target
from scaffold.builds.xpu import intel_gpus
from scaffold.machine.model import Accelerator, Machine
from scaffold.sources.model import Wheel

#: A plan that finds nothing gives this many reasons.
_REASONS_SHOWN = 5


def choose_jax(
    machine: Machine,
    gpus: Gpus,
    target: Target,
    wheels: Iterable[Wheel],
    *,
    beside: tuple[BuildPlan, ...] = (),
) -> BuildPlan | Missing:
    """The best JAX for that Python, or why there is none.

    ``wheels`` is what sources offer of every project in `scaffold.builds.jax_published.JAX_PROJECTS`.
    A build that uses the GPUs comes first (all of them, then the most capable), then the newest release,
    then the newest CUDA. ``beside``: the builds that share its environment; where one has the GPU, JAX gets
    it too only if both are known to take one set of CUDA libraries.
    """
    parts = parts_of(wheels, target)
    obstacle = _gpu_obstacle(machine, gpus, target)
    candidates = tuple(_candidates(parts, gpus if not obstacle else Gpus(), beside))
    takeable = [one for one in candidates if not one.refusal and not one.gpu_obstacle]
    if not takeable:
        return Missing(framework="jax", why=_why_none(parts, candidates))
    taken = max(takeable, key=lambda one: _rank(one, gpus))
    why_cpu = obstacle or _near_miss(candidates)
    others = turned_down(_newest_of_each(candidates), taken)
    return plan(taken, parts, machine, gpus, why_cpu, others, beside)


def _gpu_obstacle(machine: Machine, gpus: Gpus, target: Target) -> str:
    """Why JAX will not use a GPU here, whatever its release; "" where it could."""
    if not gpus.devices:
        return gpus.why or _other_vendor(machine) or unused_gpu(machine, gpus.why)
    if target.host.os == "windows":
        return "JAX has no GPU build for Windows (in WSL it has)"
    if target.platform not in tables.jax().gpu_platforms:
        return f"JAX has no GPU build for {target.platform}"
    return ""


def _other_vendor(machine: Machine) -> str:
    """What JAX has for the GPUs of other makers: nothing that wheels alone bring."""
    amd, intel = machine.usable("amd"), machine.usable("intel")
    if amd and machine.host.os == "linux":
        return (
            f"JAX uses AMD's GPUs ({names(amd)}) only through a ROCm 7 that is installed on the system and "
            "supports them: with one, install jax[rocm7-local]"
        )
    if amd:
        return f"JAX has builds for AMD's GPUs ({names(amd)}) on Linux only"
    if intel_gpus(machine):
        return f"JAX calls its use of {names(intel_gpus(machine))} experimental (jax[oneapi]): not chosen"
    if intel:
        return f"JAX has no build for {names(intel)}"
    return "JAX does not use Apple's GPUs" if machine.usable("apple") else ""


def _candidates(parts: Parts, gpus: Gpus, beside: tuple[BuildPlan, ...]) -> Iterator[Candidate]:
    """Every JAX on the CPU, and with each CUDA that it has plugins for; newest first."""
    for version in parts.versions("jax"):
        for wheel in parts.offered["jax", version]:
            refusal = _refusal(wheel, version, parts.target, beside)
            if not refusal and gpus.devices:
                cuda = (_on_gpu(wheel, version, row, parts, gpus, beside) for row in tables.jax().cuda)
                yield from (one for one in cuda if one is not None)
            if not refusal and parts.jaxlib(version) is None:
                refusal = parts.lacking("jaxlib", version)
            yield Candidate(wheel=wheel, version=version, variant="cpu", refusal=refusal)


def _refusal(wheel: Wheel, version: Version, target: Target, beside: tuple[BuildPlan, ...]) -> str:
    """Why a JAX cannot be taken, on whatever device; "" where it can."""
    table = tables.jax()
    if version < table.floor:
        return f"below {table.floor}: {table.floor_why}"
    if not target.accepts(wheel):
        return f"needs Python {wheel.requires_python or 'of another version'}, here is {target.python}"
    if target.host.translated:
        return "jaxlib needs AVX, which Rosetta does not give: an arm64 Python is needed"
    return next((why for other in beside if (why := _disagreement(version, other))), "")


def _disagreement(version: Version, other: BuildPlan) -> str:
    """Why a JAX and a neighbour cannot be installed together, whatever their devices; "" where they can."""
    table, named = tables.jax(), f"{other.package} {other.version}"
    allowed = table.beside_tensorflow(other.version) if other.framework == "keras" else SpecifierSet()
    if version.public not in allowed:
        return f"{named} beside it limits NumPy and ml-dtypes: only jax{allowed} takes those"
    row = table.release(version)
    if row and "numpy<2" in other.constraints and row.numpy >= Version("2"):
        return f"needs NumPy {row.numpy}, and {named} beside it numpy<2"
    return ""


def _on_gpu(
    wheel: Wheel, version: Version, row: JaxCuda, parts: Parts, gpus: Gpus, beside: tuple[BuildPlan, ...]
) -> Candidate | None:
    """That JAX with the plugins for one CUDA; None for a release from before them."""
    release = tables.jax().release(version)
    if row.variant not in (release.cudnn if release else {row.variant: ""}):
        return None
    devices, obstacle = _use(version, release, row, gpus)
    obstacle = obstacle or _neighbour_obstacle(row, release, beside) or _lacking_part(parts, row, version)
    one = Candidate(wheel=wheel, version=version, variant=row.variant, large=True)
    return replace(one, gpu_obstacle=obstacle) if obstacle else replace(one, devices=devices)


def _use(
    version: Version, release: JaxRelease | None, row: JaxCuda, gpus: Gpus
) -> tuple[tuple[Accelerator, ...], str]:
    """The GPUs that a build would run on, or what stands in the way of every one.

    The GPU comes before the driver: a newer driver cures nothing for a card that CUDA has dropped.
    """
    oldest = row.oldest_capability
    served = tuple(one for one in gpus.devices if number(one.capability) >= number(oldest))
    if not served:
        return (), f"JAX for CUDA {row.major} needs capability {oldest}, here is {names(gpus.devices)}"
    if row.major > gpus.cuda:
        needed = driver_needed(row.major, windows=gpus.windows)
        return (), f"CUDA {row.major} needs driver {needed}, here is {gpus.driver or 'an older one'}"
    kernels = tables.jax().kernels_of(version, row.variant)
    if not kernels or release is None:
        return (), "which GPUs it holds machine code for is not known to this version of scaffold"
    devices = covered(kernels, served)
    if not devices:
        return (), f"has no machine code for {names(served)}"
    asked, limit = release.cudnn[row.variant], cudnn_limit(devices)
    if limit and asked >= limit:
        return (), f"asks for cuDNN {asked}, and {names(devices)} needs one below {limit}"
    return devices, ""


def _neighbour_obstacle(row: JaxCuda, release: JaxRelease | None, beside: tuple[BuildPlan, ...]) -> str:
    """Why a build cannot share an environment with what is there; "" where nothing on the GPU is, too."""
    for other in (one for one in beside if one.device == "cuda"):
        named, major = f"{other.package} {other.version} ({other.variant})", variant_major(other.variant)
        if major != row.major:
            return f"CUDA {row.major}'s libraries and CUDA {major}'s of {named} would overwrite each other"
        if not _is_clean(other, row.variant):
            return f"nobody has seen it share one set of CUDA libraries with {named}"
        pinned = _pinned_cudnn(other)
        if pinned and release and release.cudnn[row.variant] > pinned:
            return f"asks for cuDNN {release.cudnn[row.variant]}, and {named} pins {pinned}"
    return ""


def _is_clean(other: BuildPlan, variant: str) -> bool:
    """Whether the tables know that pair to take one set of CUDA libraries."""
    return any(_speaks_of(row, other) for row in tables.pairs().clean if row.jax == variant)


def _speaks_of(row: Pair, other: BuildPlan) -> bool:
    if other.framework == "pytorch":
        there = row.torch is not None and other.version in row.torch
        return there and (not row.torch_variants or other.variant in row.torch_variants)
    return row.tensorflow is not None and other.version in row.tensorflow


def _pinned_cudnn(other: BuildPlan) -> Version | None:
    """The one cuDNN that a PyTorch brings; TensorFlow takes a range."""
    release = tables.torch().release(Version(other.version)) if other.framework == "pytorch" else None
    return release.cudnn.get(other.variant) if release else None


def _lacking_part(parts: Parts, row: JaxCuda, version: Version) -> str:
    """Which of the wheels that the extra asks for cannot be had, and why."""
    wanted = ("jaxlib", *row.projects)
    return next((parts.lacking(one, version) for one in wanted if parts.fitting(one, version) is None), "")


def _rank(one: Candidate, gpus: Gpus) -> tuple[object, ...]:
    most_capable = max((number(device.capability) for device in one.devices), default=(0, 0))
    return (
        bool(one.devices) and len(one.devices) == len(gpus.devices),
        most_capable,
        len(one.devices),
        one.version.release,
        variant_major(one.variant),
        one.near,
    )


def _near_miss(candidates: tuple[Candidate, ...]) -> str:
    """What keeps the newest release from the GPUs, for each CUDA that it has."""
    stopped = [one for one in candidates if one.gpu_obstacle]
    if not stopped:
        return "no GPU build of JAX can be had here"
    newest = max(one.version for one in stopped)
    of_newest = {one.variant: one.gpu_obstacle for one in stopped if one.version == newest}
    return "; ".join(f"{variant}: {why}" for variant, why in of_newest.items())


def _newest_of_each(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Of the candidates that one reason stops, the newest: an older Python stops a dozen at once."""
    newest: dict[tuple[str, str], Candidate] = {}
    for one in sorted(candidates, key=lambda one: one.version, reverse=True):
        newest.setdefault((one.variant, one.refusal or one.gpu_obstacle), one)
    return tuple(newest.values())


def _why_none(parts: Parts, candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    """Why no JAX will do: each reason once, with the newest release that it holds for."""
    if not candidates:
        offered = tuple(
            wheel for (project, _), there in parts.offered.items() if project == "jax" for wheel in there
        )
        if not offered:
            return ("no source offers jax",)
        return (no_wheel("jax", offered, parts.target.python, parts.target.platform),)
    reasons: dict[str, list[Version]] = {}
    for one in candidates:
        if one.refusal:
            reasons.setdefault(one.refusal, []).append(one.version)
    return tuple(
        f"jax {max(versions)}{' and older' if len(set(versions)) > 1 else ''}: {why}"
        for why, versions in reasons.items()
    )[:_REASONS_SHOWN]
