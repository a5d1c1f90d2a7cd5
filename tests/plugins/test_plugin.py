"""A package with templates of its own, installed beside scaffold as any user would install it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = Path(__file__).with_name("acme_templates")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment with scaffold and the plugin, installed by pip."""
    folder = tmp_path_factory.mktemp("plugin")
    shutil.copytree(PLUGIN, folder / "acme-templates", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=300)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    done = subprocess.run(
        [programs / "python", "-m", "pip", "install", "--quiet", ROOT, folder / "acme-templates", "numpy", "pytest", "tqdm"],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return programs


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.network
@pytest.mark.slow
def test_a_plugin_is_listed_shown_opened_and_made_a_project_of(scripts: Path, tmp_path: Path) -> None:
    scaffold, python = scripts / "scaffold", scripts / "python"
    listed = json.loads(run(scaffold, "templates", "list", "--json", cwd=tmp_path))
    assert listed["problems"] == []
    assert [one["version"] for one in listed["templates"] if one["provider"] == "acme-templates"] == ["0.3.0"]
    shown = json.loads(run(scaffold, "templates", "show", "acme:line", "--json", cwd=tmp_path))["template"]
    assert (shown["name"], shown["frameworks"]) == ("line", [])
    assert {
        "src/your_project/measurements.py",
        "src/your_project/run_folder.py",
        "tests/test_line.py",
    } <= set(shown["files"])

    run(scaffold, "new", "my-line", "-t", "acme:line", "--no-env", cwd=tmp_path)
    project = tmp_path / "my-line"
    record = json.loads((project / ".scaffold/project.json").read_text())
    assert [record[key] for key in ("provider", "template", "template_version", "origin")] == [
        "acme-templates", "line", "0.3.0", "",
    ]  # fmt: skip
    assert "passed" in run(python, "-m", "pytest", "-q", cwd=project)
    assert "fit the line" in run(scaffold, "run", cwd=project)

    run(scaffold, "new", "their-line", "-t", "pkg:acme-templates/_templates/line", "--no-env", cwd=tmp_path)
    record = json.loads((tmp_path / "their-line/.scaffold/project.json").read_text())
    assert record["origin"] == "pkg:acme-templates/_templates/line"

    run(scaffold, "templates", "open", "line", "--to", "live", cwd=tmp_path)
    live = tmp_path / "live"
    program = (
        live / "src/your_project/train.py"
    )  # of a wheel that the next upgrade replaces: a copy, to be read
    assert (program.is_symlink(), program.stat().st_mode & 0o222) == (False, 0) or os.name == "nt"
    assert "2 passed" in run(python, "-m", "pytest", "-q", "tests/test_line.py", cwd=live)
