"""What to lock instead: the build that ``scaffold builds`` would choose."""

from __future__ import annotations

from scaffold.builds.model import DISTRIBUTIONS, BuildPlan, Framework
from scaffold.locks.case import Case
from scaffold.locks.frameworks import Build

#: What `scaffold builds --framework` calls them.
_OPTIONS: dict[str, Framework] = {name: framework for framework, name in DISTRIBUTIONS.items()}


def other_build(case: Case, build: Build) -> str:
    """The build of the same framework that fits the machine, and the command that says why."""
    plan = _chosen(case, build)
    command = f"scaffold builds --framework {_OPTIONS[build.framework]}"
    if plan is None:
        return f"no build of {build.framework} fits here for Python {case.target.python}: {command} says why"
    if build.package.conda:
        return _beside_conda(build, plan, command)
    if plan.version == str(build.version) and plan.variant == build.variant:
        return f"{command} says what fits"
    where = f" from {plan.source}" if plan.source else ""
    beside = f", with {' and '.join(plan.constraints)}" if plan.constraints else ""
    return f"lock {plan.requirement}{where}{beside} ({command} says why)"


def _beside_conda(build: Build, plan: BuildPlan, command: str) -> str:
    """A file of conda's has a list for pip: the build goes there, and conda's is taken out."""
    lines = [f"--extra-index-url {plan.source}"] if plan.source else []
    wanted = " and ".join([*lines, plan.requirement, *plan.constraints])
    ended = "PyTorch's own conda builds ended with 2.5; " if build.framework == "torch" else ""
    why = f"({ended}{command} says why)"
    return f"in place of conda's {build.package.name}, put {wanted} in the list of pip {why}"


def _chosen(case: Case, build: Build) -> BuildPlan | None:
    from scaffold.builds.advice import advise

    answers = advise(case.machine, case.target.python, (_OPTIONS[build.framework],)).answers
    return next((one for one in answers if isinstance(one, BuildPlan)), None)
