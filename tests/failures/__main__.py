"""Why doctor says what it says of a failure: ``python -m tests.failures 191 [machine|symptom]``."""

from __future__ import annotations

import sys
from dataclasses import fields

from scaffold.checks import CHECKS, examine
from scaffold.replay.read import described
from tests.failures import cases, judge, show


def main(wanted: str, half: str = "") -> None:
    """Print what was told, what was made of it, which rule said what, and the verdict."""
    case = next(one for one in cases() if one["id"] == wanted)
    told = {key: case[key] for key in ("machine", "symptom") if key in case and half in ("", key)}
    told.setdefault("machine", {})
    facts, observed = described(told)
    print("expected", case["expected"])
    for note in observed.notes:
        print("note    ", note)
    for field in fields(facts):
        value = getattr(facts, field.name)
        if value not in (None, (), "", False):
            print("fact    ", field.name, value)
    for sign in facts.log.signs if facts.log else ():
        print(
            "sign    ",
            sign.signature.name,
            "→",
            sign.signature.check,
            "(weak)" if sign.signature.weak else "",
        )
    for rule in CHECKS:
        for one in rule(facts):
            print("rule    ", f"{rule.__module__}.{rule.__name__}", "→", one.level, one.id)
    findings = examine(facts)
    for one in findings:
        print(
            "finding ",
            one.level,
            one.id,
            f"(a consequence of {one.suppressed_by})" if one.suppressed_by else "",
        )
    print(show(judge(case, findings)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
