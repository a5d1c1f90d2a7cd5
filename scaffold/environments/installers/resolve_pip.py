"""Resolve with pip, where there is no uv: the wheel of pip that virtualenv carries, run by the target Python.

pip knows no index for one package only. The frameworks are pinned with their local version, which no
other index has; everything else is pinned by hash to what pip found first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from scaffold.environments.installers import resolved as locks
from scaffold.environments.installers.retry import Tell, persistently, silent
from scaffold.environments.installers.tools import find_uv, pip_environment_for, seed_pip
from scaffold.environments.model import EnvironmentPlan
from scaffold.environments.plan import Resolution, constraints, wanted
from scaffold.errors import InstallFailed
from scaffold.system import Completed, System

#: Seconds; pip reads the metadata of whatever it considers, one after the other.
TIME_LIMIT = 1800.0


def resolve(plan: EnvironmentPlan, folder: Path, system: System, *, tell: Tell = silent) -> Resolution:
    """Ask pip for everything that the plan wants; ``folder`` is for files of the moment."""
    wheel = seed_pip(plan.interpreter.minor)
    if wheel is None:
        raise InstallFailed(
            f"There is no pip for Python {plan.interpreter.minor}", hint="choose a newer Python"
        )
    (folder / "requirements.txt").write_text("\n".join(wanted(plan)) + "\n", encoding="utf-8")
    (folder / "constraints.txt").write_text("\n".join(constraints(plan)) + "\n", encoding="utf-8")
    report = folder / "report.json"

    def call(afresh: tuple[str, ...]) -> Completed:
        return heard(
            lambda environment: system.run(
                [
                    plan.interpreter.path, "-I", wheel / "pip", "install", "--dry-run", "--ignore-installed",
                    "--only-binary", ":all:", "--requirement", "requirements.txt",
                    "--constraint", "constraints.txt", "--report", report, *uncached(afresh),
                ],
                timeout=TIME_LIMIT,
                environment=environment,
                cwd=folder,
            ),
            pip_environment_for(plan, system), folder, system,
        )  # fmt: skip

    persistently(call, "pip", doing="resolve the requirements", tell=tell)
    found, lock = locks.parse_pip_report(locks.read_lock(report, "pip"))
    why = "uv is not here" if find_uv(system) is None else "because --backend pip was said"
    return Resolution(found=found, lock=lock, notices=(f"{why}: pip installs, which takes longer",))


def uncached(packages: Iterable[str]) -> list[str]:
    """The option with which pip takes nothing from its cache: it cannot be told of single packages."""
    return ["--no-cache-dir"] if tuple(packages) else []


def heard(
    run: Callable[[Mapping[str, str]], Completed],
    environment: Mapping[str, str],
    folder: Path,
    system: System,
) -> Completed:
    """A call of pip in an environment, with what pip tells its log alone (`unheard`)."""
    log = folder / "pip.log"
    log.unlink(missing_ok=True)
    done = run({**environment, "PIP_LOG": str(log)})
    return replace(done, stderr=done.stderr + unheard(system.read_text(log) or ""))


def unheard(log: str) -> str:
    r"""What pip keeps to itself: an index that answers 503 is to it one that has no such package.

    Indexes that really lack a package say 404, PyTorch's 403.

    >>> unheard("2026-11-22T09:00 Could not fetch URL http://h/a/: too many 503 error responses - skipping")
    '\nERROR: Could not fetch URL http://h/a/: too many 503 error responses - skipping'
    """
    found = re.findall(r"Could not fetch URL .*", log)
    told = (line for line in dict.fromkeys(found) if not re.search(r"\b(?:403|404|410) Client Error", line))
    return "".join(f"\nERROR: {line}" for line in told)
