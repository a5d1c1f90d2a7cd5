"""An answer for people, and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.cli.doctor.ask import Answer
    from scaffold.logs.model import Log


def as_json(answer: Answer, fixed: dict[str, Any] | None = None) -> str:
    """The document of ``--json``."""
    from scaffold.cli.doctor import SCHEMA
    from scaffold.cli.findings_view import finding_rows
    from scaffold.results import envelope

    more = {} if fixed is None else {"fix": fixed}
    return envelope(SCHEMA, summary=_summary(answer), findings=finding_rows(answer.findings), **more)


def _summary(answer: Answer) -> dict[str, Any]:
    from scaffold.cli.findings_view import LEVELS

    facts, options = answer.facts, answer.options
    told = {"facts": options.facts, "notes": answer.observed.notes} if answer.observed else {}
    log = {"log": _log_row(facts.log)} if options.log and facts.log else {}
    target = facts.target
    return {
        "project": facts.root,
        "python": target.python if target else None,
        **told,
        **log,
        **{level: answer.counts[level] for level in LEVELS},
        "suppressed": answer.consequences,
        "status": answer.status,
    }


def _log_row(log: Log) -> dict[str, Any]:
    signs = [{"name": one.signature.name, "line": one.line} for one in log.signs]
    return {"source": log.source, "lines": log.lines, "bytes": log.size, "signs": signs}


def as_text(answer: Answer) -> list[str]:
    """Lines: what was looked at, what was found, what it comes to."""
    from scaffold.cli.findings_view import finding_lines, summary_line
    from scaffold.cli.options import told_lines
    from scaffold.shell import line

    options = answer.options
    lines = told_lines(answer.observed, options.facts) if answer.observed and options.facts else []
    lines += [f"Doctor looked at {where(answer)}.", *_log_lines(answer), *finding_lines(answer.findings)]
    lines.append(summary_line(answer.counts, answer.consequences))
    if options.save:
        look = line("scaffold", "doctor", "--facts", options.save)
        lines.append(f"Written: {options.save}   (look at it with: {look})")
    lines += _next(answer)
    return lines


def _log_lines(answer: Answer) -> list[str]:
    """That a log was read, where nothing in it tells anything, too: silence would look like an oversight."""
    from scaffold.cli.text import counted

    log = answer.facts.log
    if log is None or not answer.options.log:
        return []
    known = counted(len(log.signs), "known message") if log.signs else "nothing that doctor knows"
    return [f"Read {log.source}: {counted(log.lines, 'line')}, {known}."]


def _next(answer: Answer) -> list[str]:
    """The way on, where there is one."""
    own = [one for one in answer.findings if one.suppressed_by is None]
    open_ones = [one for level in ("error", "warning") for one in own if one.level == level]
    if not open_ones:
        return []
    lines = [f"What it means:  scaffold doctor explain {open_ones[0].id}"]
    here = answer.observed is None  # what was told of cannot be cured from here
    if here and not answer.options.fix and any(one.remedy and one.remedy.automatic for one in open_ones):
        lines.append("What doctor can cure by itself:  scaffold doctor --fix --dry-run")
    return lines


def where(answer: Answer) -> str:
    """What was looked at, in words."""
    facts = answer.facts
    machine = "the machine that was told" if answer.observed else "this machine"
    if facts.root is not None:
        return f"project {facts.root} and {machine}" if answer.observed else f"project {facts.root}"
    if facts.ide is not None and not answer.observed:
        return f"the PyCharm project {facts.ide.root} and this machine"
    python = facts.target.python if facts.target and not answer.observed else None
    found = f"; its Python: {python} ({facts.target.how})" if python and facts.target else ""
    return f"{machine} (no project here{found})"
