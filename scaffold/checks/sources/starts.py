"""Scripts inside a package that are started as if they were none of it."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.sources.model import Source, SourceFacts, Started
from scaffold.shell import line


def started_as_modules(facts: Facts) -> Iterator[Finding]:
    """What is started by its path imports nothing that only the folder above it holds."""
    sources = facts.sources
    if sources is None or _reaches(facts, sources):
        return
    for source in sources.sources:
        started = _started(source, sources) or _seen_in_log(source, facts)
        broken = _broken_by_path(source, facts)
        if started is not None and broken is not None:
            yield _finding(source, started, broken, facts)


def _finding(source: Source, started: Started, broken: tuple[str, str], facts: Facts) -> Finding:
    place, what = broken
    module = source.path.removesuffix(".py").replace("/", ".")
    python = str(facts.target.python) if facts.target and facts.target.python else "python"
    folder = source.path.rpartition("/")[0]
    return Finding(
        id="proj.run-as-module",
        level="error",
        title=f"{source.path} is started by its path, and {what} is found from above {folder}/ only",
        detail=f"`python {source.path}` puts {folder}/ on the import path, not the project's folder; PyCharm "
        "adds the project's folder itself, so the same script runs there and fails in a terminal",
        cause="script-vs-module-run",
        evidence=(
            Evidence(source=place, value=what),
            Evidence(source=started.place, value=f"starts {started.script}"),
        ),
        not_the_cause=("the environment: nothing has to be installed",),
        remedy=Remedy(
            text=f"start it as a module from the project's folder: {line('python', '-m', module)} "
            f"(in PyCharm: the run configuration's Module name {module} in place of Script path); "
            "or set PYTHONPATH there",
            commands=((python, "-m", module),),
        ),
    )


def _started(source: Source, sources: SourceFacts) -> Started | None:
    return next((one for one in sources.started if one.script == source.path), None)


def _seen_in_log(source: Source, facts: Facts) -> Started | None:
    """The log says that the package was not found: then its script was started by its path."""
    sign = facts.log.sign("own-package-missing") if facts.log else None
    top = source.path.partition("/")[0]
    if sign is None or facts.log is None or not source.guarded or top not in sign.groups:
        return None
    return Started(script=source.path, place=f"{facts.log.source}:{sign.line}")


def _broken_by_path(source: Source, facts: Facts) -> tuple[str, str] | None:
    """Place and text of the first import that fails when the script is started by its path."""
    folder = source.path.rpartition("/")[0]
    if not folder:
        return None
    if source.relative:
        return f"{source.path}:{source.relative}", "from . import ..."
    top = source.path.partition("/")[0]
    installed = facts.packages is not None and facts.packages.of(top.replace("_", "-").lower()) is not None
    for one in source.imports:
        if one.module.partition(".")[0] == top and not one.optional and not installed:
            place = f"{source.path}:{one.line}" if one.line else source.path
            return place, one.module
    return None


def _reaches(facts: Facts, sources: SourceFacts) -> bool:
    """Whether PYTHONPATH already leads to the project's folder."""
    value = facts.variables.value("PYTHONPATH") if facts.variables else None
    parts = (value or "").replace(";", ":").split(":")
    return bool(value) and any(one.rstrip("/") in (".", "$PWD", sources.folder.rstrip("/")) for one in parts)
