"""Instruction sets that wheels were compiled for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import instructions
from scaffold.checks.gpu.installed import is_conda, platform_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.versions import at_least, below
from scaffold.probing.cpu.model import CpuFacts

_SAME = {"tensorflow-cpu": "tensorflow", "tensorflow-gpu": "tensorflow", "tensorflow-intel": "tensorflow"}


def has_instructions(facts: Facts) -> Iterator[Finding]:
    """The processor knows the instructions that the installed packages were compiled for."""
    cpu = facts.cpu
    if cpu is None or not platform_of(facts).endswith("x86_64"):
        return
    for package in facts.packages.packages if facts.packages else ():
        row = _row(_SAME.get(package.name, package.name), package.version)
        if row is None or (is_conda(package) and package.name == "numpy"):
            continue
        missing = cpu.lacking(*row["needs"])
        if missing:
            yield _illegal(facts, f"{package.name} {package.version}", missing, row, cpu)
            return


def _row(name: str, version: str) -> Mapping[str, Any] | None:
    """What a release needs; None where nothing special, or where it is not known."""
    for row in instructions():
        old = below(version, row["below"]) if row["below"] else True
        if row["package"] == name and at_least(version, row["since"]) and old:
            return row
    return None


def _illegal(
    facts: Facts, shown: str, missing: tuple[str, ...], row: Mapping[str, Any], cpu: CpuFacts
) -> Finding:
    names = " and ".join(one.upper().replace("_", ".") for one in missing)
    model = cpu.model or facts.machine.host.cpu or "this CPU"
    hidden = (
        "This is a virtual machine: its CPU model may hide what the processor has (QEMU, Proxmox: set "
        "the CPU type "
        "to host)."
        if cpu.hypervisor
        else ""
    )
    return Finding(
        id="cpu.isa",
        level="error",
        title=f"{shown} is compiled for a CPU with {names}, and {model} has none",
        detail="\n".join(
            filter(None, ("The process dies with an illegal instruction (SIGILL) on import.", hidden))
        ),
        cause="cpu-avx2-missing" if "avx2" in missing and "avx" not in missing else "cpu-avx-missing",
        evidence=(
            Evidence(source=cpu.source or "cpu", value=f"no {', '.join(missing)}"),
            Evidence(source="packages", value=shown),
        ),
        not_the_cause=("the installation: installing the same version again changes nothing",),
        remedy=Remedy(
            text=f"{row['instead']}; or work on a machine whose CPU has {names}"
            + ("; or give the virtual machine the host's CPU type" if cpu.hypervisor else "")
        ),
    )
