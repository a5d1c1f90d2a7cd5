"""``scaffold doctor``: gather facts, ask every check, answer with findings.

Read-only and offline. Nothing of the project's environment is started unless ``deep`` is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.errors import NotAProject, ScaffoldError
from scaffold.logs.model import Log
from scaffold.machine import Machine, detect
from scaffold.probing.scene import Scene
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.system import System

#: In a folder without a record: it was a project of ours. The rest of .scaffold may stand in any project.
TRACES = (".scaffold/run_scaffold.py", ".scaffold/update/journal.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What doctor is asked."""

    start: Path  # a project, or a folder in one, or any folder
    python: Path | None = None  # the interpreter, or an environment, that is meant
    deep: bool = False  # start the target's interpreter and let the frameworks compute
    online: bool = False  # ask the network
    before: bool = False  # nothing is installed yet: judge machine, Python, what the project asks for
    log: Log | None = None
    told: Facts | None = None  # facts from a file
    machine_alone: bool = False  # they tell of the machine alone: the project is this one's


def diagnose(system: System, request: Request) -> tuple[Facts, tuple[Finding, ...]]:
    """Facts and findings about the project around ``request.start``, or about what was told."""
    if request.told is not None and not request.machine_alone:
        facts = replace(request.told, log=request.log or request.told.log)
        facts = not_installed(facts) if request.before else facts
    else:
        problem = _data_problem(system)
        machine = request.told.machine if request.told else None
        facts = gather(system, request.start, deep=request.deep and not request.before, machine=machine)
        facts = replace(_probed(system, facts, request), data_problem=problem, log=request.log)
        facts = not_installed(facts) if request.before else facts
    return facts, examine(facts)


def not_installed(facts: Facts) -> Facts:
    """The facts without what is installed: what will be is to be judged."""
    return replace(
        facts,
        before=True,
        environment=None,
        state=None,
        packages=None,
        libraries=None,
        extensions=None,
        further=(),
    )


def _probed(system: System, facts: Facts, request: Request) -> Facts:
    """With everything that is about any folder and any Python."""
    from scaffold.probing.aim import aim
    from scaffold.probing.everything import Guard, probed
    from scaffold.probing.target import Target

    own = facts.environment.location if facts.environment else None
    folder = facts.root or request.start.absolute()
    guard = Guard()
    target = guard.tried("target", lambda: aim(system, folder, python=request.python, own=own))
    ide = guard.tried("ide", lambda: _in_pycharm(system, folder, facts.ide)) or facts.ide
    scene = Scene(
        system=system,
        machine=facts.machine,
        target=target or Target(folder=folder),
        root=facts.root,
        ide=ide,
        online=request.online,
    )
    groups, failures = probed(scene)
    known = replace(facts, target=scene.target, ide=ide, **groups)
    if request.deep and not request.before:
        known = guard.tried("deep", lambda: _started(scene, known)) or known
    return replace(known, failed_probes=(*guard.failures, *failures))


def _in_pycharm(system: System, folder: Path, known: IdeFacts | None) -> IdeFacts | None:
    """The folder as PyCharm sees it, with this machine's settings; None where it is no project of its."""
    from scaffold.pycharm.survey.settings import with_settings
    from scaffold.pycharm.survey.survey import survey

    if known is None and any((folder / one).is_dir() for one in (".idea", ".run")) and folder != system.home:
        known = survey(folder, system)
    return None if known is None else with_settings(known, system)


def _started(scene: Scene, known: Facts) -> Facts:
    """With what the target's interpreter says when it is started; what a build says of itself is believed."""
    from scaffold.probing.deep.probe import probe

    deep = probe(scene, known.packages)
    run, packages = deep.of("torch"), known.packages
    if packages and packages.torch and run and run.architectures is not None:
        packages = replace(packages, torch=replace(packages.torch, architectures=run.architectures))
    return replace(known, deep=deep, packages=packages)


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
        ide=survey(root, system),
        metadata_problem=metadata_problem,
        notebooks=_notebooks(root, system),
        further=tuple(further),
    )


def _notebooks(root: Path, system: System) -> int:
    from scaffold.projects.discovery.contents import NOTEBOOK, FolderContents

    return len(tuple(FolderContents(root, system.home).listing.ending(NOTEBOOK)))


def _declared(root: Path) -> tuple[tuple[str, ...] | None, ScaffoldError | None]:
    """What ``pyproject.toml`` asks for, or why it cannot be used; uv, pip and ``env create`` all need it."""
    from scaffold.projects.declared import declared_requirements

    try:
        return declared_requirements(root), None
    except ScaffoldError as problem:
        return None, problem
