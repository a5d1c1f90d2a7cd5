"""Conda's PyTorch is linked to MKL, which lost a function."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.checks.packages.remedies import shown
from scaffold.checks.surroundings import python_of
from scaffold.checks.versions import at_least, below
from scaffold.probing.packages.model import Package

#: source: pytorch#123097: MKL 2024.1 has no iJIT_NotifyEvent, which PyTorch's own channel needs up to 2.3.0;
#: the wheels hold MKL themselves, conda-forge pins it                                   date: 2026-11-22
_LOST_IN, _FREE_FROM = "2024.1", "2.3.1"


def mkl_fits(facts: Facts) -> Iterator[Finding]:
    """A PyTorch of conda's channel meets the MKL that it was linked for."""
    packages = facts.packages
    if packages is None:
        return
    mkl = packages.of_conda("mkl") or packages.of("mkl")
    torch = _conda_torch(facts)
    if mkl is None or torch is None or not at_least(mkl.version, _LOST_IN):
        return
    sign = facts.log.sign("mkl-ijit") if facts.log else None
    old = below(torch.version, _FREE_FROM)
    if (old is False and sign is None) or torch.channel == "conda-forge":
        return
    level: Level = "error" if old or sign else "warning"
    yield Finding(
        id="pkg.conda-mkl",
        level=level,
        title=f"conda's {shown(torch)} needs MKL < {_LOST_IN}, and {shown(mkl)} is installed",
        detail="import torch fails: libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent",
        cause="conda-mkl-too-new",
        evidence=tuple(
            Evidence(source=one.source or one.location or f"conda: {one.name}", value=shown(one))
            for one in (torch, mkl)
        ),
        not_the_cause=("the driver, CUDA and the C library",),
        remedy=Remedy(
            text="put MKL back (conda install mkl=2024.0); or take PyTorch from pip, which holds an MKL",
            commands=(
                ("conda", "install", "mkl=2024.0", "intel-openmp=2024.0"),
                (python_of(facts), "-m", "pip", "install", "--force-reinstall", "torch"),
            ),
        ),
    )


def _conda_torch(facts: Facts) -> Package | None:
    """PyTorch as conda installed it; None where pip's is imported, or none is known to be conda's."""
    assert facts.packages is not None
    torch = facts.packages.of("torch")
    if torch is not None and torch.installer not in ("", "conda"):
        return None
    recorded = facts.packages.of_conda("pytorch")
    if recorded is not None:
        return recorded
    return torch if torch is not None and torch.installer == "conda" else None
