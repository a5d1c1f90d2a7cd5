"""Rules about releases: wheels that the machine takes, pre-releases, open versions."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from scaffold.builds import tables
from scaffold.builds.rows import Release
from scaffold.builds.wheels import Target
from scaffold.locks.case import Case, counted, finding
from scaffold.locks.frameworks import is_framework
from scaffold.locks.gpu_rules import on_the_cpu
from scaffold.locks.markers import applies, environment, full
from scaffold.locks.model import Locked, LockFinding
from scaffold.locks.packages import parsed
from scaffold.locks.remedies import other_build

_NIGHTLY = ("keras-nightly", "tf-nightly", "tf-nightly-cpu", "tb-nightly", "jax-nightly", "tf-keras-nightly")


#: Three frameworks, TensorFlow under two names, each from conda and from PyPI: more is a mistake.
_FRAMEWORKS = 20

_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu")


def crowd(rows: tuple[Locked, ...]) -> Iterator[LockFinding]:
    """More frameworks than one environment can hold: no installer takes such a file."""
    named = [one for one in rows if is_framework(one)]
    if len(named) > _FRAMEWORKS:
        yield finding(
            "crowd",
            "error",
            named[0],
            f"it names {len(named):,} frameworks and versions of them for one environment",
            why=(counted(tuple(named)),),
            remedy="lock again: an environment holds one version of each",
        )


def python(case: Case) -> Iterator[LockFinding]:
    """The lock's own word on Python."""
    allowed = specifier(case.lock.requires_python)
    if allowed is not None and full(case.target.python) not in allowed:
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
    told = {one.package for one in on_the_cpu(case)}  # a CPU build, whatever its version
    for build in case.frameworks:
        one = build.package
        if build.version is None and one.name not in told:
            yield finding(
                "unpinned",
                "info",
                one,
                f"{one.shown} names no version, so its build cannot be judged",
                remedy="pin its version and build: conda list shows what is installed"
                if one.conda
                else "lock it (uv lock), or pin the version that scaffold builds names",
            )


def unknown_conda(case: Case) -> Iterator[LockFinding]:
    """Builds of conda: what GPUs they are made for stands in no table, but for PyTorch's own channel."""
    for build in case.frameworks:
        known = build.variant == "cpu" or case.covered(build) is not None or build.cuda > case.gpus.cuda
        if build.package.conda and build.version is not None and case.gpus.devices and not known:
            yield finding(
                "unknown-build",
                "warning",
                build.package,
                f"which GPUs conda's {build.package.shown} holds machine code for is not known here",
                why=(build.how or "conda picks the build by the driver",),
                remedy=other_build(case, build),
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
