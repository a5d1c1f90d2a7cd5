"""Compilers and headers that packages ask for when they are installed, or when they first run."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import os_is
from scaffold.checks.versions import major


def can_build(facts: Facts) -> Iterator[Finding]:
    """Where the project asks for packages that are built from source, nvcc of PyTorch's CUDA is there."""
    known = facts.extensions
    if known is None or known.nvcc is None:
        return
    torch = facts.packages.torch if facts.packages else None
    if not known.wanted:
        yield from _compiles_when_used(facts)
        return
    names = ", ".join(known.wanted)
    if known.nvcc == "":
        yield Finding(
            id="ext.build-toolchain",
            level="warning",
            title=f"{names} is asked for, and CUDA's compiler nvcc is not here",
            detail="Where no wheel fits this Python, torch and CUDA, pip builds it from source with nvcc. "
            "PyTorch's wheels bring CUDA's libraries, not its compiler.",
            cause="nvcc-missing",
            evidence=(
                Evidence(source=known.wanted_in or "the project", value=names),
                Evidence(source="PATH, CUDA_HOME", value="no nvcc"),
            ),
            remedy=Remedy(
                text="take a release with a prebuilt wheel for this Python, torch and CUDA; or install "
                "the CUDA "
                "toolkit of PyTorch's CUDA version and set CUDA_HOME (container images: those whose name "
                "contains "
                "devel hold nvcc)"
            ),
        )
        return
    theirs, ours = major(known.nvcc), major(torch.cuda or "") if torch else None
    if theirs and ours and theirs != ours:
        assert torch is not None
        yield Finding(
            id="ext.build-toolchain",
            level="warning",
            title=f"{names} is asked for: nvcc here is CUDA {known.nvcc}, PyTorch was built with CUDA "
            f"{torch.cuda}",
            detail="PyTorch refuses to compile extensions with a toolkit of another major version.",
            cause="nvcc-version-mismatch",
            evidence=(
                Evidence(source="nvcc", value=known.nvcc),
                Evidence(source=torch.source or "torch", value=f"cuda {torch.cuda}"),
            ),
            remedy=Remedy(
                text=f"install the CUDA toolkit {torch.cuda} beside it and set CUDA_HOME to that; or "
                f"choose a "
                f"PyTorch for CUDA {theirs}, or a prebuilt wheel"
            ),
        )


def _compiles_when_used(facts: Facts) -> Iterator[Finding]:
    """DeepSpeed is installed: it compiles its operators when they are first used."""
    package = facts.packages.of("deepspeed") if facts.packages else None
    torch = facts.packages.torch if facts.packages else None
    nvcc = (facts.extensions.nvcc if facts.extensions else None) or ""
    theirs, ours = major(nvcc), major(torch.cuda or "") if torch else None
    if package is None or torch is None or not torch.cuda or (nvcc and (not theirs or theirs == ours)):
        return
    named = f"deepspeed {package.version}".strip()
    yield Finding(
        id="ext.build-toolchain",
        level="warning",
        title=f"{named} compiles its operators when they are first used: nvcc here is CUDA {nvcc}, "
        "PyTorch was "
        f"built with CUDA {torch.cuda}"
        if nvcc
        else f"{named} compiles its operators when they are first used, and CUDA's compiler nvcc is not here",
        detail="FusedAdam, CPUAdam and others fail then (CUDAMismatchException, "
        "MissingCUDAException: CUDA_HOME does "
        "not exist); old releases ask for nvcc when they are imported.",
        cause="nvcc-version-mismatch" if nvcc else "nvcc-missing",
        evidence=(
            Evidence(source="nvcc", value=nvcc or "not here"),
            Evidence(source=torch.source or "torch", value=f"cuda {torch.cuda}"),
        ),
        remedy=Remedy(
            text=f"install the CUDA toolkit {torch.cuda} beside what is there and set CUDA_HOME to it; with "
            "PyTorch's own optimizers (torch.optim.AdamW) none is needed"
        ),
    )


def triton_compiles(facts: Facts) -> Iterator[Finding]:
    """Triton finds Python's headers and a C compiler, which it needs when a kernel first runs."""
    packages = facts.packages
    triton = packages.of("triton-windows", "triton") if packages else None
    if triton is None:
        return
    asked_for = triton.name == "triton-windows" or not os_is(facts, "linux")
    headers = _headers(facts)
    if headers is False:
        yield Finding(
            id="ext.triton-toolchain",
            level="warning" if asked_for else "info",
            title=f"{triton.name} {triton.version} compiles against Python, and Python.h is not here".replace(
                "  ", " "
            ),
            detail="torch.compile and Triton's kernels build a small C program when they first run. "
            "Embeddable "
            "Pythons, and distributions that keep the headers in a package of their own, lack the folder "
            "include "
            "(and libs on Windows).",
            cause="python-headers-missing",
            evidence=(Evidence(source=_headers_at(facts), value="missing"),),
            remedy=Remedy(
                text="use a full Python (its installer, uv or conda), or copy the folders include and "
                "libs of the "
                "same Python version next to python.exe"
                if os_is(facts, "windows")
                else "install Python's headers: apt install python3-dev (dnf install python3-devel), of "
                "this Python "
                "version; uv's and conda's Pythons bring Python.h in include"
            ),
        )
    elif facts.extensions is not None and facts.extensions.compiler == "" and os_is(facts, "linux"):
        yield Finding(
            id="ext.triton-toolchain",
            level="info",
            title="No C compiler is here: torch.compile and Triton's kernels will not run",
            detail="Training without torch.compile does not need one.",
            cause="compiler-missing",
            evidence=(Evidence(source="PATH, CC", value="no gcc, clang or cc"),),
            remedy=Remedy(
                text="install gcc: apt install build-essential, or conda install -c conda-forge gcc"
            ),
        )


def _headers(facts: Facts) -> bool | None:
    if facts.extensions is not None and facts.extensions.headers is not None:
        return facts.extensions.headers
    if facts.python is not None and facts.python.has_headers is None and facts.python.manager == "embedded":
        return False  # Windows' embeddable Python comes without
    return facts.python.has_headers if facts.python else None


def _headers_at(facts: Facts) -> str:
    return (facts.extensions.headers_at if facts.extensions else "") or "Python.h"
