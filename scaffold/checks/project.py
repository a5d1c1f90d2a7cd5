"""Whether the project's own notes can be read."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.cures import anew
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy, counted
from scaffold.environments.model import Environment
from scaffold.errors import ScaffoldError
from scaffold.projects.asking.reading import KERNEL


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
    """What the project asks for is installed, in a version that it allows."""
    if facts.environment is None or facts.declared is None:
        return
    missing = tuple(unmet(facts.environment, facts.declared))
    if missing:
        yield Finding(
            id="pkg.requirements",
            level="error",
            title=f"{counted(len(missing), 'requirement')} of the project's {_are(missing)} not met",
            detail="the environment is not what the project asks for",
            cause="requirement-missing",
            evidence=missing,
            remedy=anew(facts, "install them", packages=(one.source for one in missing)),
        )
    else:
        yield Finding(
            id="pkg.requirements", level="ok", title="Everything that the project asks for is installed"
        )


def _are(rows: tuple[Evidence, ...]) -> str:
    return "is" if len(rows) == 1 else "are"


#: How the project may be installed -> check, words, what that means.
_INSTALLS = {
    "missing": (
        "pkg.project-missing",
        "is not installed",
        "its modules import from the folder that one happens to be in, and from nowhere else",
    ),
    "copy": (
        "pkg.project-copy",
        "is installed as a copy",
        "what is edited in its source is not what runs: the copy is imported",
    ),
    "elsewhere": (
        "pkg.project-elsewhere",
        "is installed from another folder",
        "what is edited here is not what runs",
    ),
}


def project_itself(facts: Facts) -> Iterator[Finding]:
    """The project itself is installed, editable, from this folder."""
    moved_or_gone = facts.unusable  # then it is a consequence
    if facts.project is None or facts.project.how == "editable" or moved_or_gone or facts.environment is None:
        return
    check, how, means = _INSTALLS[facts.project.how]
    unasked = facts.adopted and facts.project.how == "missing"
    yield Finding(
        id=check,
        level="info" if unasked else "error",
        title=f"{facts.project.name}, the project itself, {how}",
        detail=means,
        cause=check.replace(".", "-"),
        evidence=(
            Evidence(source=str(facts.environment.location), value="no such distribution")
            if facts.project.how == "missing"
            else Evidence(source="direct_url.json", value=facts.project.source or "not there"),
        ),
        remedy=_editable(facts) if facts.adopted else anew(facts),
    )


def opens_and_tests(facts: Facts) -> Iterator[Finding]:
    """What opens the project's notebooks and starts its tests is installed, or at least asked for."""
    runs = facts.ide.runs if facts.ide is not None else ()
    tests = next((one.name for one in runs if one.configuration.kind == "pytest" and not one.template), "")
    if facts.notebooks and not _is_there(facts, KERNEL):
        notebooks = f"{counted(facts.notebooks, 'notebook')} of the project's"
        yield _tool_missing(facts, "pkg.notebook-kernel", f"{notebooks} cannot be run: no Jupyter", "jupyter")
    if tests and not _is_there(facts, frozenset(("pytest",))):
        title = f"The run configuration {tests} needs pytest, which is not installed"
        yield _tool_missing(facts, "pkg.test-runner", title, "pytest")


def _is_there(facts: Facts, any_of: frozenset[str]) -> bool:
    """Or nothing can be told, or it is told by `requirements_installed`."""
    from scaffold.projects.asking.reading import distribution

    if facts.environment is None or facts.declared is None or facts.unusable:
        return True
    asked = {distribution(one) for one in facts.declared}
    return not any_of.isdisjoint((*asked, *facts.environment.packages))


def _tool_missing(facts: Facts, check: str, title: str, package: str) -> Finding:
    text = f"name {package} where the project's requirements stand, then make the environment anew"
    return Finding(
        id=check,
        level="info",
        title=title,
        detail=f"neither its requirements nor its environment have {package}",
        cause=check.replace(".", "-"),
        evidence=(Evidence(source=str(facts.location), value=f"no {package}"),),
        remedy=anew(facts, text, packages=(package,)),
    )


def _editable(facts: Facts) -> Remedy:
    assert facts.environment is not None
    python = str(facts.environment.python)
    command = (python, "-m", "pip", "install", "--no-deps", "--editable", str(facts.root))
    return Remedy(text="install it into your environment", commands=(command,))


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
            evidence=(
                Evidence(source=".scaffold/environment.json", value="missing, unreadable, or of another one"),
            ),
            remedy=anew(facts, "use it as it is (scaffold env adopt), or have another one made in its place"),
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
