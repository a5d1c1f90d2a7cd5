"""What doctor says of real failures from public threads: the table of docs/doctor-cases.md.

python benchmarks/doctor_cases.py [--check]

Each failure of tests/failures is told to doctor three times: machine and message, the machine alone, the
message alone. It sees nothing of what the thread found out.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.failures import LEVELS, Verdict, answer, cases, judge  # noqa: E402

PAGE = ROOT / "docs" / "doctor-cases.md"

HEAD = """# Doctor on real failures

Each row is a failure that somebody reported in a public thread, and whose cause the thread found out. Doctor
is told the machine as far as the thread describes it, and the message; nothing of what was found out. Written
by `benchmarks/doctor_cases.py`; `tests/checks/test_failures.py` holds every row.

**both**: machine and message; **machine**: without the message; **message**: as `--from-log` reads it. ✓: the
finding stands among doctor's findings at the level that it should have, what cures it is said, and no more
than one other error is. ○: the finding is there, at another level or with less advice. -: it is not named;
many messages alone cannot tell, and some machines are described in too few words. ·: there is no message.
"""


def main(arguments: list[str]) -> int:
    """Write the page; with --check, say whether it is current."""
    text = page()
    if "--check" in arguments:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """The whole page."""
    rows = [row(case) for case in cases()]
    counts = [sum(one[column] == "✓" for one in rows) for column in (4, 5, 6)]
    by = f"{counts[0]} with both, {counts[1]} by the machine alone, {counts[2]} by the message"
    total = f"Of {len(rows)}: {by}."
    lines = ["| thread | what was seen | finding | level | both | machine | message |", "|" + "---|" * 7]
    lines += ["| " + " | ".join(one) + " |" for one in rows]
    return "\n".join((HEAD, total, "", *lines)) + "\n"


def row(case: Mapping[str, Any]) -> tuple[str, ...]:
    """One failure."""
    expected, source = case["expected"], case["source"]
    level = LEVELS.get(expected["level"], expected["level"])
    name = source.get("repo") or source["url"].split("/")[2]
    number = f"#{source['thread']}" if source.get("thread") else ""
    told = [
        {key: case[key] for key in keys if key in case} for keys in (("machine", "symptom"), ("machine",))
    ]
    marks = [mark(judge(case, answer(one))) for one in told]
    message = case.get("symptom_regex") and case.get("symptom")
    marks.append(mark(judge(case, answer({"machine": {}, "symptom": message}))) if message else "·")
    return (
        f"[{name}{number}]({source['url']})",
        shown(case["symptom"]),
        f"`{expected['check_id']}`",
        level,
        *marks,
    )


def mark(verdict: Verdict) -> str:
    """Of one answer."""
    return "✓" if verdict.right else "○" if verdict.found else "-"


def shown(symptom: str) -> str:
    """A message in a cell."""
    text = " ".join(symptom.split())
    text = text if len(text) <= 90 else f"{text[:89]}…"
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
