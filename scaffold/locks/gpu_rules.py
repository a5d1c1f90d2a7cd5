"""Rules about the GPU: driver, machine code, cuDNN, and builds that leave it idle."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import names
from scaffold.builds.cuda import cudnn_limit, cudnn_supports, driver_needed, number
from scaffold.builds.rocm import amd_gpus, rocm_use
from scaffold.builds.tensorflow import gpu_obstacle
from scaffold.builds.xpu import xpu_use
from scaffold.locks.case import Case, counted, finding, oldest_code
from scaffold.locks.frameworks import Build
from scaffold.locks.model import Locked, LockFinding
from scaffold.locks.packages import cuda_major, is_cudnn, parsed, rules_out
from scaffold.locks.remedies import other_build
from scaffold.machine.nvidia_names import last_branch


def driver(case: Case) -> Iterator[LockFinding]:
    """The driver gives an upper bound on CUDA: one finding for each major version beyond it."""
    if not (case.gpus.devices or case.driver_too_old):
        return
    builds = [one for one in case.frameworks if one.cuda > case.gpus.cuda]
    libraries = tuple(one for one in case.rows if cuda_major(one) > case.gpus.cuda)
    for major in sorted({one.cuda for one in builds} | {cuda_major(one) for one in libraries}):
        of_major = [one for one in builds if one.cuda == major]
        rest = tuple(one for one in libraries if cuda_major(one) == major)
        subject = of_major[0].package if of_major else rest[0]
        why = tuple(one.how for one in of_major)
        rest = tuple(one for one in rest if one is not subject)
        yield finding(
            "cuda-driver",
            "error",
            subject,
            f"{_named(of_major) or subject.shown} needs CUDA {major}; {_runs(case)}",
            why=(
                *why,
                f"also for CUDA {major}: {counted(rest)}" if rest else "",
                case.gpus.why if case.gpus.cuda else "",
            ),
            remedy=_driver_remedy(case, major, of_major),
        )


def kernels(case: Case) -> Iterator[LockFinding]:
    """The capability gives a lower bound on what the wheel must hold: every GPU counts."""
    for build in case.frameworks:
        if not build.cuda or not case.gpus.devices:
            continue
        codes, served = case.codes(build), case.covered(build)
        if served is None or len(served) == len(case.gpus.devices):
            continue
        missed = tuple(one for one in case.gpus.devices if one not in served)
        yield finding(
            "kernels",
            "warning" if served else "error",
            build.package,
            f"{_holds(build, codes)}; here is {names(missed)}",
            why=(
                build.how,
                f"it {'runs' if codes else 'may run'} on {names(served)}"
                if served
                else "it imports, and the first kernel fails",
            ),
            remedy=other_build(case, build),
        )


def _holds(build: Build, codes: tuple[str, ...]) -> str:
    if codes:
        return f"{build.package.shown} holds code for {', '.join(codes)}"
    oldest = oldest_code(build.cuda)
    return f"{build.package.shown} is a CUDA {build.cuda} build, and those hold code for {oldest} and newer"


def cudnn(case: Case) -> Iterator[LockFinding]:
    """The third key: cuDNN drops old GPUs on its own. What is pinned counts, else what would come."""
    pinned = [one for one in (*case.rows, *case.lock.constraints) if is_cudnn(one) and one.version]
    for one in pinned:
        users = [build for build in case.frameworks if one.conda or build.cuda == cuda_major(one)]
        known = [build for build in users if case.codes(build)]
        if known and not any(map(case.covered, known)):
            continue  # the framework has no machine code for them either: that is the cause
        if not users and one not in case.rows:
            continue  # a constraint on what nothing here brings
        version = parsed(one.version)
        dropped = tuple(gpu for gpu in case.gpus.devices if not cudnn_supports(version, gpu.capability))
        if dropped:
            ours = one.name == Requirement(_limit()).name
            yield finding(
                "cudnn",
                "error",
                one,
                f"{one.shown} no longer runs on {names(dropped)}",
                why=(f"{_limit()} still does",) if ours else (),
                remedy=f"add the constraint {_limit()}, and lock again" if ours else _older_cudnn(case, one),
            )
    if not pinned:
        yield from _open_cudnn(case)


def _older_cudnn(case: Case, one: Locked) -> str:
    limit = cudnn_limit(case.gpus.devices)
    return f"pin {one.name}<{limit}" if limit else "pin an older cuDNN"


def _open_cudnn(case: Case) -> Iterator[LockFinding]:
    """TensorFlow asks for a range of cuDNN: an installer takes the newest in it."""
    table, limit = tables.tensorflow(), Requirement(_limit())
    old = tuple(one for one in case.gpus.devices if number(one.capability) < number(table.cudnn_below))
    said = [one for one in (*case.rows, *case.lock.constraints) if one.name == limit.name]
    edge = next(iter(limit.specifier)).version  # the first that is too new
    if not old or any(rules_out(one.specifier, edge) for one in said):
        return
    for build in case.frameworks:
        release = table.release(build.version) if build.version and build.framework == "tensorflow" else None
        if release and build.cuda and release.libraries == "range" and case.covered(build):
            yield finding(
                "cudnn",
                "warning",
                build.package,
                f"{build.package.shown} leaves cuDNN open; the newest no longer runs on {names(old)}",
                why=(build.how,),
                remedy=f"add the constraint {_limit()}",
            )


def other_vendor(case: Case) -> Iterator[LockFinding]:
    """A build for another maker's GPUs."""
    for build in case.frameworks:
        if build.variant.startswith("rocm"):
            _, obstacle = rocm_use(build.variant, case.target.platform, amd_gpus(case.machine))
        elif build.variant == "xpu" and build.version is not None:
            _, obstacle = xpu_use(build.version, case.machine, case.target.platform)
        elif build.cuda and not case.gpus.why and not case.gpus.devices and case.other_gpus:
            obstacle = "is made for NVIDIA GPUs, and there is none for it"
        else:
            continue
        if obstacle:
            here = names((*case.gpus.devices, *case.other_gpus)) or "no GPU that PyTorch serves"
            yield finding(
                "other-gpu",
                "error" if case.gpus.devices or case.other_gpus else "warning",
                build.package,
                f"{_named([build])} {obstacle}; here is {here}",
                why=(build.how,),
                remedy=other_build(case, build),
            )


