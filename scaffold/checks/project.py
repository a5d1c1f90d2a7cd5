"""Whether the project's own notes can be read."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.environments.model import Environment
from scaffold.errors import ScaffoldError


def record_readable(facts: Facts) -> Iterator[Finding]:
    """The project's record is there and whole."""
    if facts.record_problem is not None:
        cure = "bring .scaffold/project.json back from version control or a copy"
        yield _unreadable("proj.record", "project-record", facts.record_problem, cure)


def metadata_readable(facts: Facts) -> Iterator[Finding]:
    """``pyproject.toml`` is there and says what the project needs."""
    if facts.metadata_problem is not None:
        cure = "correct pyproject.toml, or bring it back from version control or a copy"
        yield _unreadable("proj.metadata", "project-metadata", facts.metadata_problem, cure)


def requirements_installed(facts: Facts) -> Iterator[Finding]:
    """What ``pyproject.toml`` asks for is installed, in a version that it allows."""
    if facts.environment is None or facts.declared is None:
        return
    missing = tuple(unmet(facts.environment, facts.declared))
    if missing:
        yield Finding(
            id="pkg.requirements",
            level="error",
            title=f"{len(missing)} of the project's requirements are not met",
            detail="the environment is not what pyproject.toml asks for",
            cause="requirement-missing",
            evidence=missing,
            remedy=Remedy(text="install them", commands=(("scaffold", "env", "create"),)),
        )
    else:
        yield Finding(
            id="pkg.requirements", level="ok", title="Everything that pyproject.toml asks for is installed"
        )


def unmet(environment: Environment, declared: tuple[str, ...]) -> Iterator[Evidence]:
    """The requirements (PEP 508) that an environment does not meet, and what is there instead."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    minor = ".".join(environment.version.split(".")[:2])
    for line in declared:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"python_version": minor}):
            continue
        version = environment.packages.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            yield Evidence(source=line, value=f"{version} is installed" if version else "not installed")


def environment_known(facts: Facts) -> Iterator[Finding]:
    """The environment was made by scaffold, so that it is known to be whole."""
    if facts.environment is not None and facts.state is None:
        yield Finding(
            id="env.unknown",
            level="warning",
            title="Nobody wrote down how the environment was made, or the note was damaged",
            detail="it may be whole; scaffold cannot tell whether its making was interrupted",
            cause="env-state-missing",
            evidence=(Evidence(source=".scaffold/environment.json", value="missing or unreadable"),),
            remedy=Remedy(text="make it anew", commands=(("scaffold", "env", "create"),)),
        )


def _unreadable(check: str, cause: str, problem: ScaffoldError, cure: str) -> Finding:
    return Finding(
        id=check,
        level="error",
        title=problem.message,
        detail="\n".join(problem.detail),
        cause=cause,
        evidence=(Evidence(source="code", value=problem.code),),
        remedy=Remedy(text=cure),
    )
