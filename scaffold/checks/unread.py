"""What a log holds that nobody here knows: said, so that silence is never taken for health."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.words import size


def complaint_known(facts: Facts) -> Iterator[Finding]:
    """A log that complains of something shows something that is known."""
    log = facts.log
    if log is None or log.signs or log.complaint is None:
        return
    yield Finding(
        id="log.unknown",
        level="unknown",
        title="The log shows an error that doctor does not know",
        cause="log-unknown",
        evidence=(Evidence(source=f"{log.source}:{log.complaint.line}", value=log.complaint.text),),
        remedy=Remedy(
            text="read that line and the ones above it; search for its text without names and numbers"
        ),
    )


def log_readable(facts: Facts) -> Iterator[Finding]:
    """A log is text, and was read to its end."""
    log = facts.log
    if log is None:
        return
    if not log.size or not log.readable:
        yield Finding(
            id="log.no-text",
            level="unknown",
            title="The log is empty"
            if not log.size
            else "The log is no text, so nothing was recognised in it",
            cause="log-no-text",
            evidence=(Evidence(source=log.source, value=size(log.size)),),
            remedy=Remedy(text="paste the text of the console; unpack it where it is compressed (.gz, .zip)"),
        )
    if not log.whole:
        yield Finding(
            id="log.cut",
            level="unknown",
            title=f"Of the log, only the first {size(log.size)} were read",
            cause="log-cut",
            evidence=(Evidence(source=log.source, value="longer than that"),),
            remedy=Remedy(text="give its end alone, where the failure stands: tail -n 10000 FILE"),
        )


RULES = (complaint_known, log_readable)
