"""One judgement: what would be installed, and the machine that it would be installed on."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.builds import tables
from scaffold.builds.cuda import Gpus, covers, is_capability
from scaffold.builds.rocm import amd_gpus
from scaffold.builds.wheels import Target
from scaffold.builds.xpu import intel_gpus
from scaffold.locks.frameworks import Build
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
        """The NVIDIA GPUs that a CUDA build holds machine code for; None where that is not known."""
        codes = self.codes(build)
        if not codes:
            return None
        return tuple(one for one in self.gpus.devices if any(covers(code, one.capability) for code in codes))

    def codes(self, build: Build) -> tuple[str, ...]:
        """The capabilities that a build holds machine code for; empty where that is not known."""
        if build.version is None or build.package.conda:
            return ()
        if build.framework == "torch":
            return tables.torch().kernels_of(build.version, build.variant, self.target.platform)
        if build.framework == "tensorflow":
            release = tables.tensorflow().release(build.version)
            # The driver compiles PTX for later devices of the same major version.
            return tuple(code for code in (*release.kernels, release.ptx) if code) if release else ()
        return tables.jax().kernels_of(build.version, build.variant)


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
