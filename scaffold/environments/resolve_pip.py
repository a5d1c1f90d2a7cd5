"""Resolve with pip, where there is no uv: the wheel of pip that virtualenv carries, run by the target Python.

pip knows no index for one package only. The frameworks are pinned with their local version, which no
other index has; everything else is pinned by hash to what pip found first.
"""

from __future__ import annotations

from pathlib import Path

from scaffold.environments import lock as locks
from scaffold.environments.failures import explain
from scaffold.environments.model import EnvironmentPlan
from scaffold.environments.plan import Resolution, constraints, wanted
from scaffold.environments.tools import pip_environment, seed_pip
from scaffold.errors import InstallFailed
from scaffold.system import System

#: Seconds; pip reads the metadata of whatever it considers, one after the other.
TIME_LIMIT = 1800.0


def resolve(plan: EnvironmentPlan, folder: Path, system: System) -> Resolution:
    """Ask pip for everything that the plan wants; ``folder`` is for files of the moment."""
    wheel = seed_pip(plan.interpreter.minor)
    if wheel is None:
        raise InstallFailed(
            f"There is no pip for Python {plan.interpreter.minor}", hint="choose a newer Python"
        )
    (folder / "requirements.txt").write_text("\n".join(wanted(plan)) + "\n", encoding="utf-8")
    (folder / "constraints.txt").write_text("\n".join(constraints(plan)) + "\n", encoding="utf-8")
    report = folder / "report.json"
    done = system.run(
        [
            plan.interpreter.path, "-I", wheel / "pip", "install", "--dry-run", "--ignore-installed",
            "--only-binary", ":all:", "--requirement", "requirements.txt", "--constraint", "constraints.txt",
            "--report", report, *source_arguments(plan),
        ],
        timeout=TIME_LIMIT,
        environment=pip_environment(plan.settings, system),
        cwd=folder,
    )  # fmt: skip
    if not done.ok:
        raise explain("pip", done.stdout + done.stderr, doing="resolve the requirements")
    found, lock = locks.parse_pip_report(locks.read_lock(report, "pip"))
    return Resolution(found=found, lock=lock, notices=("uv is not here: pip installs, which takes longer",))


def source_arguments(plan: EnvironmentPlan) -> list[str]:
    """Where the builds lie, as options of pip."""
    options = {"pytorch": "--extra-index-url", "find-links": "--find-links"}
    found = {
        build.source: options[build.source_kind] for build in plan.builds if build.source_kind in options
    }
    return [part for source, option in found.items() if source for part in (option, source)]
