"""Ask the system what the processor can do."""

from __future__ import annotations

import re

from scaffold.probing.cpu.model import CpuFacts
from scaffold.probing.scene import Scene
from scaffold.system import System

_CPUINFO = "/proc/cpuinfo"

#: macOS calls them otherwise: SSE4.2, AVX1.0, FMA.
_MAC_NAMES = {"sse4.1": "sse4_1", "sse4.2": "sse4_2", "avx1.0": "avx"}

#: Windows' numbers of processor features (IsProcessorFeaturePresent).
_SYSCTL = ("machdep.cpu.features", "machdep.cpu.leaf7_features")


def probe(scene: Scene) -> CpuFacts:
    """Instruction sets, and what emulates the processor, of an x86 process; of others the name alone."""
    host = scene.machine.host
    if host.os == "linux":
        return read_cpuinfo(scene.system.read_text(_CPUINFO) or "", host.architecture)
    if host.os == "macos" and host.architecture == "x86_64":
        return _mac(scene.system, host.cpu)
    return CpuFacts(model=host.cpu, emulated="Rosetta" if host.translated else "")


def read_cpuinfo(text: str, architecture: str) -> CpuFacts:
    r"""The first processor of ``/proc/cpuinfo``.

    >>> facts = read_cpuinfo("model name\t: QEMU Virtual CPU\nflags\t\t: fpu sse sse2 hypervisor\n", "x86_64")
    >>> facts.model, sorted(facts.has), facts.hypervisor, facts.lacking("avx")
    ('QEMU Virtual CPU', ['fpu', 'hypervisor', 'sse', 'sse2'], True, ('avx',))
    >>> read_cpuinfo("model name\t: VirtualApple @ 2.50GHz\n", "x86_64").emulated
    'Rosetta'
    """
    model = _field(text, "model name") or _field(text, "Model") or _field(text, "Hardware")
    flags = frozenset(_field(text, "flags").lower().split())
    if architecture != "x86_64":
        return CpuFacts(model=model, source=_CPUINFO if text else "")
    emulated = ""
    if "virtualapple" in model.lower():
        emulated = "Rosetta"
    elif not flags and re.search(r"^(?:Features|CPU implementer)\s*:", text, re.MULTILINE):
        emulated = "QEMU"  # it hands on the file of the ARM machine below
    return CpuFacts(
        model=model,
        has=flags,
        complete=bool(flags),
        hypervisor="hypervisor" in flags if flags else None,
        emulated=emulated,
        source=_CPUINFO if text else "",
    )


def _field(text: str, name: str) -> str:
    match = re.search(rf"^{name}[ \t]*:[ \t]*(.*)$", text, re.MULTILINE)
    return match[1].strip() if match else ""


def _mac(system: System, model: str) -> CpuFacts:
    """Of an Intel process on a Mac: ``sysctl`` knows; under Rosetta there is neither AVX nor AVX2."""
    answer = system.run(["sysctl", "-n", *_SYSCTL], timeout=2)
    flags = (
        frozenset(_MAC_NAMES.get(one, one) for one in answer.stdout.lower().split())
        if answer.ok
        else frozenset()
    )
    return CpuFacts(
        model=model,
        has=flags,
        complete=bool(flags),
        hypervisor="vmm" in flags if flags else None,
        source=f"sysctl {' '.join(_SYSCTL)}",
    )
