"""Where to compute and in which precision. Both choices come with a reason, which every run prints."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from .. import processes
from ..errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class Placement:
    """The chosen device and precision."""

    device: torch.device
    name: str  # cpu, cuda:0 (NVIDIA H200), xpu:0 (Intel Arc A770), mps
    reason: str
    precision: str  # fp32, bf16, fp16
    precision_reason: str

    @property
    def dtype(self) -> torch.dtype:
        return DTYPES[self.precision]

    def autocast(self) -> AbstractContextManager[object]:
        """Run convolutions and matrix products in the chosen precision; weights stay float32."""
        return nullcontext() if self.precision == "fp32" else torch.autocast(self.device.type, self.dtype)

    def scaler(self) -> torch.amp.GradScaler:
        """Keep small gradients from vanishing in float16; bfloat16 has float32's range and needs none."""
        return torch.amp.GradScaler(self.device.type, enabled=self.precision == "fp16")


def place(device: str = "auto", precision: str = "auto") -> Placement:
    """Choose the device (auto, cpu, cuda, xpu, mps) and the precision (auto, fp32, bf16, fp16).

    PyTorch calls AMD's GPUs cuda, too; xpu is Intel's.

    Raises ProjectError, with the reason, where the device that was asked for cannot be used.
    """
    kinds = ("mps", "cuda", "xpu") if sys.platform == "darwin" else ("cuda", "xpu", "mps")
    obstacles = {kind: obstacle(kind) for kind in kinds}
    kind, reason = choose_device(device, obstacles)
    capability = torch.cuda.get_device_capability() if kind == "cuda" and not torch.version.hip else None
    chosen, precision_reason = choose_precision(precision, kind, capability, native_bf16(kind))
    where = device_of(kind)
    numbered = where.index is not None
    name = f"{where} ({getattr(torch, kind).get_device_name(where)})" if numbered else kind
    # A resumed run repeats an unbroken one, on the processor to the last bit: no algorithms by a stopwatch.
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    return Placement(where, name, reason, chosen, precision_reason)


def choose_device(wanted: str, obstacles: Mapping[str, str]) -> tuple[str, str]:
    """Return the kind of device and why.

    `obstacles` says of each accelerator why it cannot be used ("" where it works), the likeliest first.
    """
    if wanted == "cpu":
        return "cpu", "asked for by --device"
    if wanted in obstacles:
        if obstacles[wanted]:
            raise ProjectError(f"--device {wanted} cannot be used: {obstacles[wanted]}")
        return wanted, "asked for by --device"
    if wanted != "auto":
        raise ProjectError(f"--device {wanted} is unknown: auto, cpu, {', '.join(obstacles)}")
    for kind, why_not in obstacles.items():
        if not why_not:
            return kind, "the fastest device that works here"
    return "cpu", next(iter(obstacles.values()))


def obstacle(kind: str) -> str:
    """Return why an accelerator cannot be used, "" where a first computation on it succeeds."""
    if kind == "mps" and not torch.backends.mps.is_built():
        return f"PyTorch {torch.__version__} is a build without Metal, which only macOS has"
    if kind == "cuda" and not (torch.version.cuda or torch.version.hip):
        return f"PyTorch {torch.__version__} is a build without CUDA"
    if not available(kind):
        return {"cuda": "no CUDA device visible", "mps": "this macOS offers no Metal device"}.get(
            kind, f"PyTorch {torch.__version__} is a build without XPU, or sees no Intel GPU"
        )
    needed, there = processes.count_here(), getattr(torch, kind).device_count()
    if needed > there:
        return f"{needed} processes need a GPU each, and there {'is' if there == 1 else 'are'} {there}"
    try:  # a GPU that is visible may still be too old or too new for this build, or full
        torch.zeros(1, device=device_of(kind)).add_(1).item()
    except RuntimeError as error:
        return f"{kind} is there, but a first computation failed: {str(error).splitlines()[0]}"
    return ""


def device_of(kind: str) -> torch.device:
    """Return the device of that kind for this process: the first GPU for the first, and so on."""
    return torch.device(kind, processes.number_here()) if kind in ("cuda", "xpu") else torch.device(kind)


def available(kind: str) -> bool:
    """Return whether PyTorch sees an accelerator of that kind."""
    if kind == "mps":
        return bool(torch.backends.mps.is_available())
    return bool(getattr(torch, kind).is_available())


def native_bf16(kind: str) -> bool:
    """Return whether the device multiplies bfloat16 matrices in hardware."""
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if kind == "xpu":
        return bool(torch.xpu.is_bf16_supported())
    # get_capabilities is young; without it float32 is slower, never wrong
    has = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return kind == "cpu" and bool(has.get("avx512_bf16") or has.get("amx_bf16"))


def choose_precision(
    wanted: str, kind: str, capability: tuple[int, int] | None, bf16: bool
) -> tuple[str, str]:
    """Return the precision and why, from NVIDIA's compute capability (None elsewhere) and native bfloat16."""
    if wanted != "auto":
        if wanted not in DTYPES:
            raise ProjectError(f"--precision {wanted} is unknown: auto, {', '.join(DTYPES)}")
        return wanted, "asked for by --precision"
    if kind == "mps":
        return "fp32", "networks of this size gain nothing from half precision on an Apple GPU"
    if kind == "cpu":
        if bf16:  # measured: channels-last and bf16 together take less than half the time of float32
            return "bf16", "this processor multiplies bfloat16 in hardware (AVX512-BF16 or AMX)"
        return "fp32", "this processor has no bfloat16 arithmetic"
    if capability is None:  # ROCm, XPU
        if bf16:
            return "bf16", "this GPU multiplies bfloat16 in hardware"
        return "fp32", "this GPU has no bfloat16 arithmetic"
    generation = f"compute capability {capability[0]}.{capability[1]}"
    if capability >= (8, 0):
        return "bf16", f"{generation}: tensor cores for bfloat16"
    if capability >= (7, 0):
        return "fp16", f"{generation}: tensor cores for float16 only, so the loss is scaled"
    return "fp32", f"{generation}: no tensor cores"
