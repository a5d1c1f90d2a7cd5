"""Names and types of run configurations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from scaffold.checks.ide.shown import evidence
from scaffold.checks.model import Finding, Remedy
from scaffold.pycharm.survey.model import IdeFacts, Run

#: Type -> what became of it.
_DEPRECATED: Mapping[str, str] = {
    "UvRunConfigurationType": "PyCharm 2026.3 makes Python ones of them and drops uv's own arguments",
    "tests.unittest": "the plugin's old test types were replaced by `tests` in 2017.1",
    "PythonUnitTestConfigurationType": "replaced by `tests` in 2017.1",
}


def unique(facts: IdeFacts) -> Iterator[Finding]:
    """No two run configurations that others get have one name."""
    named = defaultdict[tuple[str, str], list[Run]](list)
    for run in facts.runs:
        if run.stored and not run.template:
            named[run.configuration.type, run.name].append(run)
    twice = [runs for runs in named.values() if len(runs) > 1]
    if twice:
        yield Finding(
            id="ide.run-config-twice",
            level="warning",
            title="Run configurations of one kind have the same name",
            detail="PyCharm shows one of them, and which one is chance",
            cause="run-config-twice",
            evidence=evidence((run.place(), f"{run.name!r}") for runs in twice for run in runs),
            remedy=Remedy(text="rename or delete all but one of each name"),
        )


def current(facts: IdeFacts) -> Iterator[Finding]:
    """No run configuration is of a type that PyCharm gave up."""
    for kind, became in _DEPRECATED.items():
        old = [run for run in facts.runs if run.configuration.type == kind and run.stored]
        if old:
            yield Finding(
                id="ide.run-config-deprecated",
                level="warning",
                title=f"Run configurations are of the type {kind}, which PyCharm gave up",
                detail=became,
                cause="run-config-type",
                evidence=evidence((run.place(), run.name) for run in old),
                remedy=Remedy(text="make Python ones of them: Run | Edit Configurations, + | Python"),
            )
