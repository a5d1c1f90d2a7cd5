"""What a locked package has to do with CUDA: its major version, its cuDNN, the files it shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from scaffold.locks.model import Locked
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data" / "packages.toml"

#: nvidia-cudnn-cu12, jax-cuda13-plugin, cupy-cuda12x
_SUFFIX = re.compile(r"(?:^nvidia-.+-cu|^jax-cuda|^cupy-cuda)(?P<major>\d\d)(?:$|-|x)")
_CUDNN = re.compile(r"nvidia-cudnn-cu\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFiles:
    """Packages of which one at most can be installed whole."""

    folder: str
    packages: tuple[str, ...]


def parsed(version: str) -> Version | None:
    """A version to compare with; None for what is none."""
    try:
        return Version(version)
    except InvalidVersion:
        return None


def cuda_major(one: Locked) -> int:
    """The CUDA major version that a package is made for; 0 where it has nothing to do with CUDA.

    >>> cuda_major(Locked(name="nvidia-nccl-cu12", version="2.32.3"))
    12
    >>> cuda_major(Locked(name="cuda-toolkit", version="13.2.2"))
    13
    """
    if not one.conda and (found := _SUFFIX.search(one.name)):
        return int(found["major"])
    said = _data()["versions"]["conda" if one.conda else "pypi"]
    version = parsed(one.version) if one.name in said else None
    return version.major if version else 0


def is_cudnn(one: Locked) -> bool:
    """Whether it is the cuDNN library."""
    return one.name == "cudnn" if one.conda else _CUDNN.fullmatch(one.name) is not None


def sharing(rows: Iterable[Locked]) -> Iterator[tuple[SameFiles, tuple[Locked, ...]]]:
    """Packages among these that own the same files, two or more at a time."""
    by_name = {one.name: one for one in rows if not one.conda}
    for group in same_files():
        there = tuple(by_name[name] for name in group.packages if name in by_name)
        if len(there) > 1:
            yield group, there


@cache
def same_files() -> tuple[SameFiles, ...]:
    """The table of packages that own the same files."""
    return tuple(
        SameFiles(folder=row["folder"], packages=tuple(row["packages"])) for row in _data()["same_files"]
    )


@cache
def _data() -> dict[str, Any]:
    return loads(_DATA.read_text(encoding="utf-8"))


def rules_out(specifier: str, version: str) -> bool:
    """Whether a lock's specifier leaves a version out; a URL, or one that nobody can read, may well.

    >>> [rules_out(one, "9.11") for one in ("<9.11", ">=9", "", " @ https://a/b.whl", "=*=cuda")]
    [True, False, False, True, True]
    """
    try:
        return version not in SpecifierSet(specifier)
    except InvalidSpecifier:
        return True
