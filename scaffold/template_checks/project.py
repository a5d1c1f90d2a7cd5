"""A project with an environment: its own tests, and a short run of everything that it can start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.projects.model import RunConfiguration
from scaffold.system import System
from scaffold.template_checks.model import Check, Row, failed, judged, skipped
from scaffold.template_checks.tools import told

#: Seconds. A smoke run ends within half a minute on two cores, and a busy machine is several times slower.
SMOKE_PATIENCE = 900.0
TESTS_PATIENCE = 3600.0

#: More threads than cores make small networks many times slower.
_THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")

_NO_TESTS = 5  # pytest's exit status where it collected none

#: Kinds that are smoke runs: the tests have rows of their own, a compound's members have theirs.
SMOKED = ("module", "script", "torchrun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project on disk that can run."""

    root: Path
    python: Path
    system: System

    @property
    def environment(self) -> Mapping[str, str]:
        """This process's variables, with one thread for numerics."""
        return {**self.system.environment, **dict.fromkeys(_THREADS, "1")}


def smoke(project: Project, check: Check, run: RunConfiguration) -> Row:
    """A run configuration as PyCharm starts it, with its smoke arguments behind its own."""
    from scaffold.pycharm.launching.launch import resolve
    from scaffold.pycharm.registration.known import registered_interpreters

    system = project.system
    try:
        launch = resolve(
            project.root,
            run.name,
            extra_arguments=run.smoke,
            system=system,
            registered=registered_interpreters(system),
        )
    except ScaffoldError as problem:
        return failed(check, problem.message, problem.detail)
    if launch.problems:
        return judged(check, launch.problems)
    environment = {**launch.environment, **dict.fromkeys(_THREADS, "1")}
    done = system.run(launch.argv, timeout=SMOKE_PATIENCE, cwd=launch.cwd, environment=environment)
    if done.ok and "Traceback (most recent call last)" in done.stderr:
        return failed(check, "it ended well, and with a traceback", done.stderr.splitlines())
    return told(check, done)


def own_tests(project: Project, check: Check, marked: str) -> Row:
    """The project's tests of a mark (``slow``, ``not slow``).

    The status alone does not tell: a test that leaves by ``os._exit(0)`` ends all others, too.
    """
    command = (str(project.python), "-m", "pytest", "-q", "-m", marked)
    done = project.system.run(
        command, timeout=TESTS_PATIENCE, cwd=project.root, environment=project.environment
    )
    if done.status == _NO_TESTS:
        return skipped(check, f"the project has no tests that are {marked}")
    if done.ok and not any(" passed" in line for line in done.stdout.splitlines()[-3:]):
        return failed(check, "pytest ended before it could say what passed", done.stdout.splitlines())
    return told(check, done)
