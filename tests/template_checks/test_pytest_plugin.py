"""The checks as items of a pytest that an author of templates runs: a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.toml import loads
from tests.template_checks.templates import MANIFEST, PLAIN, TINY, laid

REPOSITORY = Path(__file__).resolve().parents[2]
FAST = 12


@pytest.fixture
def author(tmp_path: Path) -> Path:
    """A folder with templates, and what pip leaves of an installed scaffold: its entry point for pytest."""
    points = loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        "pytest11"
    ]
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    laid(
        tmp_path / "site" / "acme-1.dist-info",
        {
            "METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1\n",
            "entry_points.txt": f"[pytest11]\n{lines}",
        },
    )
    laid(tmp_path / "work" / "templates" / "tiny", TINY)
    laid(tmp_path / "work" / "templates" / "plain", PLAIN)
    return tmp_path / "work"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(folder.parent / "site"), str(REPOSITORY)))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def configured(folder: Path, *templates: str, more: str = "") -> None:
    text = f"[pytest]\nscaffold_templates =\n{''.join(f'    {one}{chr(10)}' for one in templates)}{more}"
    (folder / "pytest.ini").write_text(text, encoding="utf-8")


def test_a_configured_template_is_checked_by_pytest_alone(author: Path) -> None:
    configured(
        author, "templates/plain", more=f"scaffold_python = {sys.executable}\naddopts = --strict-markers\n"
    )
    done = run(author, "-rA")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        re.findall(r"^(PASSED|SKIPPED.*?) .*?(?:template.toml::(.*)|: the .*)$", done.stdout, re.MULTILINE)
        != []
    )
    names = re.findall(r"^PASSED templates/plain/template.toml::(.*)$", done.stdout, re.MULTILINE)
    assert names == [
        *(
            "manifest",
            "composes",
            "reproducible",
            "readme",
            "placeholders",
            "portable",
            "metadata",
            "imports",
            "runs",
        ),
        *("launches", "ruff-check", "ruff-format", "environment", "mypy", "tests", "smoke:double"),
    ]
    assert "the project has no tests that are slow" in done.stdout


def test_what_needs_an_environment_is_marked_slow(author: Path) -> None:
    done = run(
        author,
        "--scaffold-template",
        "templates/tiny",
        "--scaffold-template",
        "templates/plain",
        "-m",
        "not slow",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{2 * FAST} passed, 11 deselected" in done.stdout


def test_a_check_that_fails_says_what_does_not_hold_and_what_to_do(author: Path) -> None:
    (author / "templates/tiny/keras/src/your_project/tfkeras/train.py").write_text(
        "from your_project.gone import x\n"
    )
    done = run(author, "--scaffold-template", "templates/tiny", "-m", "not slow")
    assert done.returncode == 1
    failed = re.findall(r"^FAILED templates/tiny/template.toml::(\S+)", done.stdout, re.MULTILINE)
    assert failed == ["imports", "ruff-check"]
    assert "tiny: imports" in done.stdout
    assert "does not hold: what a file imports of its own project is there in every selection" in done.stdout
    assert (
        "keras, 2 letters and 3 more: keras/src/your_project/tfkeras/train.py: your_project.gone.x"
        in done.stdout
    )
    assert "what to do: move the file or the import into the layer of its framework" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_manifest_that_cannot_be_read_is_one_item_with_all_its_problems(author: Path) -> None:
    broken = MANIFEST.replace('title = "Tiny"\n', "").replace('version = "1.0.0"\n', "")
    (author / "templates/tiny/template.toml").write_text(broken)
    done = run(author, "--scaffold-template", "templates/tiny")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "'title': it is missing" in done.stdout
    assert "'version': it is missing" in done.stdout


def test_one_check_can_be_named_and_other_files_run_without_templates(author: Path) -> None:
    configured(author, "templates/tiny")
    (author / "test_own.py").write_text("def test_own() -> None:\n    pass\n")
    assert "1 passed" in run(author, "templates/tiny/template.toml::imports").stdout
    assert "1 passed" in run(author, "test_own.py").stdout
    assert f"{1 + FAST} passed, 6 deselected" in run(author, "-m", "not slow").stdout


def test_a_template_that_is_not_there_is_a_mistake_in_the_command(author: Path) -> None:
    done = run(author, "--scaffold-template", "templates/gone")
    assert done.returncode == 4
    assert "templates/gone/template.toml is not there: no template to check" in done.stdout + done.stderr


def test_a_run_without_templates_imports_nothing_for_them(author: Path) -> None:
    (author / "test_own.py").write_text(
        "import sys\n\n\ndef test_own() -> None:\n"
        "    loaded = [one for one in sys.modules if one.startswith('scaffold')]\n"
        "    assert loaded == ['scaffold', 'scaffold.template_checks', 'scaffold.template_checks.pytest_plugin']\n"
    )
    done = run(author, "test_own.py")
    assert done.returncode == 0, done.stdout
