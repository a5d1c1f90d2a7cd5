"""Real failures from public threads, and how an answer to one is judged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.checks import examine
from scaffold.checks.model import Finding
from scaffold.replay.read import described

FOLDER = Path(__file__).parent
LEVELS = {"warn": "warning"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What doctor made of a failure."""

    found: bool  # an expected finding stands unsuppressed
    level: bool  # at the level that it should have
    advice: bool  # and says what helps
    unrelated: tuple[str, ...]  # errors that have nothing to do with it
    findings: tuple[Finding, ...]

    @property
    def right(self) -> bool:
        return self.found and self.level and self.advice and len(self.unrelated) <= 1


def cases() -> list[dict[str, Any]]:
    """Every failure, in the order of their ids."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def answer(told: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What doctor says of a failure; it sees the machine and the symptom, never what is expected."""
    facts, _ = described({key: told[key] for key in ("machine", "symptom") if key in told})
    return examine(facts)


def judge(case: Mapping[str, Any], findings: Sequence[Finding]) -> Verdict:
    """Compare an answer with what the failure's file expects."""
    expected = case["expected"]
    accepted = {expected["check_id"], *expected["also_acceptable_check_ids"]}
    shown = [
        one for one in findings if one.suppressed_by is None and one.level in ("error", "warning", "info")
    ]
    hits = [one for one in shown if one.id in accepted]
    wanted = LEVELS.get(expected["level"], expected["level"])
    right = [one for one in hits if one.level == wanted or one.id != expected["check_id"]]
    texts = expected["advice_must_mention_any"]
    return Verdict(
        found=bool(hits),
        level=bool(right),
        advice=any(text.lower() in words(one).lower() for one in hits for text in texts),
        unrelated=tuple(one.id for one in shown if one.level == "error" and one.id not in accepted),
        findings=tuple(shown),
    )


def words(finding: Finding) -> str:
    """Everything that a finding tells its reader."""
    remedy = finding.remedy
    commands = [" ".join(one) for one in remedy.commands] if remedy else []
    return "\n".join(
        (finding.title, finding.detail, remedy.text if remedy else "", *commands, *finding.not_the_cause)
    )


def show(verdict: Verdict) -> str:
    """An answer, for a person who asks why a case fails."""
    lines = [
        f"found {verdict.found}, level {verdict.level}, advice {verdict.advice}, unrelated {verdict.unrelated}"
    ]
    for one in verdict.findings:
        lines += [
            f"{one.level} {one.id}: {one.title}",
            *(f"    {line}" for line in words(one).splitlines()[1:]),
        ]
    return "\n".join(lines)
