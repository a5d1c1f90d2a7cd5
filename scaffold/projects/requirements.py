"""What a project asks for, in three forms: anywhere, per accelerator, and exactly on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scaffold.builds.model import BuildPlan, Framework
from scaffold.projects.compose import chosen_layers, chosen_parts
from scaffold.projects.model import Template

TEST = ("pytest>=8.3",)

#: The build backend of a project: one small wheel without dependencies, quick and good offline.
BUILD = ("flit_core>=3.11,<5",)

#: Loading a foreign checkpoint can run its code below these: CVE-2025-32434 and its successors in
#: torch.load, CVE-2025-1550 and its successors in keras.saving.
FLOORS = {"torch": "2.10", "keras": "3.14"}

#: PyTorch's own indexes, one a variant.
PYTORCH = "https://download.pytorch.org/whl"

#: The group of a build that the user's own sources serve: the package index, a folder of wheels.
OWN_GROUP = "own"

#: uv reads no setting of pip's; a folder's path belongs to one machine and stands in no file of the project.
FROM_A_FOLDER = "this build came from a folder; tell uv where: uv sync --find-links FOLDER"

#: tensorflow-cpu has wheels for these alone; elsewhere the distribution `tensorflow` is the CPU build.
_CPU_WHEELS = "sys_platform == 'win32' or (sys_platform == 'linux' and platform_machine == 'x86_64')"
_NO_CPU_WHEELS = "sys_platform == 'darwin' or (sys_platform == 'linux' and platform_machine != 'x86_64')"
_CUDA_WHEELS = "sys_platform == 'linux' and platform_machine == 'x86_64'"
_WINDOWS = "sys_platform == 'win32'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A dependency group that brings PyTorch for one accelerator, and the index that serves it."""

    name: str  # cpu, cu126, ...; OWN_GROUP
    requirements: tuple[str, ...]
    index: str = ""  # canonical URL; "" where the user's own index serves it
    companions: tuple[str, ...] = ()  # names that the same index must serve: triton-rocm
    note: str = ""  # a comment for whoever reads the file


def direct_requirements(template: Template, frameworks: tuple[Framework, ...]) -> tuple[str, ...]:
    """What the template itself asks for, less the frameworks: PEP 508, sorted, each once."""
    parts = chosen_parts(template, frameworks)
    layers = chosen_layers(template, frameworks)
    lines = {line for part in parts for line in part.dependencies}
    lines.update(line for layer in layers for line in layer.dependencies)
    return tuple(sorted(lines, key=str.casefold))


def portable_requirements(
    frameworks: tuple[Framework, ...], builds: tuple[BuildPlan, ...]
) -> tuple[str, ...]:
    """The frameworks as any machine can resolve them: lower bounds, markers, no local version."""
    planned = {build.framework: build for build in builds}
    lines: list[str] = []
    for framework in frameworks:
        build = planned.get(framework)
        lines += _torch(build) if framework == "pytorch" else _keras(build)
    return tuple(dict.fromkeys(lines))


def exact_requirements(builds: tuple[BuildPlan, ...]) -> tuple[str, ...]:
    """The very builds that were chosen for this machine, with what they bring and what limits them."""
    lines = (line for build in builds for line in (build.requirement, *build.companions, *build.constraints))
    return tuple(dict.fromkeys(lines))


def accelerator_groups(builds: tuple[BuildPlan, ...]) -> tuple[Group, ...]:
    """PyTorch's groups, this machine's first.

    Where PyTorch's own index serves it, the CPU's is there too, for colleagues and CI. Where it does
    not, the project names none of PyTorch's indexes: uv asks every index that a project names, and
    would fail on a machine that reaches none of them.
    """
    build = next((one for one in builds if one.package == "torch"), None)
    if build is None:
        return ()
    if build.source_kind != "pytorch":
        note = FROM_A_FOLDER if build.source_kind == "find-links" else ""
        return (Group(name=OWN_GROUP, requirements=_pinned(build), note=note),)
    variants = dict.fromkeys((build.variant, "cpu"))
    pin = f"torch=={build.version}"
    return tuple(
        Group(
            name=one,
            requirements=(pin, *companions),
            index=f"{PYTORCH}/{one}",
            companions=companions,
        )
        for one in variants
        for companions in [build.companions if one == build.variant else ()]
    )


def _pinned(build: BuildPlan) -> tuple[str, ...]:
    """A build with its local version, which alone tells it from a CUDA build; macOS builds have none."""
    public = f"torch=={build.version.partition('+')[0]}"
    if not build.requirement.endswith("+cpu"):
        return (build.requirement,)
    return f"{build.requirement}; sys_platform != 'darwin'", f"{public}; sys_platform == 'darwin'"


def _torch(build: BuildPlan | None) -> list[str]:
    """The floor, lowered where the hardware only runs an older build (the plan says so aloud)."""
    floor = FLOORS["torch"]
    return [f"torch>={floor if build is None else _lower(floor, _minor(build.version))}"]


def _keras(build: BuildPlan | None) -> list[str]:
    companions = list(build.companions) if build is not None else [f"keras>={FLOORS['keras']}"]
    if build is None:
        return [*_tensorflow("", cuda=False), *companions]
    if build.package.startswith("tensorflow"):
        return [*_tensorflow(f">={_minor(build.version)}", cuda="and-cuda" in build.requirement), *companions]
    if build.package == "torch":  # Keras on the torch backend
        return [*_torch(build), *companions]
    return [f"{build.package}>={_minor(build.version)}", *companions]


def _tensorflow(versions: str, *, cuda: bool) -> list[str]:
    if cuda:
        return [
            f"tensorflow[and-cuda]{versions}; {_CUDA_WHEELS}",
            f"tensorflow-cpu{versions}; {_WINDOWS}",
            f"tensorflow{versions}; {_NO_CPU_WHEELS}",
        ]
    return [f"tensorflow-cpu{versions}; {_CPU_WHEELS}", f"tensorflow{versions}; {_NO_CPU_WHEELS}"]


def _minor(version: str) -> str:
    return ".".join(version.partition("+")[0].split(".")[:2])


def _lower(*versions: str) -> str:
    from packaging.version import Version

    return min(versions, key=Version)


def constraints(builds: Iterable[BuildPlan]) -> tuple[str, ...]:
    """Limits on what the builds bring, each once."""
    return tuple(dict.fromkeys(line for build in builds for line in build.constraints))
