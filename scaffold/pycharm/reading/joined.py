"""A template's rows and those that stand in the project's files: what the project has to run by now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.reading.rows import LeftOut, Rows


def joined(template: Iterable[RunConfiguration], stands: Rows) -> Rows:
    """Every row once, by its name: as the project's file has it, which somebody may have changed.

    A compound stays where each of its members, and their members, has a row.
    """
    files = {run.name: run for run in stands.runs}
    left_out = {one.name: one for one in stands.left_out}
    runs = [_as_it_stands(run, files.pop(run.name, run)) for run in template if run.name not in left_out]
    complete = _complete((*runs, *files.values()))
    return Rows(runs=complete.runs, left_out=(*stands.left_out, *complete.left_out))


def _as_it_stands(run: RunConfiguration, file: RunConfiguration) -> RunConfiguration:
    """What the file says; of the template's row what no file says, the order of members too."""
    members = run.members if set(run.members) == set(file.members) else file.members
    return replace(
        file,
        members=members,
        framework=run.framework,
        summary=run.summary,
        smoke=run.smoke,
        default=run.default,
    )


def _complete(runs: tuple[RunConfiguration, ...]) -> Rows:
    names = {run.name for run in runs if run.kind != "compound"}
    rest = [run for run in runs if run.kind == "compound"]
    while found := [run for run in rest if names.issuperset(run.members)]:
        names |= {run.name for run in found}
        rest = [run for run in rest if run.name not in names]
    return Rows(
        runs=tuple(run for run in runs if run.name in names),
        left_out=tuple(_without_a_member(run, names) for run in rest),
    )


def _without_a_member(run: RunConfiguration, names: set[str]) -> LeftOut:
    member = next(name for name in run.members if name not in names)
    return LeftOut(name=run.name, why=f"it starts {member!r}, which is not among them")
