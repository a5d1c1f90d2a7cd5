"""``scaffold detect``: what this machine is, and how each fact was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.machine.model import Accelerator, Host, Machine


@click.command(name="detect")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON (schema scaffold/machine/1).")
@click.option("--sources", is_flag=True, help="Say beside each fact how it was found.")
def command(*, as_json: bool, sources: bool) -> None:
    """Show what this machine is: processor, memory, accelerators, drivers."""
    from scaffold.machine import detect, to_json
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    machine = detect(HostSystem(), Path.cwd())
    if as_json:
        payload = dict(to_json(machine))
        click.echo(envelope(payload.pop("schema", "scaffold/machine/1"), **payload))
        return
    click.echo("\n".join(machine_lines(machine, sources=sources)))


def machine_lines(machine: Machine, *, sources: bool = False) -> list[str]:
    """The facts, a line each, accelerators last."""
    from scaffold.cli.text import row

    lines = [row(*fact) for fact in host_rows(machine.host)]
    if sources:
        lines += [row("", f"{fact}: {source}") for fact, source in machine.host.found_by.items()]
    for accelerator in machine.accelerators:
        lines.append(row("Accelerator", accelerator_text(accelerator)))
        if sources:
            lines += [row("", f"{fact}: {source}") for fact, source in accelerator.found_by.items()]
    if not machine.accelerators:
        lines.append(row("Accelerator", "none that a deep-learning framework could use"))
    if machine.cuda_driver:
        lines.append(row("CUDA", f"the driver runs programs made for CUDA up to {machine.cuda_driver}"))
    return lines + [row("Note", note) for note in machine.notes]


def host_rows(host: Host) -> list[tuple[str, str]]:
    """(label, text) for everything but the accelerators."""
    from scaffold.cli.text import size

    system = " · ".join(filter(None, (host.os_version or host.os, host.kernel, host.architecture, host.libc)))
    place = [f"container: {host.container}"] if host.container else []
    place += [f"WSL {host.wsl}"] if host.wsl else []
    place += ["x86_64 process translated by Rosetta"] if host.translated else []
    memory = f"{size(host.memory_total)}, {size(host.memory_available)} available"
    return [
        ("System", " · ".join([system, *place])),
        ("Processor", f"{host.cpu_count} x {host.cpu or 'unknown'}"),
        ("Memory", memory),
        ("Disk", f"{size(host.disk_free)} free here"),
    ]


def accelerator_text(accelerator: Accelerator) -> str:
    """One accelerator on one line; what stands in its way first, where something does."""
    from scaffold.cli.text import size

    facts = [accelerator.name, f"{accelerator.vendor} {accelerator.index}"]
    if accelerator.memory:
        facts.append(size(accelerator.memory))
    if accelerator.capability:
        facts.append(accelerator.capability)
    if accelerator.driver:
        facts.append(f"driver {accelerator.driver}")
    text = " · ".join(facts)
    return text if accelerator.status == "ok" else f"{text} · not usable: {accelerator.status}"
