"""Extensions that were compiled for another PyTorch than the one that is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.packages.torch_kept import pinned
from scaffold.checks.surroundings import python_of
from scaffold.checks.versions import minor
from scaffold.probing.extensions.model import Extension
from scaffold.probing.extensions.names import COMPILED, XFORMERS

_PIN = re.compile(r"torch\s*\(?\s*==\s*(\d+\.\d+[\d.]*)")


def for_this_torch(facts: Facts) -> Iterator[Finding]:
    """Each compiled extension was built for the installed PyTorch."""
    torch = facts.packages.torch if facts.packages else None
    if facts.extensions is None or torch is None or not torch.version:
        return
    pins = _pins(facts)
    for one in (*facts.extensions.extensions, *pins):
        if one in pins and any(other.name == one.name for other in facts.extensions.extensions):
            continue
        if one.lacking:
            yield _lacking(facts, one, torch.version)
        elif one.mismatch or (
            minor(one.torch) and minor(torch.version) and minor(one.torch) != minor(torch.version)
        ):
            yield _other_release(facts, one, torch.version)


def _pins(facts: Facts) -> tuple[Extension, ...]:
    """Compiled packages whose metadata names one release of PyTorch; where that is not known, the table."""
    found = []
    for package in facts.packages.packages if facts.packages else ():
        if package.name not in COMPILED:
            continue
        torch = next((match[1] for one in package.requires if (match := _PIN.match(one))), "")
        if not torch and package.name == "xformers" and not package.requires:
            torch = XFORMERS.get(package.version.partition("+")[0], "")
        if torch:
            source = f"{package.name} {package.version}: requires"
            found.append(Extension(name=package.name, version=package.version, torch=torch, source=source))
    return tuple(found)


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
    if one.name == "xformers":  # each release names one PyTorch, and pip looks for the one that names this
        wanted = (python, "-m", "pip", "install", "--only-binary", "xformers", "xformers", *pinned(facts))
        return Remedy(
            text="install the xformers that was built for the installed PyTorch, which stays; or "
            "leave it out: "
            "PyTorch's own attention (sdpa) takes its place",
            commands=(wanted,),
        )
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
