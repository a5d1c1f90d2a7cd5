"""The GPU in Apple silicon: part of the chip, and of the same memory."""

from __future__ import annotations

from scaffold.machine.host import apple_facts
from scaffold.machine.model import Accelerator, Host
from scaffold.system import System


def find_apple(system: System, host: Host) -> tuple[tuple[Accelerator, ...], tuple[str, ...]]:
    """One device on Apple silicon, none on an Intel Mac; a note where this Python is translated."""
    if host.os != "macos" or host.architecture != "arm64":
        return (), ()
    facts = apple_facts(system)
    memory = facts.get("hw.memsize", "")
    chip = Accelerator(
        vendor="apple",
        index=0,
        name=facts.get("machdep.cpu.brand_string") or "Apple silicon",
        memory=int(memory) if memory.isdecimal() else host.memory_total,
        capability="apple-silicon",
        integrated=True,
        found_by={"name": "sysctl machdep.cpu.brand_string", "memory": "sysctl hw.memsize (shared)",
                  "capability": "sysctl.proc_translated" if host.translated else "platform.machine()"},
    )  # fmt: skip
    notes = (
        "This Python is an Intel build under Rosetta: it cannot use the Mac's GPU; an arm64 Python can",
    ) if host.translated else ()  # fmt: skip
    return (chip,), notes
