"""The battery with an environment of its own, made with whatever settings this machine has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template_checks.templates import TINY, laid


@pytest.mark.network
@pytest.mark.environment
@pytest.mark.slow
def test_an_environment_is_made_for_this_machine(tmp_path: Path) -> None:
    """With PyTorch, its proof, and the tools that look at the project."""
    laid(tmp_path / "tiny", TINY)
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "templates", "check", "tiny", "--framework", "pytorch", "--yes", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    if answer.get("error", {}).get("code") in {"consent-needed", "no-build", "source-unreachable"}:
        pytest.skip("this machine cannot have PyTorch without gigabytes of CUDA")
    assert done.returncode == 0, done.stdout + done.stderr
    (template,) = answer["templates"]
    statuses = {row["id"]: row["status"] for row in template["rows"]}
    assert {one for one, status in statuses.items() if status != "passed"} == {
        "tests-slow",
        "smoke:train (Keras)",
    }
    assert "mypy" in json.dumps(template["setup"])
