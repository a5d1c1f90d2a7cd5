"""The builds of the frameworks that an environment holds which somebody else made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaffold.builds.model import DISTRIBUTIONS, BuildPlan, Device, Framework
from scaffold.environments.model import Environment
from scaffold.machine.model import Machine, Vendor
from scaffold.projects.model import Record

#: Any of these is the framework.
ANY_OF: Mapping[Framework, tuple[str, ...]] = {
    "pytorch": (DISTRIBUTIONS["pytorch"],),
    "keras": ("tensorflow", "tensorflow-cpu", "tensorflow-gpu"),
}

_DEVICES: Mapping[str, tuple[Device, Vendor]] = {
    "cu": ("cuda", "nvidia"),
    "rocm": ("rocm", "amd"),
    "xpu": ("xpu", "intel"),
}


def installed_builds(environment: Environment, record: Record, seen: Machine) -> Iterator[BuildPlan]:
    """The build of each of the project's frameworks that an environment holds."""
    for framework in record.frameworks:
        for name in ANY_OF.get(framework, ()):
            version = environment.packages.get(name)
            if version is None:
                continue
            public, _, variant = version.partition("+")
            yield BuildPlan(
                framework=framework,
                package=name,
                version=public,
                variant=variant,
                requirement=f"{name}=={version}",
                device=_device(environment, framework, variant, seen),
                source="",
                source_kind="index",
                reasons=(f"installed in {environment.location}, which you made",),
            )
            break


def _device(environment: Environment, framework: Framework, variant: str, seen: Machine) -> Device:
    """The GPU that the build is made for, where this machine has one that works; else the processor."""
    if framework == "keras":
        variant = "cu" if any(name.startswith("nvidia-cudnn-cu") for name in environment.packages) else "cpu"
    elif not variant and any(name.startswith("nvidia-cudnn-cu") for name in environment.packages):
        variant = "cu"  # the ordinary index's build on Linux
    for prefix, (device, vendor) in _DEVICES.items():
        if variant.startswith(prefix):
            return device if seen.usable(vendor) else "cpu"
    return "mps" if framework == "pytorch" and seen.usable("apple") else "cpu"
