"""A template from manifest to smoke runs, in an environment that is there: that of these tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scaffold.errors import OptionRefused
from scaffold.setup import Wishes
from scaffold.template_checks.model import Row
from scaffold.template_checks.reading import read
from scaffold.template_checks.workflow import PASSED_OVER, Aside, CheckRequest, carry_out, plan_check
from tests.template_checks.templates import NUMBERS, PLAIN, PLAIN_MANIFEST, TESTS, TINY, laid

SLOW = ("environment", "mypy", "tests", "tests-slow", "smoke:double")


def checked(files: dict[str, str], where: Path, **more: object) -> dict[str, Row]:
    scratch = where / "scratch"
    scratch.mkdir()
    wishes = Wishes(frameworks=(), index=str(where))  # an empty folder: nothing can be downloaded
    request = CheckRequest(reading=read(laid(where / "plain", files)), scratch=scratch, wishes=wishes, **more)
    system, told = Aside(), []
    plan = plan_check(system, request, lambda _: None)
    report = carry_out(system, plan, tell=told.append)
    assert list(report.rows) == told
    return {row.check.id: row for row in report.rows}


def statuses(rows: dict[str, Row]) -> dict[str, str]:
    return {one: rows[one].status for one in SLOW}


def test_a_project_is_typed_tested_and_run(tmp_path: Path) -> None:
    rows = checked(PLAIN, tmp_path, python=Path(sys.executable))
    assert [row for row in rows.values() if row.status == "failed"] == []
    assert [row.check.id for row in rows.values() if row.status == "skipped"] == ["tests-slow"]
    assert rows["tests-slow"].reason == "the project has no tests that are slow"
    assert set(SLOW) < set(rows)


def test_what_does_not_run_is_shown_by_its_last_lines(tmp_path: Path) -> None:
    files = {
        **PLAIN,
        "common/src/your_project/numbers_of.py": NUMBERS.replace("int(sys.argv[1])", "sys.argv[2]"),
        "common/tests/test_numbers_of.py": TESTS.replace("== 4", "== 5"),
    }
    rows = checked(files, tmp_path, python=Path(sys.executable))
    assert statuses(rows) == {
        "environment": "passed", "mypy": "failed", "tests": "failed", "tests-slow": "skipped",
        "smoke:double": "failed",
    }  # fmt: skip
    (typed,) = (line for line in rows["mypy"].output if "incompatible type" in line)
    assert typed.startswith("common/src/your_project/numbers_of.py:14: error: ")
    assert "assert 4 == 5" in "\n".join(rows["tests"].output)
    assert rows["smoke:double"].output[-1] == "IndexError: list index out of range"
    assert rows["smoke:double"].reason.endswith(" ended with status 1")


def test_tests_that_end_before_their_end_have_not_passed(tmp_path: Path) -> None:
    files = {
        **PLAIN,
        "common/tests/test_numbers_of.py": "import os\n\n\ndef test_end() -> None:\n    os._exit(0)\n",
    }
    rows = checked(files, tmp_path, python=Path(sys.executable))
    assert (rows["tests"].status, rows["tests"].reason) == (
        "failed",
        "pytest ended before it could say what passed",
    )


def test_an_environment_without_what_the_project_asks_for_is_not_enough(tmp_path: Path) -> None:
    manifest = PLAIN_MANIFEST.replace(
        'folder = "common"\n', 'folder = "common"\ndependencies = ["no-such-thing>=2"]\n'
    )
    rows = checked({**PLAIN, "template.toml": manifest}, tmp_path, python=Path(sys.executable))
    assert rows["environment"].reason == "it lacks no-such-thing>=2 (not installed)"
    assert rows["environment"].output[-1].endswith("-m pip install 'no-such-thing>=2'")
    assert statuses(rows) == {**dict.fromkeys(SLOW, "skipped"), "environment": "failed"}


def test_an_environment_that_cannot_be_made_fails_its_check_and_skips_what_needs_it(tmp_path: Path) -> None:
    rows = checked(TINY, tmp_path)
    assert rows["environment"].status == "failed"
    assert {row.status for one, row in rows.items() if row.check.slow and one != "environment"} == {"skipped"}


def test_without_an_environment_what_needs_one_is_skipped_and_said(tmp_path: Path) -> None:
    rows = checked(PLAIN, tmp_path, fast=True)
    assert {row.reason for row in rows.values() if row.status == "skipped"} == {PASSED_OVER}
    assert [row.check.id for row in rows.values() if row.status == "skipped"] == list(SLOW)


def test_of_a_template_that_cannot_be_read_nothing_else_is_said(tmp_path: Path) -> None:
    rows = checked({**PLAIN, "template.toml": "title = 1\n"}, tmp_path)
    assert list(rows) == ["manifest"]
    assert rows["manifest"].status == "failed"
    assert [one.partition(", ")[2] for one in rows["manifest"].output] == [
        "line 1: 'title': a string is needed, not 1",
        "line 1: 'description': it is missing",
        "line 1: 'version': it is missing",
    ]


def test_a_framework_that_the_template_does_not_have_is_refused(tmp_path: Path) -> None:
    reading = read(laid(tmp_path / "plain", PLAIN))
    request = CheckRequest(reading=reading, scratch=tmp_path, wishes=Wishes(frameworks=("keras",)))
    with pytest.raises(OptionRefused, match="template plain has no keras side"):
        plan_check(Aside(), request, lambda _: None)
