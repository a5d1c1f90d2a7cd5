"""Virtual environments that lost what they stand on: their base Python, their place, their scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy, counted
from scaffold.checks.python.cures import python_of, recreated
from scaffold.probing.interpreter.model import PythonFacts, Script, VenvFacts

#: More scripts than this say no more.
_SHOWN = 4

_PACKAGES = "what is installed: the packages are there; what is gone is the interpreter below them"


def environment_whole(facts: Facts) -> Iterator[Finding]:
    """The environment's interpreter is there, where and what it was when the environment was made."""
    python = facts.python
    if python is None or facts.orphaned or _said_as_moved(facts):
        return
    found = _broken(facts, python)
    if found is not None:
        yield found
    elif python.venv is not None and python.venv.program_alive:
        yield Finding(
            id="env.venv-broken",
            level="ok",
            title="The environment's interpreter and scripts lead to a Python that is there",
            evidence=(Evidence(source=python.executable, value=python.venv.program),),
        )


def _said_as_moved(facts: Facts) -> bool:
    """`checks.interpreter` says it of a project's own environment."""
    return bool(facts.environment and facts.made_at and facts.made_at != str(facts.environment.location))


def _broken(facts: Facts, python: PythonFacts) -> Finding | None:
    venv = python.venv
    if venv is not None:
        if venv.program_alive is False:
            return _foreign(facts, venv) if venv.foreign_layout else _dangling(facts, venv)
        if venv.home_alive is False:
            return _home_gone(facts, venv)
        if venv.site_packages is False:
            return _upgraded(facts, python, venv)
        if _moved(venv):
            return _elsewhere(facts, venv)
    if python.alive is False:
        return _gone(python)
    if python.stale:
        return _stale(facts, python)
    return _fragile(facts, venv) if venv is not None else None


def _gone(python: PythonFacts) -> Finding:
    return Finding(
        id="env.venv-broken",
        level="error",
        title=f"The interpreter {python.executable} is named, and nothing is there",
        detail="the Python, or the environment around it, was removed or moved",
        cause="venv-base-removed",
        evidence=(Evidence(source=python.executable, value="missing, or a link that leads nowhere"),),
        remedy=Remedy(
            text="name an interpreter that is there; or recreate the environment with one",
            commands=(("scaffold", "env", "python"),),
        ),
    )


def _finding(facts: Facts, venv: VenvFacts, title: str, cause: str, detail: str, seen: Evidence) -> Finding:
    where = _configuration(venv)
    made = (Evidence(source=where, value=f"home = {venv.home}"),) if venv.home else ()
    return Finding(
        id="env.venv-broken",
        level="error",
        title=title,
        detail=detail,
        cause=cause,
        evidence=(seen, *made),
        not_the_cause=(_PACKAGES,),
        remedy=recreated(facts),
    )


def _configuration(venv: VenvFacts) -> str:
    return f"{venv.folder or '.venv'}/pyvenv.cfg"


def _dangling(facts: Facts, venv: VenvFacts) -> Finding:
    leads = venv.program or "nowhere"
    return _finding(
        facts,
        venv,
        f"The environment's interpreter leads to {leads}, and nothing is there",
        "venv-base-removed",
        "the Python that the environment was made from was removed, upgraded or replaced, or the environment "
        "was copied from another machine",
        Evidence(source=f"{venv.folder or '.venv'}/bin/python", value=f"leads to {leads}, which is missing"),
    )


def _foreign(facts: Facts, venv: VenvFacts) -> Finding:
    other = "Windows" if venv.foreign_layout == "Scripts" else "Linux or macOS"
    here = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}[facts.machine.host.os]
    return _finding(
        facts,
        venv,
        f"The environment was made by {other}'s Python, and this is {here}",
        "venv-foreign-os",
        f"its programs lie in {venv.foreign_layout}, where {here} has another folder; environments cannot be "
        "shared between systems, also not between Windows and WSL",
        Evidence(source=venv.folder, value=f"{venv.foreign_layout} is there"),
    )


def _home_gone(facts: Facts, venv: VenvFacts) -> Finding:
    version = f"Python {venv.version}" if venv.version else "The Python"
    return _finding(
        facts,
        venv,
        f"{version} that the environment was made from is gone: none is in {venv.home or 'its folder'}",
        "venv-base-removed",
        "an environment borrows its standard library from the Python below it",
        Evidence(source=venv.home or _configuration(venv), value="no Python there"),
    )


