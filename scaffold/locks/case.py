"""One judgement: what would be installed, and the machine that it would be installed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.cuda import Gpus, covered, is_capability, number, variant_major
from scaffold.builds.rocm import amd_gpus
from scaffold.builds.wheels import Target
from scaffold.builds.xpu import intel_gpus
from scaffold.locks.frameworks import Build, Name
from scaffold.locks.model import Level, Lock, Locked, LockFinding
from scaffold.machine.model import Accelerator, Machine


@dataclass(frozen=True, kw_only=True)
class Case:
    """What every rule looks at."""

    lock: Lock
    rows: tuple[Locked, ...]  # what would be installed
    machine: Machine
    gpus: Gpus  # NVIDIA's
    target: Target
    frameworks: tuple[Build, ...]

    @property
    def other_gpus(self) -> tuple[Accelerator, ...]:
        """AMD's and Intel's GPUs that some build of PyTorch runs on, at least by their kind."""
        return (*amd_gpus(self.machine), *intel_gpus(self.machine))

    @property
    def driver_too_old(self) -> bool:
        """Whether there is a GPU, and its driver does not serve it or runs no CUDA build at all."""
        told = bool(self.machine.cuda_driver) or any(one.driver for one in self.capable)
        return not self.gpus.devices and bool(self.capable) and told

    @property
    def capable(self) -> tuple[Accelerator, ...]:
        """NVIDIA's GPUs that a program could use with the right driver."""
        return tuple(one for one in self.machine.usable("nvidia") if is_capability(one.capability))

    def covered(self, build: Build) -> tuple[Accelerator, ...] | None:
        """The NVIDIA GPUs that a CUDA build holds machine code for; None where that is not known.

        Of a build whose code is not known: those that its CUDA still compiles for, if it leaves any out.
        """
        codes = self.codes(build)
        if codes:
            return covered(codes, self.gpus.devices)
        oldest = oldest_code(build.cuda)
        newer = tuple(one for one in self.gpus.devices if number(one.capability) >= number(oldest))
        return newer if len(newer) < len(self.gpus.devices) else None

    def codes(self, build: Build) -> tuple[str, ...]:
        """The capabilities that a build holds machine code for; empty where that is not known."""
        if build.version is None or (build.package.conda and not build.variant):
            return ()
        return _CODES[build.framework](build.version, build.variant, self.target.platform)


def _torch_codes(version: Version, variant: str, platform: str) -> tuple[str, ...]:
    return tables.torch().kernels_of(version, variant, platform)


def _tensorflow_codes(version: Version, _variant: str, _platform: str) -> tuple[str, ...]:
    release = tables.tensorflow().release(version)
    # The driver compiles PTX for later devices of the same major version.
    return tuple(code for code in (*release.kernels, release.ptx) if code) if release else ()


def _jax_codes(version: Version, variant: str, _platform: str) -> tuple[str, ...]:
    return tables.jax().kernels_of(version, variant)


_CODES: Mapping[Name, Callable[[Version, str, str], tuple[str, ...]]] = {
    "torch": _torch_codes,
    "tensorflow": _tensorflow_codes,
    "jax": _jax_codes,
}


def oldest_code(cuda: int) -> str:
    """The oldest capability that any build of a CUDA major version holds code for; "0.0": not known."""
    codes = (
        code
        for row in tables.torch().kernels
        if variant_major(row.variant) == cuda
        for code in row.capabilities
    )
    return min(codes, key=number, default="0.0")


def finding(
    code: str,
    level: Level,
    one: Locked,
    message: str,
    *,
    why: tuple[str, ...] = (),
    remedy: str = "",
) -> LockFinding:
    """A finding about a package, with its place in the file."""
    return LockFinding(
        code=code,
        level=level,
        package=one.name,
        version=one.version,
        message=message,
        why=tuple(line for line in why if line),
        remedy=remedy,
        line=one.line,
        file=one.file,
    )


def counted(rows: tuple[Locked, ...], shown: int = 3) -> str:
    """``cuda-toolkit 13.2.2 (line 24), nvidia-nccl-cu13 2.30.7 (line 300) and 12 more``."""
    named = ", ".join(one.shown + (f" (line {one.line})" if one.line else "") for one in rows[:shown])
    return named + (f" and {len(rows) - shown} more" if len(rows) > shown else "")
