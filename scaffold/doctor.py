"""``scaffold doctor``: gather facts, ask every check, answer with findings.

Read-only and offline. Nothing of the project's environment is started unless ``deep`` is asked for.
"""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.checks import examine
from scaffold.checks.facts import Facts, ProofFact, RunFact, TorchBuild
from scaffold.checks.model import Finding
from scaffold.environments.model import Environment
from scaffold.errors import NotAProject, ScaffoldError
from scaffold.machine import detect
from scaffold.machine.model import Machine
from scaffold.projects.model import Record
from scaffold.system import System

_VERSION = re.compile(r"^__version__ = ['\"]([^'\"]+)['\"]", re.MULTILINE)
_CUDA = re.compile(r"^cuda(?:: [^=]+)? = (?:None|['\"]([^'\"]*)['\"])", re.MULTILINE)


def diagnose(system: System, start: Path, *, deep: bool) -> tuple[Facts, tuple[Finding, ...]]:
    """Facts and findings about the project around ``start``; about the machine alone where there is none."""
    facts = gather(system, start, deep=deep)
    return facts, examine(facts)


def gather(system: System, start: Path, *, deep: bool = False) -> Facts:
    """Look at the machine and at the project around ``start``; only damage to the record itself raises."""
    from scaffold.projects.record import project_root, read_record

    machine = detect(system, start)
    try:
        root = project_root(start)
    except NotAProject:
        return Facts(machine=machine)
    return _project_facts(system, machine, root, read_record(root), deep=deep)


def _project_facts(system: System, machine: Machine, root: Path, record: Record, *, deep: bool) -> Facts:
    from scaffold.environments.inspect import inspect, is_orphaned
    from scaffold.environments.plan import FOLDER
    from scaffold.environments.state import is_ready, read_state
    from scaffold.environments.verify import damages

    location = root / FOLDER
    environment, state = inspect(location, system), read_state(root)
    orphaned = is_orphaned(environment, system) if environment else None
    return Facts(
        machine=machine,
        root=root,
        record=record,
        location=location,
        environment=environment,
        finished=is_ready(root, location),
        state=state.status if state else None,
        made_at=state.location if state else "",
        orphaned=orphaned,
        damages=damages(location) if environment else None,
        torch=torch_build(system, environment) if environment else None,
        runs=_runs(root, system),
        proofs=_proofs(environment, root, record, system) if deep and environment and not orphaned else None,
    )


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


def _runs(root: Path, system: System) -> tuple[RunFact, ...]:
    from scaffold.pycharm.launch import configurations, resolve

    facts = []
    for one in configurations(root):
        try:
            problems = resolve(root, one.name, system=system).problems
        except ScaffoldError as problem:
            problems = (problem.message,)
        facts.append(RunFact(name=one.name, problems=problems))
    return tuple(facts)


def _proofs(environment: Environment, root: Path, record: Record, system: System) -> tuple[ProofFact, ...]:
    """Each framework by itself, so that one that breaks does not silence the other."""
    from scaffold.environments.planned import read_devices
    from scaffold.environments.probe import prove

    facts, devices = [], read_devices(root)
    for framework in record.frameworks:
        try:
            (proof,) = prove(environment, (framework,), devices.get(framework, "cpu"), system)
        except ScaffoldError as failure:
            facts.append(ProofFact(framework=framework, failure=failure))
        else:
            facts.append(ProofFact(framework=framework, proof=proof))
    return tuple(facts)