def in_vain(case: Case) -> Iterator[LockFinding]:
    """A CUDA build where no program can use an NVIDIA GPU."""
    if case.gpus.devices or case.other_gpus:
        return
    if case.driver_too_old:
        return  # an error of its own
    stopped = [one for one in case.machine.accelerators if one.vendor == "nvidia" and one.status != "ok"]
    for build in case.frameworks:
        if not build.cuda:
            continue
        if stopped:
            here = f"{stopped[0].name} cannot be used: {stopped[0].status.replace('_', ' ')}"
            remedy = "scaffold doctor says what stands in the way"
        elif case.gpus.why:
            here, remedy = case.gpus.why, "scaffold detect --sources shows what was asked"
        else:
            here, remedy = "here is no NVIDIA GPU", other_build(case, build)
        gigabytes = tables.torch().cuda_libraries_gb
        yield finding(
            "cuda-in-vain",
            "warning",
            build.package,
            f"{build.package.shown} is a CUDA {build.cuda} build; {here}",
            why=(build.how, f"it brings about {gigabytes} GB of CUDA libraries that nothing here uses"),
            remedy=remedy,
        )


def on_the_cpu(case: Case) -> Iterator[LockFinding]:
    """CPU builds beside a GPU that another build would use, unless a framework of the lock uses it."""
    if any(build.on_gpu for build in case.frameworks):
        return
    for build in case.frameworks:
        if build.variant != "cpu" or not (gpus := _would_use(case, build)):
            continue
        where = "the ordinary index has only CPU builds of PyTorch for Windows"
        yield finding(
            "cpu-build",
            "warning",
            build.package,
            f"{build.package.shown} is a CPU build; {gpus} would stay idle",
            why=(build.how, where if _is_windows_default(case, build) else ""),
            remedy=other_build(case, build),
        )


def _would_use(case: Case, build: Build) -> str:
    """The GPUs that another build of the same framework would use, in words."""
    if build.framework == "torch":
        return names((*case.gpus.devices, *case.other_gpus))
    if build.framework == "tensorflow":
        blocked = gpu_obstacle(case.machine, case.gpus, case.target)
        return "" if blocked else names(case.gpus.devices)
    return names(case.gpus.devices) if case.machine.host.os == "linux" else ""


def _is_windows_default(case: Case, build: Build) -> bool:
    version: Version | None = build.version
    return (
        build.framework == "torch" and case.machine.host.os == "windows" and not (version and version.local)
    )


def _runs(case: Case) -> str:
    if not case.gpus.cuda:
        return case.gpus.why
    return (
        f"driver {case.gpus.driver} runs CUDA {case.gpus.cuda} at most" if case.gpus.driver else case.gpus.why
    )


def _driver_remedy(case: Case, major: int, builds: list[Build]) -> str:
    """Another build always; another driver only where it would serve these GPUs and the build them."""
    needed = driver_needed(major, windows=case.gpus.windows)
    branches = [last_branch(one.capability) for one in case.capable]
    reachable = (
        all(branch is None or branch >= int(needed.split(".")[0]) for branch in branches) if needed else False
    )
    served = all(case.covered(build) != () for build in builds)
    update = f"update the driver to {needed} or newer, or " if reachable and served and branches else ""
    return f"{update}{other_build(case, builds[0]) if builds else 'lock builds that fit: scaffold builds'}"


def _limit() -> str:
    return tables.tensorflow().cudnn_constraint


def _named(builds: list[Build]) -> str:
    return " and ".join(
        one.package.shown
        + (f" ({one.variant})" if one.variant and one.variant not in one.package.version else "")
        for one in builds
    )
