"""The interpreter that PyCharm would start for the project is one, and is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.ide.shown import evidence
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.pycharm.survey.model import IdeFacts, IdeInterpreter, IdeSettings
from scaffold.pycharm.survey.runs import WORKSPACE

CHOOSE = "Settings | Project | Python Interpreter | Add Interpreter | Select existing"

#: What a shell replaces, and PyCharm does not. Its own macros are in dollars on both sides.
UNEXPANDED = re.compile(r"~(?:[\\/]|$)|%\w+%|\$\{?[A-Za-z_]\w*\}?(?![\w$])")


def interpreter_there(facts: Facts) -> Iterator[Finding]:
    """The project has an interpreter; PyCharm knows it by that name; a program is there."""
    ide, settings = facts.ide, facts.ide.settings if facts.ide else None
    if ide is None or settings is None or settings.chosen is None:
        return
    opened: Level = "error" if facts.told or ide.file(WORKSPACE) is not None else "info"
    entries = settings.known(settings.chosen)
    if not settings.chosen:
        if settings.products or facts.told:
            yield _none(settings, ide, opened, facts)
    elif any(UNEXPANDED.match(one.home) for one in entries):
        return  # `paths_expanded` says why nothing is there
    elif entries and all(one.there is False for one in entries):
        rows = ((one.source, f"{one.name} is {one.home}, and nothing is there") for one in entries)
        yield _missing(
            f"PyCharm starts the project with {settings.chosen}, and {entries[0].home} is not there",
            "the environment was moved or deleted, or the Python below it was removed",
            evidence(rows),
            opened,
            facts,
        )
    elif entries and all(_is_none(one.home) for one in entries):
        yield _no_python(entries[0], opened, facts)
    elif settings.interpreters is not None and not entries and not settings.home:
        yield _missing(
            f'The project takes the interpreter "{settings.chosen}", which no PyCharm here knows',
            "names of interpreters are each machine's own; nothing runs until one is chosen here",
            evidence([(settings.source, settings.chosen)]),
            opened,
            facts,
        )


#: Folders of the system's programs: what is called otherwise there is no wrapper around a Python.
_PROGRAMS = re.compile(r"/(?:usr/(?:local/)?)?s?bin/[^/]+")

#: What a program is called that is a Python, or starts one: hython, mayapy, ipython.
_A_PYTHON = re.compile(r"py|conda|sage|jython|blender", re.IGNORECASE)


def _is_none(home: str) -> bool:
    """Whether a program cannot be a Python, by its name and place. Wrappers of the user's own may be any."""
    return bool(_PROGRAMS.fullmatch(home)) and not _A_PYTHON.search(home.rpartition("/")[2])


def _no_python(entry: IdeInterpreter, level: Level, facts: Facts) -> Finding:
    return _missing(
        f"PyCharm's interpreter {entry.name} is {entry.home}, which is no Python",
        "its table of interpreters was written by a plugin or by hand: it says Invalid Python SDK",
        evidence([(entry.source, f"{entry.name} is {entry.home}")]),
        level,
        facts,
    )


def _none(settings: IdeSettings, ide: IdeFacts, level: Level, facts: Facts) -> Finding:
    there = facts.target is not None and facts.target.python is not None
    return _missing(
        "The project has no interpreter in PyCharm" + (", though there is an environment" if there else ""),
        "without one, Run opens Edit Configuration instead of starting anything",
        (Evidence(source=settings.source or str(ide.root), value="no interpreter"),),
        level,
        facts,
    )


def _missing(title: str, detail: str, rows: tuple[Evidence, ...], level: Level, facts: Facts) -> Finding:
    return Finding(
        id="ide.interpreter-missing",
        level=level,
        title=title,
        detail=detail,
        cause="ide-no-interpreter",
        evidence=rows,
        not_the_cause=("the run configuration itself", "the frameworks and the GPU"),
        remedy=_choose(facts),
    )


def _choose(facts: Facts) -> Remedy:
    """Where a project is ours, PyCharm can be told; else it is a click."""
    if facts.record is not None:
        return Remedy(
            text="make the interpreter known to PyCharm", commands=(("scaffold", "ide", "pycharm"),)
        )
    python = facts.target.python if facts.target else None
    which = f": {python}" if python else " of the project's environment, by its absolute path"
    return Remedy(text=f"choose the interpreter{which}   ({CHOOSE})")


def paths_expanded(facts: Facts) -> Iterator[Finding]:
    """No path to an interpreter is written as only a shell would understand it."""
    if facts.ide is None:
        return
    rows = list(_unexpanded(facts.ide))
    if rows:
        yield Finding(
            id="ide.interpreter-missing",
            level="error",
            title=f"PyCharm starts {rows[0][1]} as it is written: ~ and variables are for shells",
            detail="Java starts programs without a shell, so the path leads nowhere: error=2, No such file",
            cause="unexpanded-path",
            evidence=evidence(rows),
            not_the_cause=("the environment: in a terminal the same path works",),
            remedy=Remedy(text=f"choose the interpreter by its absolute path, without ~   ({CHOOSE})"),
        )


def _unexpanded(ide: IdeFacts) -> Iterator[tuple[str, str]]:
    settings = ide.settings
    entries = settings.known(settings.chosen or "") if settings else ()
    yield from ((one.source, one.home) for one in entries if UNEXPANDED.match(one.home))
    if settings and not entries and UNEXPANDED.match(settings.home):
        yield settings.source, settings.home
    for run in ide.runs:
        value = run.option("SDK_HOME")
        if UNEXPANDED.match(value) and not run.configuration.flag("IS_MODULE_SDK", default=False):
            yield run.place("SDK_HOME"), value
