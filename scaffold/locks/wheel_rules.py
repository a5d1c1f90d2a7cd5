"""The rule about wheels: packages that have none for this Python on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.model import PREFERENCE
from scaffold.builds.wheels import Target, python_order, pythons_of
from scaffold.locks.case import Case, counted, finding
from scaffold.locks.frameworks import Build
from scaffold.locks.model import Locked, LockFinding
from scaffold.locks.release_rules import python
from scaffold.sources.model import Source, Wheel


def wheels(case: Case) -> Iterator[LockFinding]:
    """Packages without a wheel for this Python on this machine, by the lock itself or by the tables."""
    if any(python(case)):
        return  # a consequence: the lock itself says that it is for others
    known = {build.package.name: build for build in case.frameworks}
    missing: list[tuple[Locked, str, tuple[Wheel, ...]]] = []
    for one in case.rows:
        by, there = _there(one, known.get(one.name), case.target)
        if there and not any(map(case.target.accepts, there)):
            missing.append((one, by, there))
    if missing:
        first, by, there = next((row for row in missing if row[0].name in known), missing[0])
        rest = tuple(one for one, _, _ in missing if one is not first)
        yield finding(
            "no-wheel",
            "error",
            first,
            f"{first.shown} has no wheel for {_here(case.target)}",
            why=(f"{by} {_described(there)}", f"nor have {counted(rest)}" if rest else ""),
            remedy=_wheel_remedy([there for _, _, there in missing], case.target),
        )


def _there(one: Locked, build: Build | None, target: Target) -> tuple[str, tuple[Wheel, ...]]:
    """Who says which wheels there are of a package, and which; none where that is not known."""
    if one.conda or (one.wheels and one.buildable):
        return "", ()
    if one.wheels:
        return "the lock names", tuple(_wheel(one, name) for name in one.wheels)
    return ("published are", _published(build, target)) if build else ("", ())


def _wheel(one: Locked, filename: str) -> Wheel:
    source = Source(kind="index", location=one.index)
    return Wheel(project=one.name, version=one.version, filename=filename, url="", source=source)


def _published(build: Build, target: Target) -> tuple[Wheel, ...]:
    """The wheels of a release for a platform, by the tables; none where they do not know it."""
    from scaffold.builds.published import published

    if build.version is None or build.framework == "jax":
        return ()
    table = tables.torch() if build.framework == "torch" else tables.tensorflow()
    if table.release(build.version) is None:
        return ()
    project = "tensorflow" if build.framework == "tensorflow" else "torch"
    elsewhere = getattr(table.release(build.version), "pypi", {})  # a platform that PyTorch left behind
    platforms = (target.platform,) if target.platform in elsewhere or not elsewhere else tuple(elsewhere)
    offered = published(platforms).wheels(project)
    return tuple(one for one in offered if Version(one.version).release == build.version.release)


def _described(listed: Iterable[Wheel]) -> str:
    rows = tuple(listed)
    named = {one for wheel in rows for one in pythons_of(wheel)}
    pythons = sorted(named, key=python_order)
    platforms = sorted({wheel.filename.removesuffix(".whl").rpartition("-")[2] for wheel in rows})
    more = f" and {len(platforms) - 4} more" if len(platforms) > 4 else ""
    shown = f"wheels for Python {', '.join(pythons)}" if pythons else "wheels"
    return f"{shown}, platforms {', '.join(platforms[:4])}{more}"


def _here(target: Target) -> str:
    libc = f" with {target.host.libc}" if target.host.libc else ""
    system = f" {target.host.os_version}" if target.host.os == "macos" else ""
    return f"Python {target.python} on {target.platform}{system}{libc}"


def _wheel_remedy(lacking: list[tuple[Wheel, ...]], target: Target) -> str:
    """Another Python where all that is lacking has wheels for it, else other releases."""
    named = {one for there in lacking for wheel in there for one in pythons_of(wheel)}
    fitting = [
        name
        for name in PREFERENCE
        if name in named and all(any(map(Target(target.host, name).accepts, there)) for there in lacking)
    ]
    other = f"use Python {fitting[0]}, or " if fitting else ""
    return f"{other}lock again with releases that fit this machine: scaffold builds"
