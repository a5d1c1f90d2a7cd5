"""Make the environment keep to its builds: its pip, and which GPUs its programs see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scaffold.builds.model import BuildPlan
from scaffold.environments.layout import pip_configuration_of, site_packages_of
from scaffold.environments.model import EnvironmentPlan
from scaffold.sources.layers import is_variable
from scaffold.sources.model import Setting
from scaffold.sources.pip_settings import OURS
from scaffold.sources.redact import redact
from scaffold.system import OperatingSystem

#: Lies among the environment's packages where some GPU of the machine is of no use to its builds.
DEVICES = "scaffold_devices.pth"


def settle(plan: EnvironmentPlan, os: OperatingSystem) -> None:
    """Write pip's configuration for this environment: where the builds come from, and that they stay.

    Without it, ``pip install -U lightning`` replaces a CUDA 12.6 build by whatever PyPI has.
    """
    constraints = plan.location / "constraints.txt" if plan.builds else None
    if constraints is not None:
        constraints.write_text("".join(f"{line}\n" for line in pins(plan.builds)), encoding="utf-8")
    text = pip_configuration(plan, constraints)
    if text:
        target = pip_configuration_of(plan.location, os)
        target.touch(mode=0o600)  # an index's address may carry credentials
        target.write_text(text, encoding="utf-8")
    _choose_devices(plan)


def _choose_devices(plan: EnvironmentPlan) -> None:
    """Programs of this environment start with the GPUs that its builds run on, whoever starts them.

    A GPU that a build has no code for stops a program even where another one would do. A file that Python
    reads at its start reaches PyCharm's buttons and terminals alike; a variable that is set already wins.
    """
    variables = {name: value for build in plan.builds for name, value in build.environment.items()}
    folder = site_packages_of(plan.location)
    if not variables or folder is None:
        return
    target = folder / DEVICES
    target.write_text(devices_line(variables), encoding="utf-8")


def devices_line(variables: Mapping[str, str]) -> str:
    r"""The one line of a ``.pth`` file that is run.

    >>> devices_line({"HIP_VISIBLE_DEVICES": "1"})
    "import os; [os.environ.setdefault(*pair) for pair in {'HIP_VISIBLE_DEVICES': '1'}.items()]\n"
    """
    return f"import os; [os.environ.setdefault(*pair) for pair in {dict(variables)!r}.items()]\n"


def pins(builds: Iterable[BuildPlan]) -> tuple[str, ...]:
    """The builds as constraints. A constraint must not name extras.

    >>> from scaffold.builds.model import BuildPlan
    >>> pins([BuildPlan(framework="keras", package="tensorflow", version="2.21.0", variant="cu12",
    ...     device="cuda", requirement="tensorflow[and-cuda]==2.21.0", source="", source_kind="index")])
    ('tensorflow==2.21.0',)
    """
    found: dict[str, None] = {}
    for build in builds:
        for line in (build.requirement, *build.constraints):
            found[re.sub(r"\[[^\]]*\]", "", line)] = None
    return tuple(found)


def pip_configuration(plan: EnvironmentPlan, constraints: Path | None) -> str:
    """``pip.conf``. A value given here replaces the user's of the same name, hence theirs are repeated.

    pip splits values at blanks, so that a path is only safe as a URL. Empty where pip needs no telling.
    """
    settings, flat = plan.settings, plan.settings.pytorch_flat
    pytorch, links = _of(plan.builds, "pytorch"), _of(plan.builds, "find-links")
    extra, pages = ([], [*pytorch, *links]) if flat else (pytorch, links)
    sources = [
        *_index_line(settings.index),
        *_line("extra-index-url", extra, [one.value for one in settings.extra_indexes]),
        *_line("find-links", pages, [one.value for one in settings.find_links]),
    ]
    head = ["[global]", *sources, ""] if sources else []
    limit = ["[install]", f"constraint = {constraints.as_uri()}", ""] if constraints else []
    return "\n".join([OURS, *head, *limit]) if head or limit else ""


def _index_line(index: Setting) -> list[str]:
    """The ordinary index where pip would not find it by itself, for PyCharm's buttons.

    A variable stands for a session, not for an environment. Credentials are not copied.
    """
    from scaffold.sources.settings import DEFAULT_INDEX  # loads distlib's client

    own = index == DEFAULT_INDEX or index.origin.endswith(("pip.conf", "pip.ini"))
    if own or is_variable(index) or redact(index.value) != index.value:
        return []
    return [f"index-url = {_as_url(index.value)}"]


def _of(builds: Iterable[BuildPlan], kind: str) -> list[str]:
    return [build.source for build in builds if build.source_kind == kind and build.source]


def _line(name: str, ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Nothing where a build needs nothing: the user's own setting is then read where it stands."""
    if not ours:
        return []
    values = dict.fromkeys(_as_url(value) for value in (*theirs, *ours))
    return [f"{name} =", *(f"    {value}" for value in values)]


def _as_url(place: str) -> str:
    return place if "://" in place else Path(place).expanduser().absolute().as_uri()
