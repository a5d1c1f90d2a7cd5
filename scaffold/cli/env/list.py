"""``scaffold env list``: every environment of a project in short."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.environments.condition.inventory import Listed


@click.command(name="list")
@json_option("scaffold/env-list/1")
@in_project()
def command(*, as_json: bool) -> None:
    """List the project's environments: Python, builds, room on disk, and what was proved."""
    from scaffold.env.listing import list_environments
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    found = list_environments(HostSystem(), Path.cwd())
    if as_json:
        click.echo(envelope("scaffold/env-list/1", environments=[_short(one) for one in found]))
        return
    click.echo("\n".join(line for one in found for line in lines_of(one)))


def _short(one: Listed) -> dict[str, object]:
    """For scripts: the packages counted (`show` names them), and of proofs what was proved and when."""
    from dataclasses import fields

    row: dict[str, object] = {field.name: getattr(one, field.name) for field in fields(one)}
    row["packages"] = len(one.packages)
    row["proofs"] = [
        {
            "framework": kept.proof.framework,
            "version": kept.proof.version,
            "device": kept.proof.device,
            "devices": [device.name for device in kept.proof.devices],
            "date": kept.date,
        }
        for kept in one.proofs
    ]
    return row


def lines_of(one: Listed) -> list[str]:
    """What a person wants to know of an environment at a glance."""
    from scaffold.checks.proved import proved_in_words
    from scaffold.cli.text import row
    from scaffold.projects.folders import MAIN

    whose = {"user": ", yours (adopted)", "unknown": ", not made by scaffold"}.get(one.owner, "")
    whose = "" if one.standing == "missing" else whose
    color = "green" if one.standing == "ready" else "yellow"
    lines = [row(one.name or MAIN, f"{click.style(one.standing, fg=color)}{whose}: {one.location}")]
    if not one.python:
        return lines
    builds = ", ".join(f"{name} {version}" for name, version in one.builds.items())
    lines.append(row("", f"Python {one.python}; {builds or 'no framework'}; {len(one.packages)} packages"))
    lines.append(row("", room(one)))
    lines += [row("", proved_in_words(kept)) for kept in one.proofs]
    return lines


def room(one: Listed) -> str:
    """``2.5 GB on disk, of which 2.4 GB are links that uv's cache shares: deleting frees 82 MB``."""
    from scaffold.cli.text import size

    used = one.usage
    if not used.shared:
        return f"{size(used.size)} on disk"
    shared = f"{size(used.size)} on disk, {size(used.shared)} of it shared by links"
    return f"{shared}; deleting it frees {size(used.freed)}"
