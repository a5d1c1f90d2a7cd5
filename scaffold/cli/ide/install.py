"""``scaffold ide install``: PyCharm from JetBrains, without an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.cli.options import output_options

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.cli.output import Output
    from scaffold.ide.install import InstallReport
    from scaffold.ide.install_plan import InstallPlan
    from scaffold.system import System

SCHEMA = "scaffold/ide-install/1"


@click.command(name="install")
@click.option(
    "--version", default="", metavar="VERSION", help="Such as 2026.2 or 2026.2.3; the newest if not given."
)
@click.option(
    "--from",
    "source",
    default="",
    metavar="URL|FILE",
    help="Another release service (https://HOST/products/releases), a mirror's archive, or your file.",
)
@click.option("--sha256", default="", metavar="HEX", help="What an archive of --from has to be.")
@click.option("--undo", is_flag=True, help="Remove the PyCharm that this command installed; settings stay.")
@click.option("-y", "--yes", is_flag=True, help="Agree to the download and to JetBrains' terms.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done and do nothing.")
@output_options(SCHEMA)
def command(
    *, version: str, source: str, sha256: str, undo: bool, yes: bool, dry_run: bool, output: Output
) -> None:
    """Download PyCharm, verify it, put it into your own folder for programs, make a launcher.

    It goes to ~/.local/share/scaffold/ide (Linux), ~/Applications (macOS) or
    %LOCALAPPDATA%\\Programs (Windows). What broke off goes on where it was. Where the version is
    there already, by whatever way it was installed, nothing is downloaded.
    """  # noqa: D301 - click shows it as it stands
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.ide.install import carry_out
    from scaffold.ide.install_plan import InstallWishes, plan_install
    from scaffold.system import HostSystem

    system = HostSystem()
    if undo:
        _undo(system, version, yes=yes, dry_run=dry_run, output=output)
        return
    plan = plan_install(system, InstallWishes(version=version, source=source, sha256=sha256))
    if dry_run:
        output.result(_json(plan, None), _plan_lines(plan), summary=_summary(plan))
        return
    if plan.present is None:
        output.words(_plan_lines(plan))
        _agree(system, plan, yes=yes, asks=output.asks)
    with ProgressDisplay(output) as display:
        report = carry_out(system, plan, display.announce, display.report)
    output.result(_json(plan, report), _report_lines(system, report), summary=_done(report))


def _agree(system: System, plan: InstallPlan, *, yes: bool, asks: bool) -> None:
    from scaffold.ide.install import demand_yes

    if yes:
        return
    if not (system.interactive and asks):
        demand_yes(plan)
    click.confirm("Download it, and accept these terms?", default=True, abort=True, err=True)


def _undo(system: System, version: str, *, yes: bool, dry_run: bool, output: Output) -> None:
    from pathlib import Path

    from scaffold.cli.text import row
    from scaffold.errors import ConsentNeeded
    from scaffold.ide.install import carry_out_removal, plan_removal
    from scaffold.pycharm.installations.closed import demand_closed
    from scaffold.results import envelope

    plan = plan_removal(system, version)
    going: tuple[Path, ...] = (*map(Path, plan.menu), plan.place.folder)
    if not dry_run:
        demand_closed(system, plan.installation)
        if not yes and not (system.interactive and output.asks):
            raise ConsentNeeded(f"{plan.place.folder} would be removed", hint="agree with --yes")
        if not yes:
            click.confirm(f"Remove {plan.place.folder}?", default=False, abort=True, err=True)
        going = carry_out_removal(system, plan)
    label = "Would remove" if dry_run else "Removed"
    document = envelope(SCHEMA, done=not dry_run, removed=[str(one) for one in going])
    output.result(document, [row(label, str(one)) for one in going])


def _summary(plan: InstallPlan) -> str:
    if plan.present is not None:
        return f"{plan.present.title} is there already: {plan.present.folder}"
    return f"would install {plan.title} into {plan.place.folder}"


def _plan_lines(plan: InstallPlan) -> list[str]:
    from scaffold.cli.text import row, size

    if plan.present is not None:
        return [row("PyCharm", _summary(plan)), row("Found by", plan.present.reason)]
    date = f" of {plan.date}" if plan.date else ""
    needed = "a few gigabytes" if plan.needed is None else f"about {size(plan.needed)}"
    here = f", {size(plan.came)} of it are here" if plan.came else ""
    return [
        row("PyCharm", f"{plan.version}{date}: {'; '.join(plan.reasons)}"),
        row("From", f"{plan.source} ({size(plan.size)}{here})"),
        row("SHA-256", plan.sha256),
        row("Into", str(plan.place.folder)),
        row("Room", f"{needed} while it is installed, {size(plan.free)} free"),
        *(row("Stays", f"{one.title}: {one.folder} ({one.reason})") for one in plan.others),
        *(row("Terms", line) for line in plan.terms),
    ]


def _done(report: InstallReport) -> str:
    from scaffold.cli.text import row

    verb = "Installed" if report.changed else "There already"
    return row(verb, f"{report.installation.title}: {report.installation.folder}")


def _report_lines(system: System, report: InstallReport) -> list[str]:
    from scaffold.cli.text import row

    lines = [_done(report)]
    lines += [row("Made", str(path)) for path in report.menu.written]
    lines += [row("Kept", f"{path}, which scaffold did not make") for path in report.menu.kept]
    lines += [row("Note", note) for path in report.menu.written if (note := _path_note(system, path))]
    if not report.changed:
        lines.append(row("Found by", report.installation.reason))
    return [*lines, row("Next", "open a project: scaffold ide open FOLDER")]


def _path_note(system: System, command: Path) -> str:
    """What is to be done that a terminal finds the command; "" where it does."""
    folder = command.parent
    if command.name != "pycharm" or str(folder) in system.environment.get("PATH", "").split(":"):
        return ""
    profiles = (
        [system.home / name for name in (".profile", ".bash_profile", ".zprofile")] if system.home else []
    )
    adds = next((one for one in profiles if ".local/bin" in (system.read_text(one) or "")), None)
    if adds is not None:
        return f"{folder} is not on PATH; {adds} speaks of it, so log in anew to have pycharm there"
    return f'{folder} is not on PATH: add it in your shell\'s profile:  export PATH="{folder}:$PATH"'


def _json(plan: InstallPlan, report: InstallReport | None) -> str:
    from scaffold.results import envelope

    installation = report.installation if report else plan.present
    return envelope(
        SCHEMA,
        done=report is not None,
        changed=report is not None and report.changed,
        version=plan.version,
        build=plan.build,
        source=plan.source,
        sha256=plan.sha256,
        size=plan.size,
        needed=plan.needed,
        free=plan.free,
        folder=plan.place.folder,
        terms=plan.terms,
        reasons=plan.reasons,
        installation=installation,
        others=plan.others,
        menu=report.menu if report else None,
    )
