"""Run configurations in manifests: a part brings rows, a template changes them and adds its own."""

from __future__ import annotations

from typing import cast, get_args

from scaffold.builds.model import FRAMEWORKS, Framework
from scaffold.projects.model import RunConfiguration, RunKind
from scaffold.projects.table import Table


def read_rows(
    table: Table, brought: tuple[RunConfiguration, ...], *, whole: bool = True
) -> tuple[RunConfiguration, ...]:
    """The rows of a template: those that its parts brought, as its own rows change them, and its own.

    A row with the name of one that a part brought says only what is different. First come the parts' rows for
    a framework, last those for every one: what watches, tests and looks after a project ends the list.
    Where the parts were not read as a ``whole``, a row that lacks something may change one of theirs: what it
    lacks is no mistake of its own.
    """
    known = {run.name: run for run in brought}
    own: dict[str, RunConfiguration] = {}
    where: dict[str, Table] = {}

    def add(one: Table) -> None:
        if not whole and one.text("name") not in known and not (one.says("kind") and one.says("target")):
            return
        row = read_row(one, known=known)
        if row.name in own:
            raise table.broken("run", f"two run configurations are called {row.name!r}")
        own[row.name], where[row.name] = row, one

    table.each("run", add)
    changed = [own.get(run.name, run) for run in known.values()]
    runs = (
        *(run for run in changed if run.framework),
        *(run for run in own.values() if run.name not in known),
        *(run for run in changed if not run.framework),
    )
    for run in runs:
        if run.kind == "compound" and whole:
            with table.kept():
                _check_members(run, runs, where.get(run.name, table))
    return runs


def read_row(
    table: Table,
    *,
    known: dict[str, RunConfiguration] | None = None,
    framework: Framework | None = None,
) -> RunConfiguration:
    """One row; what it does not say is as in the known one of its name, or else as usual."""
    name = table.text("name")
    base = (known or {}).get(name)
    if base is None:
        base = RunConfiguration(name=name, kind="module", framework=framework)
        kind = cast("RunKind", table.choice("kind", get_args(RunKind)))
    else:
        kind = cast("RunKind", table.choice("kind", get_args(RunKind), default=base.kind))
    target = {"default": base.target} if kind == base.kind and base.target else {}
    run = RunConfiguration(
        name=name,
        kind=kind,
        target="" if kind == "compound" else table.text("target", **target),
        arguments=table.texts("arguments", default=base.arguments),
        processes=table.number("processes", least=1, default=base.processes) if kind == "torchrun" else 0,
        members=table.texts("members", default=base.members) if kind == "compound" else (),
        smoke=table.texts("smoke", default=base.smoke),
        environment=table.mapping("environment", default=base.environment),
        framework=framework_of(table, default=base.framework),
        folder=table.text("folder", default=base.folder),
        summary=table.text("summary", default=base.summary),
        terminal=table.flag("terminal", default=base.terminal),
        default=table.flag("default", default=base.default),
    )
    table.finish()
    if kind == "compound":
        for key in ("arguments", "smoke", "environment"):
            if getattr(run, key):
                raise table.broken(key, "a compound has none of its own: they belong to its members")
    return run


def framework_of(table: Table, default: Framework | None = None) -> Framework | None:
    """The framework that a table is for, None for every selection."""
    value = table.choice("framework", ("", *FRAMEWORKS), default=default or "")
    return cast("Framework", value) if value else None


def _check_members(compound: RunConfiguration, runs: tuple[RunConfiguration, ...], table: Table) -> None:
    """What it starts must be there, also where only the compound's own framework was chosen."""
    rows = {run.name: run for run in runs}
    if len(set(compound.members)) < 2:
        raise table.broken("members", f"{compound.name!r} needs two different run configurations at least")
    for name in compound.members:
        member = rows.get(name)
        if member is None:
            raise table.broken("members", f"there is no run configuration {name!r}")
        if member.kind == "compound":  # VS Code has no compound of compounds
            raise table.broken("members", f"{name!r} is a compound itself")
        if member.framework not in (None, compound.framework):
            missing = f"{name!r} is for {member.framework}, {compound.name!r} for "
            raise table.broken("members", missing + (compound.framework or "every selection"))
