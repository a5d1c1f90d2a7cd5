"""OpenMP's runtime, of which a process can have one."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import os_is, python_of
from scaffold.probing.libraries.model import Library

_WHY = (
    "Each registers itself in the process; the second stops it with OMP: Error #15. Two runtimes side by "
    "side "
    "can also give wrong results or hang."
)


def one_runtime(facts: Facts) -> Iterator[Finding]:
    """Intel's OpenMP runtime is in the environment once (Windows, macOS: the system has none)."""
    if facts.libraries is None or not os_is(facts, "windows", "macos"):
        return
    copies = _copies(facts)
    if len(copies) >= 2:
        yield _twice(facts, copies)
    else:
        yield from _by_packages(facts)


def _copies(facts: Facts) -> tuple[Library, ...]:
    """One of each folder, where the environment's own and a package's are among them.

    Packages from one source are built to go together: macOS' wheels of scikit-learn and PyTorch both bring
    libomp and do.
    """
    assert facts.libraries is not None
    found = {one.path.lower(): one for one in facts.libraries.of("libiomp5md", "libiomp5", "libomp")}
    kinds = {one.via for one in found.values()}
    owners = {one.owner for one in found.values()}
    mixed = "package" in kinds and kinds & {"environment", "system"}
    same_name = os_is(facts, "windows") and len({one.name for one in found.values()}) == 1 and len(owners) > 1
    return tuple(found.values()) if mixed or same_name else ()


def _twice(facts: Facts, copies: tuple[Library, ...]) -> Finding:
    name = copies[0].name
    return Finding(
        id="lib.openmp-dup",
        level="warning",
        title=f"Two copies of the OpenMP runtime {name} are in this environment: a duplicate",
        detail=_WHY,
        cause="openmp-duplicate",
        evidence=tuple(Evidence(source=one.path, value=one.owner or one.via) for one in copies),
        remedy=_one_source(facts),
    )


def _by_packages(facts: Facts) -> Iterator[Finding]:
    """Conda's MKL brings one copy, PyTorch from pip another."""
    packages = facts.packages
    if packages is None or not os_is(facts, "windows"):
        return
    torch = packages.of("torch")
    mkl = packages.of_conda("mkl") or packages.of_conda("intel-openmp")
    if (
        torch is None
        or mkl is None
        or torch.installer == "conda"
        or not (torch.installer or "+" in torch.version)
    ):
        return
    yield Finding(
        id="lib.openmp-dup",
        level="warning",
        title=f"conda's {mkl.name} and pip's torch each bring an OpenMP runtime (libiomp5md.dll): a "
        f"duplicate",
        detail=_WHY,
        cause="openmp-duplicate",
        evidence=(
            Evidence(source="conda", value=f"{mkl.name} {mkl.version}"),
            Evidence(source=torch.installer or "pip", value=f"torch {torch.version}"),
        ),
        remedy=_one_source(facts),
    )


def _one_source(facts: Facts) -> Remedy:
    version = facts.packages.version("numpy") if facts.packages else ""
    numpy = f"numpy=={version}" if version[:1].isdigit() else ""  # another one may not fit the rest
    command = (python_of(facts), "-m", "pip", "install", "--force-reinstall", "--no-deps", numpy)
    return Remedy(
        text="take numpy and torch from one source: both by pip"
        + (", as below," if numpy else " (in the numpy version that is installed now),")
        + " or both by conda (conda install nomkl is another way). KMP_DUPLICATE_LIB_OK=TRUE only hides the "
        "duplicate",
        commands=(command,) if numpy else (),
    )
