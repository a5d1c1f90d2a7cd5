"""``environment.yml``: the environment as colleagues make it, ``conda env create -f environment.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scaffold.environments.installers.conda import CHANNEL, PIP
from scaffold.environments.model import EnvironmentPlan
from scaffold.files import put_file

#: The first line of a file that may be written anew; one that begins otherwise is the user's.
HEADER = "# Written by scaffold for conda; make it with: conda env create -f {name}"


def path_of(plan: EnvironmentPlan) -> Path:
    """``environment.yml``, ``environment-keras.yml`` of a further environment."""
    ending = f"-{plan.place.name}" if plan.place.name else ""
    return plan.root / f"environment{ending}.yml"


def write_environment_file(plan: EnvironmentPlan) -> bool:
    """Write it, whole or not at all; False where one lies there that is the user's. Raises OSError."""
    target = path_of(plan)
    if not is_ours(target):
        return False
    put_file(target, content(plan))
    return True


def is_ours(target: Path) -> bool:
    """Whether the file may be written: it is not there, or begins as ours do."""
    try:
        first = target.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return first == HEADER.format(name=target.name)


def content(plan: EnvironmentPlan) -> str:
    """Python and pip from conda-forge, everything else from the indexes of the plan, as wheels.

    No address of the user's own index stands here, nor a folder of wheels: they belong to one machine.
    ``nodefaults`` is left out, though documented: conda 26.7 (2026-08) asks its servers for a channel of
    that name and stops, in `conda env create` too (tried).
    """
    import yaml

    name = plan.place.name
    document: dict[str, Any] = {
        "name": f"{plan.root.name}-{name}" if name else plan.root.name,
        "channels": [CHANNEL],
        "dependencies": [f"python={plan.interpreter.minor}", PIP, {"pip": _pip_lines(plan)}],
    }
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
    return f"{HEADER.format(name=path_of(plan).name)}\n{body}"


def _pip_lines(plan: EnvironmentPlan) -> list[str]:
    from scaffold.environments.installers.itself import project_distribution
    from scaffold.environments.plan import constraints, wanted
    from scaffold.projects.requirements import PYTORCH

    # PyTorch's own address, whatever mirror or folder served the build here.
    variants = [build.requirement.partition("+")[2] for build in plan.builds]
    sources = [f"--extra-index-url {PYTORCH}/{variant}" for variant in dict.fromkeys(filter(None, variants))]
    itself = [] if project_distribution(plan.root) is None else ["-e ."]
    # A constraint that nothing asks for directly is as good as a requirement of what brings it.
    return [*sources, *wanted(plan), *constraints(plan), *itself]
