"""Two of NVIDIA's packages that lay one and the same file into an environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import os_is, python_of
from scaffold.checks.versions import major, release
from scaffold.probing.packages.model import Package

#: Libraries whose packages for every CUDA share a folder and a file's name: nvidia/nccl/lib/libnccl.so.2.
#: Others carry CUDA's number in the file's name (libcublas.so.11, .12), and both can be there.
#: source: rwth-i6/returnn#1802; the files of nvidia-nccl-cu11, -cu12 and nvidia-cudnn-cu11, -cu12
_SAME_FILE = re.compile(r"nvidia-(?P<what>nccl|cudnn|cusparselt|nvshmem)-cu(?P<cuda>\d+)")


def one_package_a_file(facts: Facts) -> Iterator[Finding]:
    """No library of CUDA's is brought by two packages in two versions."""
    packages = facts.packages
    if packages is None or os_is(facts, "macos"):
        return
    by_library: dict[str, dict[str, Package]] = {}
    for one in packages.packages:
        match = _SAME_FILE.fullmatch(one.name)
        if match:
            by_library.setdefault(match["what"], {}).setdefault(one.name, one)
    for found in by_library.values():
        for first, second in combinations(found.values(), 2):
            if _other(first.version, second.version):
                yield _doubled(facts, first, second)
                return


def _other(first: str, second: str) -> bool:
    """Other versions of one file's name; an unknown version is unknown."""
    one, other = release(first), release(second)
    return bool(one and other) and major(first) == major(second) and one != other


def _doubled(facts: Facts, first: Package, second: Package) -> Finding:
    foreign, own = _foreign_first(facts, first, second)
    python = python_of(facts)
    again = f"{own.name}=={own.version}" if own.version[:1].isdigit() else own.name
    return Finding(
        id="lib.cuda-shadowed",
        level="warning",
        title=f"{foreign.name} {foreign.version} and {own.name} {own.version} bring the same file, "
        "and the one "
        "installed last is loaded",
        detail="Both lie in one folder below site-packages/nvidia. If the older file is the one that "
        "is left, "
        "PyTorch ends with an undefined symbol, whatever is reinstalled beside it.",
        cause="nvidia-packages-doubled",
        evidence=tuple(
            Evidence(source=one.location or one.name, value=f"{one.name} {one.version}")
            for one in (foreign, own)
        ),
        not_the_cause=("the driver, and LD_LIBRARY_PATH",),
        remedy=Remedy(
            text=f"uninstall {foreign.name} (it takes the shared file along), then install {own.name} again",
            commands=(
                (python, "-m", "pip", "uninstall", "-y", foreign.name),
                (python, "-m", "pip", "install", "--force-reinstall", "--no-deps", again),
            ),
        ),
    )


def _foreign_first(facts: Facts, first: Package, second: Package) -> tuple[Package, Package]:
    """The one that is not of PyTorch's CUDA before the other; else the older one first."""
    torch = facts.packages.torch if facts.packages else None
    cuda = major(torch.cuda or "") if torch else None
    if cuda and first.name.endswith(f"cu{cuda}") != second.name.endswith(f"cu{cuda}"):
        return (second, first) if first.name.endswith(f"cu{cuda}") else (first, second)
    older = (release(first.version) or ()) <= (release(second.version) or ())
    return (first, second) if older else (second, first)
