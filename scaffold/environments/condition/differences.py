"""Whether an environment holds what was planned: pip and an IDE's buttons may have changed it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from scaffold.environments.condition.project import difference_in_words, project_install
from scaffold.environments.condition.settings import sees_system, unkept
from scaffold.environments.installers.itself import project_distribution
from scaffold.environments.installers.settle import pins
from scaffold.environments.model import Environment, EnvironmentPlan

#: Distributions that own the same files. A plan takes one of a row (and what that one itself needs);
#: with a second one beside it, chance decides which of the two is imported.
RIVALS = (
    frozenset(
        {
            "intel-tensorflow",
            "tensorflow",
            "tensorflow-cpu",
            "tensorflow-gpu",
            "tensorflow-intel",
            "tensorflow-macos",
            "tf-nightly",
            "tf-nightly-cpu",
        }
    ),
    frozenset({"keras", "keras-nightly"}),
)

#: What makers of environments put there themselves.
SEEDS = frozenset({"pip", "setuptools", "wheel"})


def differences(plan: EnvironmentPlan, found: Environment) -> tuple[str, ...]:
    """What keeps an environment from being as planned, a line each; more than was planned is no difference.

    But for a second distribution of a framework, which hides the planned one; an exact plan allows nothing.
    """
    extra = _extra(plan, found) if plan.exact else ()
    return (
        *_packages(plan, found),
        *_rivals(plan, found),
        *_project(plan, found),
        *_settings(plan, found),
        *extra,
    )


def same_version(one: str, other: str) -> bool:
    """Whether two spellings mean the same version.

    >>> same_version("2026.01", "2026.1"), same_version("2.13.0", "2.13.0+cpu")
    (True, False)
    """
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _packages(plan: EnvironmentPlan, found: Environment) -> Iterator[str]:
    for one in plan.downloads:
        version = found.packages.get(canonicalize_name(one.name))
        if version is None:
            yield f"{one.name} is not installed"
        elif not same_version(version, one.version):
            yield f"{one.name} is {version}, planned is {one.version}"


def _rivals(plan: EnvironmentPlan, found: Environment) -> Iterator[str]:
    planned = {canonicalize_name(one.name) for one in plan.downloads}
    for row in RIVALS:
        for name in sorted(row & found.packages.keys() - planned if row & planned else ()):
            yield f"{name} is installed beside {', '.join(sorted(row & planned))}"


def _extra(plan: EnvironmentPlan, found: Environment) -> Iterator[str]:
    name = project_distribution(plan.root)
    allowed = {canonicalize_name(one.name) for one in plan.downloads} | SEEDS
    allowed |= {canonicalize_name(name)} if name else set()
    for one in sorted(found.packages.keys() - allowed):
        yield f"{one} {found.packages[one]} is installed and not planned"


def _project(plan: EnvironmentPlan, found: Environment) -> Iterator[str]:
    said = difference_in_words(project_install(plan.root, found))
    if said:
        yield said


def _settings(plan: EnvironmentPlan, found: Environment) -> Iterator[str]:
    """What makes other packages than the planned ones win, now or at the next ``pip install -U``."""
    if not found.location.is_dir():
        return
    if sees_system(found.location):
        yield "it imports what is installed for the system, too"
    yield from unkept(found.location, pins(plan.builds))
