"""What is known of the processor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuFacts:
    """The processor as this process sees it. ``""`` and None mean unknown.

    Instruction sets are called as in Linux's /proc/cpuinfo, on every system: avx2, sse4_2, fma.
    """

    model: str = ""
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    complete: bool = False  # what ``has`` does not name, it lacks
    hypervisor: bool | None = None  # a virtual machine may hide instruction sets that the processor has
    emulated: str = ""  # what translates programs for another processor: Rosetta, QEMU, Prism
    source: str = ""  # where that was read

    def lacking(self, *names: str) -> tuple[str, ...] | None:
        """Which of some instruction sets are known to be missing; None where not all of them are known."""
        missing = tuple(one for one in names if one in self.lacks or (self.complete and one not in self.has))
        return missing if missing or all(one in self.has for one in names) else None
