"""Releases that are no longer chosen and still installed: the table ``data/history.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from scaffold.builds import tables
from scaffold.builds.cuda import covers, number
from scaffold.toml import loads

_FILE = Path(__file__).parent / "data" / "history.toml"

#: Every framework whose Pythons are known, by the name of its distribution.
FRAMEWORKS = ("torch", "tensorflow")


@cache
def _table() -> Mapping[str, Any]:
    return loads(_FILE.read_text(encoding="utf-8"))


def parsed(version: str) -> Version | None:
    """A version, of a constraint its bound; None where the text is none.

    >>> parsed(">=2.6"), parsed("2.0.1+cu118"), parsed("1.13.0.dev20220525"), parsed("2.x")
    (<Version('2.6')>, <Version('2.0.1+cu118')>, <Version('1.13.0.dev20220525')>, None)
    """
    try:
        return Version(version.lstrip("=<>~! v"))
    except InvalidVersion:
        return None


def kernels(version: str, cuda: str, platform: str) -> tuple[str, ...]:
    """The capabilities that a CUDA build of PyTorch holds machine code for; empty where it is not known.

    >>> kernels("1.7.0", "10.1", "linux_x86_64")[-1], kernels("2.7.1+cu128", "12.8", "linux_x86_64")[-1]
    ('7.5', '12.0')
    """
    release = parsed(version)
    if release is None:
        return ()
    known = tables.torch().kernels_of(Version(release.base_version), variant(cuda), platform)
    if known or release >= Version("2"):
        return known
    for row in _table()["kernels"]:
        if row["cuda"] == cuda and release.base_version in SpecifierSet(row["releases"]):
            return tuple(row["capabilities"])
    return ()


def variant(cuda: str) -> str:
    """``cu128`` of ``12.8``."""
    return f"cu{''.join(cuda.split('.')[:2])}" if cuda[:1].isdecimal() else ""


def is_number(text: str) -> bool:
    """Whether a text is a version of CUDA that can be compared: ``12.8`` is, "" is not."""
    major, _, minor = text.partition(".")
    return major.isdecimal() and (not minor or minor.isdecimal())


def first_cuda(capability: str) -> str:
    """The first CUDA toolkit that compiles for a capability, "" where none that is in use is too old."""
    return str(_table()["first_cuda"].get(capability, ""))


def oldest_toolkit(capability: str) -> str:
    """The first CUDA toolkit that compiles code which runs on a capability, "" where every one in use does.

    >>> oldest_toolkit("8.6"), oldest_toolkit("8.7"), oldest_toolkit("12.1"), oldest_toolkit("6.1")
    ('11.0', '11.4', '12.8', '')
    """
    runs = [str(cuda) for code, cuda in _table()["first_cuda"].items() if covers(code, capability)]
    return min(runs, key=number, default="")


def instructions() -> Iterable[Mapping[str, Any]]:
    """Rows: package, since, below, needs, instead."""
    return tuple(_table()["instructions"])


def metal_floor(version: str) -> str | None:
    """The oldest macOS whose GPU a release of PyTorch uses; "" for one without Metal, None where unknown.

    >>> metal_floor("2.4.1"), metal_floor("2.10.0"), metal_floor("1.11.0"), metal_floor("")
    ('12.3', '14.0', '', None)
    """
    release = parsed(version)
    if release is None:
        return None
    base = Version(release.base_version)
    return next((str(row["macos"]) for row in _table()["metal"] if base >= Version(row["torch"])), "")


def newest_with_metal(macos: str) -> str:
    """The newest minor release of PyTorch that uses the GPU under an old macOS: "2.9"; "" where none does."""
    rows, here = _table()["metal"], parsed(macos)
    if here is None:
        return ""
    fitting = next((at for at, row in enumerate(rows) if here >= Version(row["macos"])), None)
    if fitting is None or fitting == 0:
        return ""
    major, minor = rows[fitting - 1]["torch"].split(".")
    return f"{major}.{int(minor) - 1}"


def pythons(framework: str, version: str, platform: str) -> tuple[str, ...]:
    """The Pythons that a release has wheels for on a platform; empty where that is not known.

    >>> pythons("tensorflow", "2.8", "windows_x86_64"), pythons("torch", "1.9.1+cpu", "linux_x86_64")[-1]
    (('3.7', '3.8', '3.9', '3.10'), '3.9')
    >>> pythons("tensorflow", "1.15", "windows_x86_64"), pythons("torch", "1.13", "windows_x86_64")[-1]
    (('3.5', '3.6', '3.7'), '3.10')
    """
    release = parsed(version)
    if release is None or framework not in FRAMEWORKS:
        return ()
    minor = release.release[:2]
    current = tables.torch() if framework == "torch" else tables.tensorflow()
    for row in current.releases:
        if row.version.release[:2] == minor:
            there = getattr(row, "pypi", None)
            return row.pythons(platform) if there is None or platform in there else ()
    if not platform.endswith("_x86_64"):
        return ()  # the old rows are those of Intel's and AMD's processors
    spelt = ".".join(map(str, minor))
    old = next((one for one in _table()[framework] if one["minor"] == spelt), {"python": ()})
    without = old.get("not_windows", ()) if platform.startswith("windows") else ()
    return tuple(one for one in old["python"] if one not in without)


def newest_for(framework: str, python: str, platform: str) -> str:
    """The newest minor release that has wheels for a Python on a platform: "1.13"; "" where there is none.

    >>> newest_for("torch", "3.7", "linux_x86_64"), newest_for("tensorflow", "3.14", "linux_x86_64")
    ('1.13', '')
    """
    return next((one for one in minors(framework) if python in pythons(framework, one, platform)), "")


def minors(framework: str) -> tuple[str, ...]:
    """Every minor release that is known, newest first."""
    current = tables.torch() if framework == "torch" else tables.tensorflow()
    known = [f"{row.version.major}.{row.version.minor}" for row in current.releases]
    return tuple(dict.fromkeys((*known, *(str(row["minor"]) for row in _table()[framework]))))


def cuda_builds(minor: str) -> tuple[str, ...]:
    """The CUDA versions that an old minor release of PyTorch was built for; empty for those of `tables`."""
    return next((tuple(row["cuda"]) for row in _table()["torch"] if row["minor"] == minor), ())
