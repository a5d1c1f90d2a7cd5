"""Doctor on real failures from public threads: the cause that the thread found is the cause that it names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.failures import answer, cases, judge, show

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['id']}-{case['expected']['check_id']}")
def test_the_cause_is_named(case) -> None:
    verdict = judge(case, answer(case))
    assert verdict.right, show(verdict)


def test_the_table_is_current() -> None:
    """benchmarks/doctor_cases.py writes it."""
    script = ROOT / "benchmarks" / "doctor_cases.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, "run: python benchmarks/doctor_cases.py"
