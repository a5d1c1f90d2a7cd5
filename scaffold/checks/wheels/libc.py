"""The C library that wheels were built against."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from scaffold.builds import tables
from scaffold.builds.rows import TorchRelease
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import parsed
from scaffold.checks.gpu.installed import is_conda, platform_of, python_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.wheels.wanted import Wanted, wanted

_TAG = re.compile(r"manylinux_2_(\d+)_")


def new_enough(facts: Facts) -> Iterator[Finding]:
    """The glibc that is here is the one that the wheels need, or a newer one."""
    name, _, version = facts.machine.host.libc.partition(" ")
    here = parsed(version)
    if name != "glibc" or here is None:
        return
    for one in wanted(facts):
        floor = _floor(one, platform_of(facts))
        if floor is not None and here < floor:
            yield _too_old(facts, one, here, floor)
            return
    yield from _installed(facts, here)


def _floor(one: Wanted, platform: str) -> Version | None:
    """The oldest glibc of a release's wheels; None where the tables do not know it."""
    release = parsed(one.version)
    if release is None:
        return None
    base = Version(release.base_version)
    if one.framework == "tensorflow":
        row = tables.tensorflow().release(base)
        return row.glibc if row else None
    torch = next(
        (row for row in tables.torch().releases if row.version.release[:2] == base.release[:2]), None
    )
    if torch is None or platform not in torch.pypi:
        return None
    if one.version.startswith(">"):
        return _of_all_builds(torch)  # whichever build is taken, of that release or a newer one
    return torch.glibc_needed(one.version.partition("+")[2] or torch.pypi[platform], platform)


def _of_all_builds(torch: TorchRelease) -> Version:
    """The glibc that every build of a release runs on."""
    return max((torch.glibc, *torch.glibc_of.values()))


def _last(framework: str, here: Version, platform: str) -> str:
    """The newest minor release whose wheels run on a glibc."""
    if framework == "tensorflow":
        rows = [row for row in tables.tensorflow().releases if row.glibc <= here]
        return f"{rows[0].version.major}.{rows[0].version.minor}" if rows else ""
    fitting = [row for row in tables.torch().releases if platform in row.pypi and _of_all_builds(row) <= here]
    return f"{fitting[0].version.major}.{fitting[0].version.minor}" if fitting else ""


def _too_old(facts: Facts, one: Wanted, here: Version, floor: Version) -> Finding:
    last = _last(one.framework, here, platform_of(facts))
    host = facts.machine.host
    pin = f"{one.framework}=={last}.*"
    return Finding(
        id="sys.glibc",
        level="error",
        title=f"Wheels of {one.shown} need glibc {floor}, and this system has {here}",
        detail=(f"The last with wheels for it is {one.framework} {last}. " if last else "")
        + "glibc belongs to the system: it is not updated by itself.",
        cause="glibc-too-old",
        evidence=(Evidence(source="ldd --version", value=f"glibc {here} ({host.os_version})"), *one.evidence),
        not_the_cause=(
            "pip, the index and the Python version: wheels tagged for a newer glibc are left out",
        ),
        remedy=Remedy(
            text=f"keep to {one.framework} {last} ({pin}), or use a newer system or a container "
            f"(glibc {floor}: Debian 10, Ubuntu 18.10, RHEL 8)"
            if last
            else "use a newer system or a container",
            commands=((python_of(facts), "-m", "pip", "install", pin),) if last else (),
        ),
    )


def _installed(facts: Facts, here: Version) -> Iterator[Finding]:
    """Wheels that were installed elsewhere, under a newer system: an environment that was copied."""
    for one in facts.packages.packages if facts.packages else ():
        floors = [int(found) for tag in one.tags for found in _TAG.findall(tag)]
        if not floors or is_conda(one) or _version(min(floors)) <= here:
            continue
        yield Finding(
            id="sys.glibc",
            level="error",
            title=f"The installed {one.name} {one.version} needs glibc {_version(min(floors))}, and "
            f"this system has "
            f"{here}",
            detail="It was installed under another system: a home folder shared by computers, or a "
            "copied folder.",
            cause="glibc-too-old",
            evidence=(Evidence(source=one.location, value=", ".join(one.tags[:3])),),
            remedy=Remedy(
                text="make the environment on this system, or work in the container that it was made in"
            ),
        )
        return


def _version(minor: int) -> Version:
    try:
        return Version(f"2.{minor}")
    except InvalidVersion:  # pragma: no cover - digits always are one
        return Version("2")
