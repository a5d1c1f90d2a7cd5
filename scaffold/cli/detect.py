"""``scaffold detect``: what this machine is, and how each fact was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import facts_option, json_option

if TYPE_CHECKING:
    from scaffold.facts.model import Observed
    from scaffold.machine.model import Accelerator, Host, Machine

#: Status -> what it means for somebody who wants to train.
MEANINGS = {
    "driver_missing": "has no driver that can compute",
    "nouveau": "is run by a driver that cannot compute (nouveau)",
    "module_blocked": "has a driver that is installed and does not run",
    "reboot_required": "works again after a restart of the machine",
    "no_permission": "may not be used by this user",
    "host_driver_without_device": "is not handed into this container",
    "gpu_lost": "does not answer",
    "unsupported": "does not fit the driver or the libraries that are installed",
    "hidden": "is hidden from programs",
}


@click.command(name="detect")
@json_option("scaffold/machine/1")
@click.option("--sources", is_flag=True, help="Say beside each fact how it was found.")
@facts_option
@click.option(
    "--save",
    metavar="FILE",
    help="Write this machine down for --facts, to be looked at elsewhere: without names, serial numbers and"
    " secrets; - for standard output.",
)
def command(*, as_json: bool, sources: bool, facts: str | None, save: str | None) -> None:
    """Show what this machine is: processor, memory, accelerators, drivers."""
    if facts is not None:
        _refuse_both(save)
        from scaffold.facts import read_facts

        _show(read_facts(facts), facts, as_json=as_json, sources=sources)
        return
    from scaffold.system import HostSystem

    if save is not None:
        _save(HostSystem(), save, as_json=as_json, sources=sources)
        return
    from scaffold.machine import detect

    _print(detect(HostSystem(), Path.cwd()), as_json=as_json, sources=sources)


def _refuse_both(save: str | None) -> None:
    if save is None:
        return
    from scaffold.errors import OptionRefused

    raise OptionRefused(
        "--save writes this machine down, and --facts is about another one",
        hint="leave one of them out: a file that --facts reads needs no --save",
    )


def _show(observed: Observed, location: str, *, as_json: bool, sources: bool) -> None:
    """A machine that was told; what was odd about the telling comes first."""
    if not as_json:
        from scaffold.cli.options import told_lines

        click.echo("\n".join(told_lines(observed, location)))
    told = {"python": observed.python, "notes": observed.notes}
    extra = {"told": told} if any(told.values()) else {}
    _print(observed.machine, as_json=as_json, sources=sources, facts=location, **extra)


def _save(system: Any, save: str, *, as_json: bool, sources: bool) -> None:
    from scaffold.facts import detect_and_record, save_host

    machine, record = detect_and_record(system, Path.cwd())
    if save == "-":
        from scaffold.facts.save import as_text

        click.echo(as_text(record), nl=False)
        return
    save_host(record, Path(save))
    _print(machine, as_json=as_json, sources=sources)
    if not as_json:
        from scaffold.cli.text import row
        from scaffold.shell import line

        click.echo(row("Saved", f"{save}; anywhere: {line('scaffold', 'builds', '--facts', save)}"))


def _print(machine: Machine, *, as_json: bool, sources: bool, facts: str = "", **extra: Any) -> None:
    if not as_json:
        click.echo("\n".join(machine_lines(machine, sources=sources, facts=facts)))
        return
    from scaffold.machine import to_json
    from scaffold.results import envelope

    payload = dict(to_json(machine))
    click.echo(envelope(payload.pop("schema"), **payload, **extra))


def machine_lines(machine: Machine, *, sources: bool = False, facts: str = "") -> list[str]:
    """The facts, a line each, accelerators last, and what it comes to. ``facts``: the file that told them."""
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
        major = machine.cuda_driver.split(".")[0]
        spoken = (
            f"the driver speaks CUDA {machine.cuda_driver} and runs every build of CUDA {major} and older"
        )
        lines.append(row("CUDA", spoken))
    lines += [row("Note", note) for note in machine.notes]
    return [*lines, row("In short", in_short(machine, facts))]


def in_short(machine: Machine, facts: str = "") -> str:
    """What the machine's state means for somebody who wants to train, and what to do next."""
    from scaffold.machine.model import counted
    from scaffold.shell import line

    # A chip without a capability (a UHD 630) runs no framework, whoever drives it.
    able = [one for one in machine.accelerators if one.capability or one.vendor == "nvidia"]
    ready = [one for one in able if one.status == "ok"]
    command = line("scaffold", "builds", *(("--facts", facts) if facts else ()))
    if machine.status != "ok":
        stopped = [one.name for one in machine.accelerators if one.status != "ok"]
        which = stopped[0] if stopped else "a GPU of the host"
        return f"{which} {MEANINGS[machine.status]}; until that is cured, networks run on the processor"
    if not ready:
        return f"networks run on the processor here; which builds of the frameworks: {command}"
    names = counted(one.name for one in ready)
    return f"{' and '.join(names)} can be used; which builds of the frameworks do so: {command}"


def host_rows(host: Host) -> list[tuple[str, str]]:
    """(label, text) for everything but the accelerators; what is not known is left out or said so."""
    from scaffold.cli.text import size

    name = host.os_version or host.os
    name = f"{host.os} {name}" if name[:1].isdecimal() else name  # "macos 14.5"
    system = " · ".join(filter(None, (name, host.kernel, host.architecture, host.libc)))
    place = [host.board] if host.board else []
    place += [f"container: {host.container}"] if host.container else []
    place += [f"WSL {host.wsl}"] if host.wsl else []
    place += ["x86_64 process translated by Rosetta"] if host.translated else []
    count = f"{host.cpu_count} x " if host.cpu_count else ""
    memory = f"{size(host.memory_total)}, {size(host.memory_available)} available"
    return [
        ("System", " · ".join([system, *place])),
        ("Processor", f"{count}{host.cpu or 'unknown'}"),
        ("Memory", "unknown" if host.memory_total is None else memory),
        ("Disk", "unknown" if host.disk_free is None else f"{size(host.disk_free)} free here"),
    ]


def accelerator_text(accelerator: Accelerator) -> str:
    """One accelerator on one line; what stands in its way, where something does."""
    from scaffold.cli.text import size

    facts = [accelerator.name, f"{accelerator.vendor} {accelerator.index}"]
    if accelerator.memory:
        facts.append(size(accelerator.memory))
    if accelerator.capability:
        label = "compute capability " if accelerator.vendor == "nvidia" else ""
        facts.append(f"{label}{accelerator.capability}")
    if accelerator.integrated:
        facts.append("part of the processor")
    if accelerator.driver:
        facts.append(f"driver {accelerator.driver}")
    text = " · ".join(facts)
    return text if accelerator.status == "ok" else f"{text} · not usable: {accelerator.status}"
