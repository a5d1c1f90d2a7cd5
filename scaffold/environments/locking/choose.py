"""Which of a project's locks suits this machine, and which builds of the frameworks it brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.builds.model import DISTRIBUTIONS, BuildChoice, BuildPlan, Device, Framework
from scaffold.builds.wheels import Target
from scaffold.environments.locking.model import ProjectLock, pylock_name
from scaffold.errors import LockUnusable, OptionRefused
from scaffold.locks.frameworks import Build, frameworks_of
from scaffold.locks.lint import installed_here, lint
from scaffold.locks.model import Lock, LockFinding
from scaffold.locks.reading import read_lock
from scaffold.machine.model import Machine, Vendor
from scaffold.shell import line

#: Findings that say: it runs, and something better is thinkable.
_WEIGHT = {"error": 10_000, "warning": 100, "info": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A lock that was not taken, and why."""

    group: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLock:
    """A lock, the builds of the frameworks in it, and why it was taken."""

    lock: ProjectLock
    builds: tuple[BuildPlan, ...]
    reasons: tuple[str, ...]
    turned_down: tuple[Turned, ...] = ()
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()  # why it will not run here: taken all the same, as it was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    lock: ProjectLock
    findings: tuple[LockFinding, ...]
    builds: tuple[Build, ...]

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(one.message for one in self.findings if one.level == "error")

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(one.message for one in self.findings if one.level == "warning")

    @property
    def cuda(self) -> int:
        """``130`` of a build for CUDA 13.0; 0 of others."""
        digits = next((one.variant.removeprefix("cu") for one in self.builds if one.cuda), "")
        return int(digits) if digits.isdecimal() else 0

    @property
    def weight(self) -> int:
        return sum(_WEIGHT[one.level] for one in self.findings)


def choose_lock(
    locks: Sequence[ProjectLock],
    machine: Machine,
    python: str,
    advised: BuildChoice | None,
    *,
    wanted: str = "",
    frameworks: Sequence[Framework] = (),
) -> ChosenLock:
    """The lock of ``wanted``, else of the build that is advised here, else the best that runs.

    ``python`` is a minor version; ``advised`` what the tables would choose, None where they know nothing.
    Raises OptionRefused for an unknown ``wanted``, LockUnusable (``lock-unusable``) where none runs here.
    """
    judged = [_judge(one, machine, python) for one in locks]
    if wanted:
        taken = next((one for one in judged if one.lock.group == wanted), None)
        if taken is None:
            raise OptionRefused(
                f"the project has no lock of {wanted}",
                hint=f"there are: {', '.join(one.group for one in locks)}; more: scaffold env lock",
            )
        return _chosen(taken, (), f"{wanted} was asked for", machine, advised, frameworks)
    running = [one for one in judged if not one.errors]
    if not running:
        raise _none_runs(judged)
    variant = _advised_variant(advised)
    exact = next((one for one in running if variant and _names(one.lock.group, variant)), None)
    # Of equals the newest CUDA, else the project's default.
    taken = exact or min(running, key=lambda one: (one.weight, -one.cuda))
    others = [one for one in judged if one is not taken]
    if exact is not None:
        reason = f"{variant} is the build of PyTorch that suits this machine"
    elif len(locks) == 1:
        reason = "it is the project's only lock, and it runs here"
    else:
        reason = f"no lock is of {variant or 'an advised build'}; of those that run here it suits best"
    return _chosen(taken, others, reason, machine, advised, frameworks)


def _judge(lock: ProjectLock, machine: Machine, python: str) -> _Judged:
    content = _content(lock)
    rows = installed_here(content, machine, python)
    target = Target(machine.host, python)
    return _Judged(
        lock=lock,
        findings=lint(content, machine, python),
        builds=frameworks_of(content, rows, target),
    )


def _content(lock: ProjectLock) -> Lock:
    """The pylock, which names the wheels, where it holds the same versions; else the lock itself."""
    beside = _root(lock) / pylock_name(lock.group)
    own = read_lock(lock.path)
    try:
        content = read_lock(beside)
    except OptionRefused:
        return own
    pins = {(one.name, one.version) for one in own.packages}
    return content if pins == {(one.name, one.version) for one in content.packages} else own


def _root(lock: ProjectLock) -> Path:
    return lock.path.parent.parent


def _chosen(
    taken: _Judged,
    others: Iterable[_Judged],
    reason: str,
    machine: Machine,
    advised: BuildChoice | None,
    frameworks: Sequence[Framework],
) -> ChosenLock:
    return ChosenLock(
        lock=taken.lock,
        builds=_plans(taken, machine, advised, frameworks),
        reasons=(reason,),
        turned_down=tuple(_turned(one) for one in others),
        notices=(*taken.errors, *taken.warnings),
        problems=taken.errors,
    )


def _turned(one: _Judged) -> Turned:
    return Turned(group=one.lock.group, why=one.errors or one.warnings or ("another one suits better",))


def _plans(
    taken: _Judged, machine: Machine, advised: BuildChoice | None, frameworks: Sequence[Framework]
) -> tuple[BuildPlan, ...]:
    known = {one.framework: one for one in (*advised.builds, *advised.apart)} if advised else {}
    found: list[BuildPlan] = []
    for framework in frameworks:
        build = next((one for one in taken.builds if one.framework == DISTRIBUTIONS[framework]), None)
        if build is not None and build.package.version:
            found.append(_plan(framework, build, machine, known.get(framework), taken))
    return tuple(found)


def _plan(
    framework: Framework, build: Build, machine: Machine, advised: BuildPlan | None, taken: _Judged
) -> BuildPlan:
    package, version = build.package.name, build.package.version
    same = advised is not None and (advised.device not in ("cpu", "mps")) == build.on_gpu
    device = advised.device if advised is not None and same else _device(build, machine, taken)
    extras = "[and-cuda]" if package == "tensorflow" and build.cuda else ""
    return BuildPlan(
        framework=framework,
        package=package,
        version=version.partition("+")[0],
        variant=build.variant or (f"cu{build.cuda}" if build.cuda else "cpu"),
        requirement=f"{package}{extras}=={version}",
        device=device,
        source="",
        source_kind="index",
        large=build.brings_libraries,
        reasons=(f"{taken.lock.path.name} says so",),
        environment=advised.environment if advised is not None and same else {},
    )


def _device(build: Build, machine: Machine, taken: _Judged) -> Device:
    """Where a build computes that is not the advised one."""
    device: Device = "cpu"
    if build.on_gpu:
        device = "rocm" if build.variant.startswith("rocm") else "xpu" if build.variant == "xpu" else "cuda"
    vendors: Mapping[Device, Vendor] = {"cuda": "nvidia", "rocm": "amd", "xpu": "intel"}
    runs = device in vendors and not taken.errors and bool(machine.usable(vendors[device]))
    return device if runs else "cpu"


def _advised_variant(advised: BuildChoice | None) -> str:
    builds = advised.builds if advised else ()
    return next((one.variant for one in builds if one.package == "torch"), "")


def _names(group: str, variant: str) -> bool:
    """Whether a group bears the name of a variant: ``rocm7-2`` is ``rocm7.2``."""
    return group.replace("-", ".") == variant.replace("-", ".")


def _none_runs(judged: Sequence[_Judged]) -> LockUnusable:
    return LockUnusable(
        "none of the project's locks runs on this machine",
        detail=tuple(f"{one.lock.group}: {why}" for one in judged for why in one.errors[:3]),
        hint="make an environment without a lock: scaffold env create; or take one all the same: "
        + line("scaffold", "env", "sync", "--locked", judged[0].lock.group),
    )
