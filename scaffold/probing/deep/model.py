"""What the target's interpreter said when it was started, or how it died."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scaffold.logs.model import Log

#: ``ended``: it ran to its end; ``failed``: an exception; ``crashed``: a signal, or a Windows exception;
#: ``hung``: its time was over; ``not-started``: the interpreter did not start, or not as far as our script.
Outcome = Literal["ended", "failed", "crashed", "hung", "not-started"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRun:
    """One device on which a framework was asked to compute."""

    name: str  # NVIDIA L4, CPU
    place: str  # cuda:0, cpu, /GPU:0
    step: str = ""  # the last one that it did: kernel, matrix product, convolution
    problem: str = ""  # "" where all of them were done


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One package that was imported in a process of its own, and, a framework, asked to compute."""

    subject: str  # torch, tensorflow, jax, flash_attn
    outcome: Outcome
    stage: str = ""  # the last thing that it began: import, cuda:0 convolution
    status: int | None = None  # negative: the signal; None where it never ended
    signal: str = ""  # SIGILL, SIGSEGV, 0xC000001D
    error: str = ""  # ImportError: libcudnn.so.9: cannot open shared object file
    version: str = ""
    file: str = ""  # where it was imported from
    devices: tuple[DeviceRun, ...] = ()
    architectures: tuple[str, ...] | None = None  # torch.cuda.get_arch_list()
    libraries: tuple[str, ...] = ()  # CUDA's, cuDNN's, OpenMP's, C++'s that were loaded, by path
    seconds: float = 0.0
    log: Log | None = None  # what is recognised in its last words


@dataclass(frozen=True, slots=True, kw_only=True)
class CudaDriver:
    """What libcuda itself answers. ``status`` is cuInit's: 0 is well; None: there was no answer."""

    status: int | None = None
    name: str = ""  # CUDA_ERROR_UNKNOWN
    version: int = 0  # 12040
    devices: int | None = None
    library: str = ""  # the file that the loader took
    problem: str = ""  # why there is no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepFacts:
    """Everything that was started. None of a field: it was not asked."""

    limit: float = 0.0  # seconds that each process had
    cuda: CudaDriver | None = None
    runs: tuple[Run, ...] = field(default_factory=tuple)

    def of(self, subject: str) -> Run | None:
        """The run of one package."""
        return next((one for one in self.runs if one.subject == subject), None)
