"""What a log tells, beside what was looked up: a sign confirms a finding, or is one by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.logs.model import Log, Sign

_GRAVEST: tuple[Level, ...] = ("error", "warning", "info")


def with_log(findings: Sequence[Finding], log: Log | None) -> tuple[Finding, ...]:
    """The findings with what the log shows of them, and those that only the log shows."""
    if log is None:
        return tuple(findings)
    spoken = [one for one in log.signs if not one.signature.quiet]
    signs = _heard(spoken)
    known = {one.id for one in findings if one.level in ("error", "warning", "info")}
    confirmed = [_confirmed(one, signs, log) for one in findings]
    return (*confirmed, *_alone(signs, known, log))


def _heard(signs: Sequence[Sign]) -> list[Sign]:
    """Less the weak ones, which something as grave explains: an error is no consequence of a hint."""
    strong = [one.signature.level for one in signs if not one.signature.weak]
    gravest = min((_GRAVEST.index(one) for one in strong), default=len(_GRAVEST))
    return [one for one in signs if not one.signature.weak or _GRAVEST.index(one.signature.level) < gravest]


def _confirmed(finding: Finding, signs: Sequence[Sign], log: Log) -> Finding:
    if finding.level not in ("error", "warning", "info"):
        return finding
    seen = [one for one in signs if one.signature.check == finding.id]
    levels = [finding.level, *(one.signature.level for one in seen)]  # what might happen has happened
    gravest = min(levels, key=_GRAVEST.index)
    return replace(
        finding, level=gravest, evidence=(*finding.evidence, *(_evidence(one, log) for one in seen))
    )


def _alone(signs: Sequence[Sign], known: set[str], log: Log) -> Iterator[Finding]:
    said = set(known)
    reasons = known | {one.signature.check for one in signs if not one.signature.explained_by}
    for sign in signs:
        one = sign.signature
        if one.check in said or (said | reasons).intersection(one.explained_by):
            continue
        said.add(one.check)
        yield Finding(
            id=one.check,
            level=one.level,
            title=_filled(one.title, sign),
            detail=_filled(one.detail, sign),
            cause=one.cause,
            evidence=(_evidence(sign, log),),
            not_the_cause=one.not_the_cause,
            remedy=Remedy(text=_filled(one.remedy, sign), commands=one.commands) if one.remedy else None,
        )


def _evidence(sign: Sign, log: Log) -> Evidence:
    return Evidence(source=f"{log.source}:{sign.line}", value=sign.text)


def _filled(text: str, sign: Sign) -> str:
    """``{0}`` by the pattern's first group; other braces are the text's own."""
    for number, group in enumerate(sign.groups):
        text = text.replace(f"{{{number}}}", _as_a_path(group))
    return text


def _as_a_path(group: str) -> str:
    """A path of Windows with each of its backslashes once: Python's messages show it as a string."""
    return group.replace("\\\\", "\\") if re.match(r"[A-Za-z]:\\\\", group) else group
