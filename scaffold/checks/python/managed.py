"""Pythons that belong to somebody else: the system's packages, conda's base, the Store, an embedder."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.python.cures import python_of
from scaffold.probing.interpreter.model import PythonFacts


def not_the_systems(facts: Facts) -> Iterator[Finding]:
    """What is installed for training goes into an environment, not into the system's Python (PEP 668)."""
    python = facts.python
    if python is None or python.virtual or not python.externally_managed:
        return
    refused = facts.log is not None and any(facts.log.of("env.externally-managed"))
    lacking = facts.target is not None and facts.target.how == "--python" and not python.managed_packages
    meant = facts.target is None or lacking  # described as the one that is used, or asked for
    brought = f" It has {', '.join(python.managed_packages)} from there." if python.managed_packages else ""
    yield Finding(
        id="env.externally-managed",
        level="error" if refused or meant else "info",
        title="This Python belongs to the system's package manager, and pip may not install into it",
        detail=f"its folder is marked as externally managed (PEP 668).{brought} There is no environment of "
        "the project's own",
        cause="externally-managed",
        evidence=(Evidence(source=python.marker or "EXTERNALLY-MANAGED", value="externally managed"),),
        not_the_cause=("pip and the package: the refusal protects programs of the system",),
        remedy=_own_environment(facts, python),
    )


def _own_environment(facts: Facts, python: PythonFacts) -> Remedy:
    base = python_of(facts) if facts.target else "python3"
    sees = ("--system-site-packages",) if python.managed_packages else ()
    kept = "; --system-site-packages keeps what the system brought" if sees else ""
    return Remedy(
        text=f"make an environment (venv) in the project's folder and install there{kept}; never "
        "--break-system-packages",
        commands=(
            (base, "-m", "venv", *sees, ".venv"),
            (".venv/bin/python", "-m", "pip", "install", "-r", "requirements.txt"),
        ),
    )


def not_condas_base(facts: Facts) -> Iterator[Finding]:
    """An environment of its own, instead of the one that conda itself runs from."""
    python = facts.python
    if python is None or python.conda != "base":
        return
    yield Finding(
        id="env.conda-base",
        level="info",
        title="This is conda's base environment: conda itself runs from it",
        detail="a framework that replaces one of its packages can stop conda, and base cannot be made anew",
        cause="conda-base",
        evidence=(Evidence(source=python.prefix or "conda", value="base"),),
        remedy=Remedy(
            text="make an environment for the project",
            commands=(("conda", "create", "-n", "project", "python=3.12"), ("conda", "activate", "project")),
        ),
    )


def may_be_written(facts: Facts) -> Iterator[Finding]:
    """The user may install into the environment that is theirs."""
    python = facts.python
    if python is None or python.writable is not False or not (python.virtual or python.conda):
        return
    where = python.site_packages[0] if python.site_packages else python.prefix
    places = facts.room.places if facts.room else ()
    if any("ro" in one.options and where.startswith(one.mount or one.path) for one in places):
        return  # the disk is mounted read-only, whoever owns the files: `checks.room` says so
    yield Finding(
        id="env.not-writable",
        level="warning",
        title="The environment belongs to another user: this one may not install into it",
        detail="pip fails there with [Errno 13], or installs into the user's own site-packages instead; "
        "usually sudo pip or sudo conda made the files",
        cause="env-not-writable",
        evidence=(Evidence(source=where, value="not writable"),),
        remedy=_taken_back(facts, python),
    )


def _taken_back(facts: Facts, python: PythonFacts) -> Remedy:
    if facts.machine.host.os == "windows" or not python.prefix:
        return Remedy(text="make an environment in a folder of your own")
    return Remedy(
        text="take the folder back, where it is yours: sudo chown -R, with your own user's name and "
        f"{python.prefix}; else make an environment of your own. Never sudo pip"
    )


def modules_of_its_own(facts: Facts) -> Iterator[Finding]:
    """The Python was built with the modules that frameworks and data sets need."""
    python = facts.python
    if python is None or not python.lacks:
        return
    names = ", ".join(python.lacks)
    needed = {"_ctypes", "_ssl"}.intersection(python.lacks)
    yield Finding(
        id="env.python-incomplete",
        level="error" if needed else "warning",
        title=f"This Python was built without {names}",
        detail="the headers of their libraries were not there when it was compiled; no package of the index "
        "brings such a module",
        cause="python-without-modules",
        evidence=(Evidence(source=f"{python.base_prefix}/lib (lib-dynload)", value=f"no {names}"),),
        not_the_cause=("the packages: reinstalling them changes nothing",),
        remedy=Remedy(
            text="install the headers and build it again, or take a Python that is built already; then "
            "recreate the environment with it",
            commands=(("uv", "python", "install", "3.12"),),
        ),
    )


def a_python_at_all(facts: Facts) -> Iterator[Finding]:
    """``python`` starts a Python, and not the page of a shop; an embedded one can hold packages."""
    python = facts.python
    if python is None:
        return
    if python.placeholder:
        yield Finding(
            id="env.store-placeholder",
            level="warning",
            title="python starts Microsoft's Store, and no Python",
            detail="Windows puts a placeholder on PATH until a Python is installed",
            cause="store-placeholder",
            evidence=(Evidence(source=python.placeholder, value="an app execution alias without a Python"),),
            remedy=Remedy(
                text="install a Python, or switch the aliases off: Settings > Apps > Advanced app settings > "
                "App execution aliases",
                commands=(("scaffold", "env", "python", "--install", "3.12"),),
            ),
        )
    if python.isolated_path and not python.virtual:
        yield Finding(
            id="env.embedded",
            level="info",
            title="This is the embeddable Python: it imports only from what its ._pth file names",
            detail="it has no pip, no venv, no headers and no user site of its own, and ignores PYTHONPATH",
            cause="embedded-python",
            evidence=(Evidence(source=python.isolated_path, value="fixes sys.path"),),
            remedy=Remedy(text="use a full Python for training, or install with the program that brought it"),
        )
