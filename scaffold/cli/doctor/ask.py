"""What the options ask for, and the answer to it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from scaffold.errors import OptionRefused

if TYPE_CHECKING:
    from scaffold.checks.facts import Facts
    from scaffold.checks.model import Finding
    from scaffold.cli.doctor.fixing import Fixed
    from scaffold.doctor import Request
    from scaffold.facts.model import Observed
    from scaffold.logs.model import Log
    from scaffold.system import System

STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line."""

    path: Path
    python: Path | None
    deep: bool
    online: bool
    before: bool
    log: str | None
    only: tuple[str, ...]
    skip: tuple[str, ...]
    listed: bool
    report: bool
    save: Path | None
    fix: bool
    undo: bool
    dry_run: bool
    yes: bool
    strict: bool
    facts: str | None
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything that the views show."""

    options: Options
    facts: Facts
    findings: tuple[Finding, ...]
    observed: Observed | None = None  # the machine, where it was told

    @property
    def counts(self) -> Counter[str]:
        """Level -> findings that no other explains."""
        return Counter(one.level for one in self.findings if one.suppressed_by is None)

    @property
    def consequences(self) -> int:
        return sum(one.suppressed_by is not None for one in self.findings)

    @property
    def broken(self) -> bool:
        """Every check broke: nothing is known."""
        return bool(self.findings) and all(one.id == "doctor.check-failed" for one in self.findings)

    @property
    def status(self) -> int:
        if self.broken:
            return 3
        return 2 if self.counts["error"] else 1 if self.options.strict and self.counts["warning"] else 0


def answer(options: Options) -> int:
    """Do what is asked; the exit status."""
    from scaffold.system import HostSystem

    _refuse_contradictions(options)
    if options.listed:
        from scaffold.cli.doctor.listed import show_list

        return show_list(options)
    system = HostSystem()
    if options.undo:
        from scaffold.cli.doctor.fixing import undo

        return undo(system, options)
    return _examined(system, options)


def _examined(system: System, options: Options) -> int:
    from scaffold.checks.chosen import patterns

    only, skip = patterns(options.only, "--only"), patterns(options.skip, "--skip")
    request, observed = _request(options)
    asked = replace(options, only=only, skip=skip)
    looked = look(system, asked, request, observed)
    fixed = None
    if options.fix:
        from scaffold.cli.doctor.fixing import fix

        fixed = fix(system, looked)
        if fixed.done:
            looked = look(system, asked, request, observed)
    if options.save:
        from scaffold.replay.saved import save

        save(system, looked.facts, options.save)
    _show(system, looked, fixed)
    return looked.status


def look(system: System, options: Options, request: Request, observed: Observed | None) -> Answer:
    """Gather and judge; only what is asked for."""
    from scaffold.checks.automatic import marked
    from scaffold.checks.chosen import chosen
    from scaffold.doctor import diagnose

    facts, findings = diagnose(system, request)
    shown = marked(chosen(findings, options.only, options.skip), facts)
    return Answer(options=options, facts=facts, findings=shown, observed=observed)


def _show(system: System, looked: Answer, fixed: Fixed | None) -> None:
    from scaffold.cli.doctor.views import as_json, as_text

    if looked.options.report:
        from scaffold.cli.doctor.report import markdown

        click.echo(markdown(system, looked))
    elif looked.options.as_json:
        click.echo(as_json(looked, fixed.row if fixed else None))
    else:
        click.echo("\n".join(as_text(looked)))


def _refuse_contradictions(options: Options) -> None:
    from scaffold.probing.aim import known
    from scaffold.system import HostSystem

    if options.fix and options.undo:
        raise OptionRefused("--fix and --undo exclude each other")
    if (options.dry_run or options.yes) and not (options.fix or options.undo):
        raise OptionRefused("--dry-run and --yes go with either --fix or --undo")
    if options.fix and options.facts:
        raise OptionRefused(
            "--fix changes this machine, and --facts tells of another one", hint="leave one out"
        )
    if options.report and options.as_json:
        raise OptionRefused("--report and --json exclude each other", hint="leave one out")
    if options.facts == "-" and options.log == "-":
        raise OptionRefused(
            "--facts and --from-log cannot both read standard input", hint="name a file for one"
        )
    if not options.path.exists():
        raise OptionRefused(f"{options.path} is not there", hint="name the project's folder")
    if options.python is not None and known(HostSystem(), options.python) is None:
        raise OptionRefused(
            f"--python {options.python} is not there",
            hint="name an interpreter, an environment's folder, or an environment of conda's",
        )


def _request(options: Options) -> tuple[Request, Observed | None]:
    from scaffold.doctor import Request
    from scaffold.probing.aim import known
    from scaffold.system import HostSystem

    told, observed, alone = _told(options.facts)
    request = Request(
        start=options.path if options.path.is_dir() else options.path.parent,
        python=known(HostSystem(), options.python) if options.python else None,
        deep=options.deep,
        online=options.online,
        before=options.before,
        log=read(options.log) if options.log else None,
        told=told,
        machine_alone=alone,
    )
    return request, observed


def _told(facts: str | None) -> tuple[Facts | None, Observed | None, bool]:
    if facts is None:
        return None, None, False
    from scaffold.replay.read import read

    return read(facts)


def read(location: str) -> Log:
    """What is recognised in a log. Raises OptionRefused where it cannot be read."""
    from scaffold.logs.search import read_log

    try:
        with _opened(location) as stream:
            return read_log(stream, STANDARD_INPUT if location == "-" else location)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise OptionRefused(
            f"the log {location} cannot be read", detail=(why,), hint="name a file, or - for standard input"
        ) from None


@contextmanager
def _opened(location: str) -> Iterator[BinaryIO]:
    if location != "-":
        with open(location, "rb") as stream:
            yield stream
        return
    if sys.stdin is None:
        raise ValueError("there is no standard input")
    if sys.stdin.isatty():
        click.echo("Paste the log, then press Ctrl-D (on Windows Ctrl-Z and Enter).", err=True)
    yield sys.stdin.buffer
