"""Extensions that were compiled for another PyTorch than the one that is installed."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import python_of
from scaffold.checks.versions import minor
from scaffold.probing.extensions.model import Extension


def for_this_torch(facts: Facts) -> Iterator[Finding]:
    """Each compiled extension was built for the installed PyTorch."""
    torch = facts.packages.torch if facts.packages else None
    if facts.extensions is None or torch is None or not torch.version:
        return
    for one in facts.extensions.extensions:
        if one.lacking:
            yield _lacking(facts, one, torch.version)
        elif one.mismatch or (
            minor(one.torch) and minor(torch.version) and minor(one.torch) != minor(torch.version)
        ):
            yield _other_release(facts, one, torch.version)


def _other_release(facts: Facts, one: Extension, torch: str) -> Finding:
    built = f"torch {one.torch}" if one.torch else "another release of torch"
    return Finding(
        id="ext.torch-abi",
        level="error",
        title=f"{one.name} {one.version} was compiled for {built}, and torch {torch} is installed".replace(
            "  ", " "
        ),
        detail="PyTorch's C++ library changes from release to release; importing the extension ends with "
        "an undefined symbol, or it computes with wrong layouts.",
        cause="ext-abi-mismatch",
        evidence=(
            Evidence(source=one.source or one.name, value=f"for {built}"),
            Evidence(source="torch", value=torch),
        ),
        not_the_cause=("the driver and the CUDA toolkit",),
        remedy=_again(facts, one),
    )


def _lacking(facts: Facts, one: Extension, torch: str) -> Finding:
    return Finding(
        id="ext.torch-abi",
        level="error",
        title=f"{one.name} {one.version} calls {len(one.lacking)} function(s) that torch {torch} does "
        f"not have",
        detail=f"It was compiled for another release. Importing it ends with: undefined symbol: "
        f"{one.lacking[0]}",
        cause="ext-abi-mismatch",
        evidence=(
            Evidence(source=one.file, value=f"needs {', '.join(one.lacking[:3])}"),
            Evidence(source="torch", value=torch),
        ),
        not_the_cause=("the driver and the CUDA toolkit",),
        remedy=_again(facts, one),
    )


def _again(facts: Facts, one: Extension) -> Remedy:
    python = python_of(facts)
    install = (
        python,
        "-m",
        "pip",
        "install",
        "--no-build-isolation",
        "--no-cache-dir",
        "--no-deps",
        one.name,
    )
    return Remedy(
        text="reinstall it for the installed PyTorch (a wheel whose name carries this torch version), or "
        "rebuild "
        "it from source; or leave it out",
        commands=((python, "-m", "pip", "uninstall", "-y", one.name), install),
    )