def _upgraded(facts: Facts, python: PythonFacts, venv: VenvFacts) -> Finding:
    made = f"for Python {venv.version}" if venv.version else "for another version"
    return _finding(
        facts,
        venv,
        f"The environment's packages were installed {made}, and its interpreter is {python.version} now",
        "venv-base-upgraded",
        f"{venv.program} was upgraded below it; a Python looks only into the folder of its own version, "
        "so that every package seems to be missing",
        Evidence(source=f"{venv.folder}/lib", value=f"no python{'.'.join(python.version.split('.')[:2])}"),
    )


def _moved(venv: VenvFacts) -> bool:
    """Made in another folder, and its scripts (or nobody) know this one."""
    if not venv.made_at or not venv.folder or _same(venv.made_at, venv.folder):
        return False
    return bool(venv.stale) or venv.scripts in (None, 0)


def _same(one: str, other: str) -> bool:
    """Two spellings of one folder; a relative one may be any."""
    first, second = (path.replace("\\", "/").rstrip("/").casefold() for path in (one, other))
    return first == second or not re.match(r"/|[a-z]:/", second)


def _elsewhere(facts: Facts, venv: VenvFacts) -> Finding:
    return Finding(
        id="env.venv-broken",
        level="warning" if venv.scripts == 0 else "error",  # then nothing but its activation fails
        title=f"The environment was made in {venv.made_at} and was moved to {venv.folder}",
        detail="its interpreter works, and its programs (pip, torchrun, tensorboard) and its activation "
        "script name the old folder",
        cause="venv-moved",
        evidence=(
            Evidence(source=f"{venv.folder}/bin/activate", value=f"VIRTUAL_ENV={venv.made_at}"),
            *_shown(venv.stale),
        ),
        not_the_cause=("the packages, and python -m pip: these work from the new folder",),
        remedy=recreated(facts, "; until then call programs as modules (python -m pip)"),
    )


def _stale(facts: Facts, python: PythonFacts) -> Finding:
    scripts = python.stale
    names = ", ".join(re.split(r"[\\/]", one.path)[-1] for one in scripts[:_SHOWN])
    gone = [one for one in scripts if one.alive is False]
    lead = gone[0] if gone else scripts[0]
    state = "which is not there" if gone else "of another environment"
    return Finding(
        id="env.venv-broken",
        level="error" if gone else "warning",
        title=f"{counted(len(scripts), 'program')} ({names}) would be started by {lead.interpreter}, {state}",
        detail="programs that packages install keep the path of their interpreter in their first line; the "
        "environment was moved or copied, or its Python was upgraded or removed",
        cause="stale-shebang",
        evidence=_shown(scripts),
        not_the_cause=("the packages themselves: python -m pip, python -m torch.distributed.run work",),
        remedy=_reinstalled(facts, python, scripts),
    )


def _reinstalled(facts: Facts, python: PythonFacts, scripts: Sequence[Script]) -> Remedy:
    if python.virtual:
        return recreated(facts, "; until then call programs as modules (python -m pip)")
    tools = sorted({re.split(r"[\\/]", one.path)[-1].removesuffix(".exe").rstrip("3") for one in scripts})
    program = python_of(facts) if facts.target else "python3"
    return Remedy(
        text="reinstall these programs for the Python that is there now, or recreate the environment that "
        "was moved; until then call them as modules (python3 -m ...)",
        commands=((program, "-m", "pip", "install", "--force-reinstall", "--no-deps", *tools[:_SHOWN]),),
    )


def _shown(scripts: Sequence[Script]) -> tuple[Evidence, ...]:
    return tuple(Evidence(source=one.path, value=f"#!{one.interpreter}") for one in scripts[:_SHOWN])


def _fragile(facts: Facts, venv: VenvFacts) -> Finding | None:
    """Made from a folder that is deleted with the next upgrade."""
    cellar = re.search(r"/Cellar/(?P<name>python@?[\d.]*)/(?P<version>[\d._]+)", venv.home)
    if cellar is None:
        return None
    return Finding(
        id="env.venv-broken",
        level="warning",
        title=f"The environment will break when Homebrew replaces {cellar['name']} {cellar['version']}",
        detail="it was made from the folder of one patch version, which brew upgrade deletes",
        cause="venv-base-removed",
        evidence=(Evidence(source=_configuration(venv), value=f"home = {venv.home}"),),
        remedy=recreated(facts, f": one in Homebrew's opt/{cellar['name']}/bin outlives upgrades"),
    )
