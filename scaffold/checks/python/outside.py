"""The user's own site-packages, from which conda's and bare Pythons import before their own (PEP 370)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.python.cures import python_of
from scaffold.probing.interpreter.model import Outside, PythonFacts
from scaffold.probing.interpreter.outside import STACK

#: More packages than this say no more.
_SHOWN = 6


def nothing_from_the_users_site(facts: Facts) -> Iterator[Finding]:
    """Nothing of the stack is imported from the user's site instead of from the environment."""
    python = facts.python
    if python is None or _switched_off(facts):
        return
    if not python.outside:
        yield from _imported_from_there(facts, python)
        return
    leaking = [one for one in python.outside if _is_seen(one, python)]
    hiding = [one for one in leaking if one.hidden and one.hidden != one.version]
    bare = python.virtual is False and not python.conda and python.manager != "conda"
    if bare and not hiding:
        return  # it is where pip put what it may not put elsewhere
    if leaking:
        yield _finding(facts, python, hiding or leaking, level="warning" if bare else "error")


def _imported_from_there(facts: Facts, python: PythonFacts) -> Iterator[Finding]:
    """A conda environment is looked at, and the log has a module of the stack out of the user's site."""
    sign = facts.log.sign("user-site-module") if facts.log else None
    if sign is None or not (python.conda or python.manager == "conda") or python.virtual:
        return
    location, module = sign.groups
    name = _DISTRIBUTIONS.get(module.lower(), module.lower().replace("_", "-"))
    seen = Outside(name=name, location=location)
    if name in STACK and _is_seen(seen, python):
        found = _finding(facts, python, [seen], level="error")
        shown = Evidence(source=f"{facts.log.source}:{sign.line}" if facts.log else "log", value=sign.text)
        yield replace(found, evidence=(*found.evidence, shown))


#: Modules of the stack that are called otherwise than what is installed.
_DISTRIBUTIONS = {"pil": "pillow", "cv2": "opencv-python", "sklearn": "scikit-learn", "google": "protobuf"}


def _switched_off(facts: Facts) -> bool:
    """By a variable of this process, or of every run configuration."""
    if facts.variables and facts.variables.value("PYTHONNOUSERSITE"):
        return True
    runs = [one.configuration.environment for one in facts.ide.runs if not one.template] if facts.ide else []
    return bool(runs) and all(one.get("PYTHONNOUSERSITE") for one in runs)


def _is_seen(one: Outside, python: PythonFacts) -> bool:
    """Whether the interpreter looks there: never from a virtual environment, never into another version's."""
    if one.imported:
        return True
    named = re.search(r"python/?(3)\.?(\d{1,2})\b", one.location, re.IGNORECASE)
    if named and python.minor and (int(named[1]), int(named[2])) != python.minor:
        return False
    return python.user_site_enabled is not False


def _finding(facts: Facts, python: PythonFacts, found: list[Outside], *, level: str) -> Finding:
    names = ", ".join(f"{one.name} {one.version}".strip() for one in found[:_SHOWN])
    first = found[0]
    whose = "the conda environment" if python.conda or python.manager == "conda" else "the environment"
    contrast = (
        f"{whose} has {first.name} {first.hidden}" if first.hidden else f"{whose} is meant to be complete"
    )
    return Finding(
        id="env.user-site",
        level="error" if level == "error" else "warning",
        title=f"{names} {'comes' if len(found) == 1 else 'come'} from the user site, and {contrast}",
        detail="a Python outside of a virtual environment looks into the user's own site-packages first "
        "(PEP 370); half of the packages then come from there and half from the environment",
        cause="user-site-leak",
        evidence=tuple(Evidence(source=one.location, value=_contrast(one)) for one in found[:_SHOWN]),
        not_the_cause=("the environment's own packages: reinstalling them changes nothing",),
        remedy=_remedy(facts, python, found),
    )


def _contrast(one: Outside) -> str:
    hidden = f", hides {one.hidden}" if one.hidden else ""
    return f"{one.name} {one.version}".strip() + hidden


def _remedy(facts: Facts, python: PythonFacts, found: list[Outside]) -> Remedy:
    names = sorted({one.name for one in found})[:_SHOWN]
    keep: tuple[tuple[str, ...], ...] = ()
    if python.conda or python.manager == "conda":
        keep = (("conda", "env", "config", "vars", "set", "PYTHONNOUSERSITE=1"),)
    return Remedy(
        text="set PYTHONNOUSERSITE=1 (in the run configuration, too), install what is missing then into the "
        "environment, or uninstall the copies from the user site",
        commands=(*keep, (python_of(facts), "-m", "pip", "uninstall", *names)),
    )
