"""Which build of PyTorch is installed, as far as its own file, its version or its metadata tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.version import Version

from scaffold.builds import tables
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import parsed, variant
from scaffold.checks.model import Evidence
from scaffold.machine.model import Accelerator
from scaffold.probing.packages.model import Package, TorchBuild

_LOCAL = re.compile(r"\+(cpu|cu\d{2,3}|rocm\d[\d.]*|xpu)")

#: A device with one of these answers, or will after a restart: what a build lacks for it matters.
_ANSWERS = ("ok", "reboot_required")


@dataclass(frozen=True, slots=True, kw_only=True)
class Torch:
    """An installed PyTorch.

    ``variant`` is ``cu128``, ``cuda`` of an unknown version, ``rocm6.4``, ``xpu``, ``cpu``; "" is unknown.
    """

    version: str = ""
    variant: str = ""
    cuda: str = ""  # 12.8
    architectures: tuple[str, ...] | None = None  # sm_80, compute_90
    conda: bool = False
    evidence: tuple[Evidence, ...] = ()
    package: str = "torch"  # tensorflow-rocm is judged by the same table of GPUs

    @property
    def shown(self) -> str:
        """``torch 2.7.1 (cu128)``."""
        named = f"{self.package} {self.version}".strip()
        if self.package != "torch":
            return named
        return f"{named} ({self.variant})" if self.variant and self.variant not in self.version else named


def torch_of(facts: Facts) -> Torch | None:
    """The PyTorch that the interpreter would import; None where there is none, or none is known."""
    if facts.environment is not None and (facts.state == "creating" or facts.orphaned):
        return None  # what lies there is half of an environment: said by others
    build = facts.torch
    package = facts.packages.of("torch") if facts.packages else None
    if build is None and package is None:
        return None
    build = build or TorchBuild(version=package.version if package else "")
    version = build.version or (package.version if package else "")
    conda = is_conda(package)
    return Torch(
        version=version,
        variant=_variant(build, package, version, platform_of(facts)),
        cuda=build.cuda or "",
        architectures=build.architectures,
        conda=conda,
        evidence=_evidence(build, package, version),
    )


def is_conda(package: Package | None) -> bool:
    """Whether conda installed it: pip's indexes and commands do not help there."""
    return package is not None and (package.installer.startswith("conda") or bool(package.channel))


def cards(facts: Facts, vendor: str = "") -> tuple[Accelerator, ...]:
    """The accelerators that answer, of one maker where one is named."""
    return tuple(
        one
        for one in facts.machine.accelerators
        if one.status in _ANSWERS and (not vendor or one.vendor == vendor)
    )


def platform_of(facts: Facts) -> str:
    """The tables' name for the machine: linux_x86_64."""
    return f"{facts.machine.host.os}_{facts.machine.host.architecture}"


def python_of(facts: Facts) -> str:
    """The interpreter that a command names."""
    target = facts.target
    return str(target.python) if target is not None and target.python is not None else "python"


def card_evidence(gpu: Accelerator) -> Evidence:
    """A GPU, and what it can do."""
    facts = [
        gpu.name,
        gpu.capability and f"capability {gpu.capability}",
        gpu.driver and f"driver {gpu.driver}",
    ]
    return Evidence(
        source=gpu.found_by.get("capability", "") or "scaffold detect", value=", ".join(filter(None, facts))
    )


def _variant(build: TorchBuild, package: Package | None, version: str, platform: str) -> str:
    local = _LOCAL.search(version)
    if build.cuda:
        return variant(build.cuda)
    if local:
        return local[1]
    if build.hip:
        return f"rocm{'.'.join(build.hip.split('.')[:2])}" if build.hip[:1].isdecimal() else "rocm"
    if build.backend:
        return build.backend
    if build.cuda == "":
        return "cpu"
    return _of_the_ordinary_index(version, platform) if package and package.source == "pypi" else ""


def _of_the_ordinary_index(version: str, platform: str) -> str:
    """What the wheel without a local version is on a platform; "" where it is CUDA's, or not known."""
    if platform.startswith(("windows", "macos")):
        return "cpu"  # in every release there was
    release = parsed(version)
    if release is None:
        return ""
    if platform == "linux_aarch64" and release < Version("2.11"):
        return "cpu"
    row = tables.torch().release(release)
    return row.pypi.get(platform, "") if row else ""


def _evidence(build: TorchBuild, package: Package | None, version: str) -> tuple[Evidence, ...]:
    told = [version]
    if build.cuda is not None:
        told.append(f"cuda: {build.cuda or 'None'}")
    if build.hip:
        told.append(f"hip: {build.hip}")
    if build.architectures:
        told.append(" ".join(build.architectures))
    place = build.source or (package.location if package else "") or "torch"
    return (Evidence(source=place, value=", ".join(filter(None, told))),)
