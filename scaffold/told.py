"""A plan for a machine that is told instead of looked at: what ``new --dry-run --facts FILE`` shows."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import builds
from scaffold.builds.model import PREFERENCE
from scaffold.errors import OptionRefused
from scaffold.interpreters.model import Interpreter
from scaffold.setup import SetupPlan, Wishes
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.facts.model import Observed


def plan_told(system: System, observed: Observed, wishes: Wishes) -> SetupPlan:
    """Python and builds by scaffold's tables alone: no index is asked, no interpreter is looked for.

    ``system`` is this machine, whose user may have data of their own. The Python is the wished one, else
    the one that the facts name, else any of the usual ones. Raises
    OptionRefused for a Python or an index that only this machine could tell of, PythonMissing, NoBuild.
    """
    from scaffold.builds import user_data

    wishes.refuse_empty()
    own = user_data.apply(system)
    if wishes.index not in ("auto", "pypi"):
        raise OptionRefused(
            f"--index {wishes.index}: with --facts no index is asked, scaffold's tables tell what there is",
            hint="use --index auto or --index pypi with --facts",
        )
    choice = builds.choose(
        observed.machine,
        PREFERENCE,  # nothing says which are there: these can be had for any machine
        wishes.frameworks,
        None,
        wanted_python=_minor(wishes.python) if wishes.python else observed.python or None,
        index_policy="pypi" if wishes.index == "pypi" else "auto",
        together=bool(wishes.together),
    )
    notice = "no index was asked and no Python looked for: this is what scaffold knows of releases"
    return SetupPlan(
        machine=observed.machine,
        interpreter=_interpreter(choice.python, observed.machine.host.architecture),
        choice=replace(choice, notices=(*observed.notes, *choice.notices, *own.notes, notice)),
        environments=(),
    )


def _minor(python: str) -> str:
    match = re.fullmatch(r"(\d\.\d{1,2})(?:\.\d+)?", python)
    if match is None:
        raise OptionRefused(
            f"--python {python}: with --facts only a version can be meant", hint="such as --python 3.12"
        )
    return match[1]


def _interpreter(python: str, architecture: str) -> Interpreter:
    """It stands for one that nobody has looked for."""
    return Interpreter(
        path=Path(f"python{python}"),
        version=python,
        implementation="CPython",
        machine=architecture,
        bits=64,
        origin="not looked for",
    )
