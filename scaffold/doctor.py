"""``scaffold doctor``: gather facts, ask every check, answer with findings.

Read-only and offline. Nothing of the project's environment is started unless ``deep`` is asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from scaffold.checks import examine
from scaffold.checks.facts import Facts, TorchBuild
from scaffold.checks.model import Finding
from scaffold.environments.model import Environment
from scaffold.errors import NotAProject, ScaffoldError
from scaffold.machine import Machine, detect
from scaffold.system import System

#: Any of these in a folder without a record: it was a project of ours.
TRACES = (".scaffold", ".run")

_VERSION = re.compile(r"^__version__ = ['\"]([^'\"]+)['\"]", re.MULTILINE)
_CUDA = re.compile(r"^cuda(?:: [^=]+)? = (?:None|['\"]([^'\"]*)['\"])", re.MULTILINE)


def diagnose(
    system: System, start: Path, *, deep: bool, machine: Machine | None = None
) -> tuple[Facts, tuple[Finding, ...]]:
    """Facts and findings about the project around ``start``; about the machine alone where there is none.

    ``machine`` is one that was told, and stands in for this one; the project is always this one's.
    """
    problem = _data_problem(system)
    facts = replace(gather(system, start, deep=deep, machine=machine), data_problem=problem)
    return facts, examine(facts)


def _data_problem(system: System) -> ScaffoldError | None:
    """Lay the user's own data over the tables that checks ask; or why it cannot be."""
    from scaffold.builds import user_data

    try:
        user_data.apply(system)
    except ScaffoldError as problem:
        return problem
    return None


def gather(system: System, start: Path, *, deep: bool = False, machine: Machine | None = None) -> Facts:
    """Look at the machine and at the project around ``start``, where there is one; never raises."""
    from scaffold.projects.record import project_root, read_record

    machine = machine or detect(system, start)
    try:
        root = project_root(start)
    except NotAProject as problem:
        looks_like_one = any((start / name).exists() for name in TRACES)
        return (
            Facts(machine=machine, root=start.absolute(), record_problem=problem)
            if looks_like_one
            else Facts(machine=machine)
        )
    try:
        record = read_record(root)
    except NotAProject as problem:
        return _project_facts(system, Facts(machine=machine, root=root, record_problem=problem), deep=False)
    return _project_facts(system, Facts(machine=machine, root=root, record=record), deep=deep)


def _project_facts(system: System, known: Facts, *, deep: bool) -> Facts:
    from scaffold.checks.gathering import with_environment
    from scaffold.environments.holder import who_holds
    from scaffold.environments.layout import places
    from scaffold.environments.planned import is_damaged, read_machine
    from scaffold.pycharm.survey.survey import survey

    assert known.root is not None
    root = known.root
    declared, metadata_problem = _declared(root)
    project = replace(known, declared=declared, made_for=read_machine(root))
    busy = who_holds(root, system)
    project = replace(project, busy=busy)
    own, *further = (with_environment(project, place, system, prove=deep) for place in places(root))
    return replace(
        own,
        plan_damaged=is_damaged(root),
        torch=torch_build(system, own.environment) if own.environment else None,
        ide=survey(root, system),
        metadata_problem=metadata_problem,
        further=tuple(further),
    )


def _declared(root: Path) -> tuple[tuple[str, ...] | None, ScaffoldError | None]:
    """What ``pyproject.toml`` asks for, or why it cannot be used; uv, pip and ``env create`` all need it."""
    from scaffold.projects.declared import declared_requirements

    try:
        return declared_requirements(root), None
    except ScaffoldError as problem:
        return None, problem


def torch_build(system: System, environment: Environment) -> TorchBuild | None:
    """What the installed torch says of itself; None where it is not installed or says nothing."""
    from scaffold.environments.layout import site_packages_of

    folder = site_packages_of(environment.location)
    if folder is None:
        return None
    source = folder / "torch" / "version.py"
    return parse_torch_version(system.read_text(source) or "", str(source))


def parse_torch_version(text: str, source: str) -> TorchBuild | None:
    r"""Parse ``torch/version.py``.

    >>> parse_torch_version("__version__ = '2.13.0+cu126'\ncuda: Optional[str] = '12.6'\n", "v.py").cuda
    '12.6'
    >>> parse_torch_version("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n", "v.py").cuda
    ''
    """
    version, cuda = _VERSION.search(text), _CUDA.search(text)
    if version is None or cuda is None:
        return None
    return TorchBuild(version=version[1], cuda=cuda[1] or "", source=source)
