"""Rules about releases: wheels that the machine takes, pre-releases, open versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.choice import PREFERENCE
from scaffold.builds.rows import Release
from scaffold.builds.wheels import Target, pythons_of
from scaffold.locks.case import Case, counted, finding
from scaffold.locks.frameworks import Build
from scaffold.locks.markers import applies, environment
from scaffold.locks.model import Locked, LockFinding
from scaffold.locks.packages import parsed
from scaffold.sources.model import Source, Wheel

_NIGHTLY = ("keras-nightly", "tf-nightly", "tf-nightly-cpu", "tb-nightly", "jax-nightly", "tf-keras-nightly")


_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu")


def python(case: Case) -> Iterator[LockFinding]:
    """The lock's own word on Python."""
    allowed = specifier(case.lock.requires_python)
    if allowed is not None and f"{case.target.python}.99" not in allowed:
        whole = Locked(name="python", version=case.target.python)
        yield finding(
            "python",
            "error",
            whole,
            f"the lock is for Python {case.lock.requires_python}; Python {case.target.python} is asked about",
            remedy="name a Python that it allows: --python X.Y",
        )


def platform(case: Case) -> Iterator[LockFinding]:
    """A lock that was made for other platforms alone: what it would install here is nobody's choice."""
    facts = environment(case.machine.host, case.target.python)
    there = case.lock.environments
    if there and not any(applies(marker, facts) for marker in there):
        yield finding(
            "platform",
            "error",
            Locked(name=case.lock.format),
            f"the lock is for {' or '.join(there)}; here is {case.target.platform}",
            remedy="lock again on this machine, or add its platform to the lock's environments",
        )


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


def pre_releases(case: Case) -> Iterator[LockFinding]:
    """Release candidates, development builds and nightlies."""
    important = {build.package.name for build in case.frameworks} | {"keras", *_NIGHTLY}
    for one in case.rows:
        version = parsed(one.version)
        nightly = one.name in _NIGHTLY
        if nightly or (version is not None and version.is_prerelease):
            kind = (
                "a development build" if nightly or (version and version.is_devrelease) else "a pre-release"
            )
            yield finding(
                "pre-release",
                "warning" if one.name in important else "info",
                one,
                f"{one.shown} is {kind}",
                why=_stable(one, case),
                remedy=_stable_remedy(one, case),
            )


def open_versions(case: Case) -> Iterator[LockFinding]:
    """A framework without a pin: what is installed tomorrow may be another build."""
    for build in case.frameworks:
        one = build.package
        if build.version is None:
            yield finding(
                "unpinned",
                "info",
                one,
                f"{one.shown} names no version, so its build cannot be judged",
                remedy="lock it (uv lock), or pin the version that scaffold builds names",
            )


def unknown(case: Case) -> Iterator[LockFinding]:
    """A release that the tables do not know."""
    for build in case.frameworks:
        if (
            build.version is None
            or build.version.is_prerelease
            or build.package.conda
            or build.framework == "jax"
        ):
            continue
        table = tables.torch() if build.framework == "torch" else tables.tensorflow()
        untold = build.cuda or not build.variant
        if untold and not case.codes(build) and case.gpus.devices:
            newest = table.releases[0].version
            yield finding(
                "unknown-build",
                "info",
                build.package,
                f"which GPUs {build.package.shown} holds machine code for is not known here",
                why=(f"the newest release that the tables know is {newest}",),
                remedy="scaffold builds --refresh",
            )


def specifier(text: str) -> SpecifierSet | None:
    """What a lock says of Python; ``^3.10`` is Poetry's, and an upper bound that nobody needs here."""
    try:
        return SpecifierSet(text.replace("^", ">=")) if text else None
    except InvalidSpecifier:
        return None


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
    offered = published((target.platform,)).wheels(project)
    return tuple(one for one in offered if Version(one.version).release == build.version.release)


def _described(listed: Iterable[Wheel]) -> str:
    rows = tuple(listed)
    pythons = sorted({one for wheel in rows for one in pythons_of(wheel)}, key=Version)
    platforms = sorted({wheel.filename.removesuffix(".whl").rpartition("-")[2] for wheel in rows})
    more = f" and {len(platforms) - 4} more" if len(platforms) > 4 else ""
    named = f"wheels for Python {', '.join(pythons)}" if pythons else "wheels"
    return f"{named}, platforms {', '.join(platforms[:4])}{more}"


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


def _stable(one: Locked, case: Case) -> tuple[str, ...]:
    """The release that could be had instead."""
    newest = _newest(one, case.target)
    if newest is None:
        return ()
    if case.target.python in newest.pythons(case.target.platform):
        return (f"the newest release is {newest.version}",)
    pythons = ", ".join(newest.pythons(case.target.platform))
    return (f"the newest release is {newest.version}, for Python {pythons}",)


def _stable_remedy(one: Locked, case: Case) -> str:
    newest = _newest(one, case.target)
    if newest is None:
        return f"pin a release of {one.name.replace('-nightly', '')}, and lock again without pre-releases"
    pythons = newest.pythons(case.target.platform)
    project = "tensorflow" if one.name in _TENSORFLOW else one.name
    other = "" if case.target.python in pythons or not pythons else f"use Python {pythons[-1]}, and "
    return f"{other}pin {project}=={newest.version}"


def _newest(one: Locked, target: Target) -> Release | None:
    """The newest release of a framework for a Python, else for any; None for other packages."""
    rows: tuple[Release, ...] = ()
    if one.name == "torch":
        rows = tables.torch().releases
    elif one.name in _TENSORFLOW:
        rows = tables.tensorflow().releases
    fitting = (row for row in rows if target.python in row.pythons(target.platform))
    return next(fitting, rows[0] if rows else None)
