"""``scaffold templates check``: what it prints, its JSON, its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template_checks.templates import NUMBERS, PLAIN, TINY, laid


def scaffold(folder: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "templates", "check", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.fixture(autouse=True)
def as_here(isolated: None) -> None:
    """No settings of the user's."""


def test_templates_below_the_folder_are_checked_and_a_failure_is_the_exit_status(tmp_path: Path) -> None:
    laid(tmp_path / "good", PLAIN)
    laid(
        tmp_path / "worse",
        {**PLAIN, "common/src/your_project/more.py": "import gone_of\nfrom . import gone\n"},
    )
    done = scaffold(tmp_path, "--fast", status=1)
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith(("Passed", "Failed"))] == [
        "Passed: good, 12 passed, 5 skipped",
        "Failed: worse, 10 passed, 2 failed, 5 skipped",
    ]
    failed = lines.index(
        "failed   imports: no framework, 2 letters and 1 more: common/src/your_project/more.py: your_project.gone"
    )
    assert "what to do: move the file or the import into the layer of its framework" in lines[failed + 1]
    assert lines.count("skipped  5 checks more, --fast: an environment is needed") == 2


def test_json_has_a_row_a_check(tmp_path: Path) -> None:
    laid(tmp_path, {f"plain/{path}": text for path, text in PLAIN.items()})
    document = json.loads(scaffold(tmp_path, "plain", "--python", sys.executable, "--json").stdout)
    assert (document["schema"], document["done"]) == ("scaffold/template-check/1", True)
    (template,) = document["templates"]
    assert (template["template"], template["version"], template["passed"]) == ("plain", "1.0.0", True)
    assert [row["id"] for row in template["rows"]] == [check["id"] for check in template["checks"]]
    assert template["rows"][-1] == {
        "id": "smoke:double",
        "proves": "double runs to its end with its smoke arguments",
        "status": "passed",
        "reason": "",
        "output": [],
        "remedy": "",
    }


def test_what_was_made_is_kept_where_it_was_asked_for_and_nowhere_else(tmp_path: Path) -> None:
    laid(tmp_path / "tiny", TINY)
    scaffold(tmp_path, "./tiny", "--fast", "--quiet", "--keep", "kept")
    kept = tmp_path / "kept" / "1-tiny" / "rendered" / "pytorch-keras" / "ab" / "src" / "ab" / "numbers_of.py"
    assert kept.read_text(encoding="utf-8") == NUMBERS
    done = scaffold(tmp_path, "./tiny", "--fast", "--keep", "kept", status=2)
    assert "error[target-occupied]" in done.stderr


def test_a_plan_is_shown_and_nothing_done(tmp_path: Path) -> None:
    laid(tmp_path / "tiny", TINY)
    done = scaffold(tmp_path, "tiny", "--fast", "--dry-run", "--json")
    (template,) = json.loads(done.stdout)["templates"]
    assert (template["rows"], template["passed"], len(template["checks"])) == (None, None, 18)


def test_where_there_is_no_template_the_command_line_makes_no_sense(tmp_path: Path) -> None:
    assert "error[template-unknown]: there is no template in" in scaffold(tmp_path, status=2).stderr
    assert (
        "error[option-refused]: the template cnn is named twice"
        in scaffold(tmp_path, "cnn", "cnn", status=2).stderr
    )
