"""`scaffold doctor` on projects that somebody damaged: the installed command, real files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.environments.layout import Place
from tests.conftest import one_thread
from tests.environments.unpacked import make_environment, make_unfinished
from tests.templates.test_rendered import rendered


def doctor(folder: Path) -> tuple[int, dict[str, str]]:
    """Exit status, and the level of every finding that is not good."""
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "doctor", "--json", str(folder)],
        env=one_thread(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {one["id"]: one["level"] for one in findings if one["level"] != "ok"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files of a project, without an environment."""
    from scaffold.projects.catalog import find_template
    from scaffold.projects.write import write_project

    target = tmp_path / "cnn-project"
    write_project(target, rendered(find_template("cnn"), "cnn-project", ("pytorch",)))
    return target


WITHOUT_ENVIRONMENT = {"env.missing": "error", "ide.run-config": "skipped"}


def test_files_alone_lack_an_environment(project: Path) -> None:
    assert doctor(project) == (2, WITHOUT_ENVIRONMENT)


def test_an_interrupted_making_is_one_error_and_its_consequences_none(project: Path) -> None:
    """Run configurations name an interpreter that is not there; nobody shall correct or delete them for it."""
    make_environment(project / ".venv")
    (project / ".venv/bin/python").unlink()
    make_unfinished(Place(project))
    unfinished = {"env.unfinished": "error", "env.contents": "skipped", "ide.run-config": "skipped"}
    assert doctor(project) == (2, unfinished)


def test_a_folder_that_never_was_a_project_is_only_a_machine(tmp_path: Path) -> None:
    status, findings = doctor(tmp_path)
    assert (status, [one for one in findings if one.startswith(("env", "proj", "ide"))]) == (0, [])


@pytest.mark.parametrize("damage", ["", "[[[", "[]", '{"schema": "scaffold/project/99"}'])
def test_a_damaged_record_is_a_finding_beside_the_others(damage: str, project: Path) -> None:
    (project / ".scaffold" / "project.json").write_text(damage, encoding="utf-8")
    assert doctor(project) == (2, {"proj.record": "error", **WITHOUT_ENVIRONMENT})


def test_a_lost_record_is_noticed(project: Path) -> None:
    (project / ".scaffold" / "project.json").unlink()
    assert doctor(project) == (2, {"proj.record": "error"})


def test_what_other_commands_keep_does_not_make_a_project(tmp_path: Path) -> None:
    (tmp_path / ".scaffold" / "idea").mkdir(parents=True)
    assert "proj.record" not in doctor(tmp_path)[1]


@pytest.mark.parametrize("damage", ["[[[", "[project]\ndependencies = ['no requirement!']\n"])
def test_damaged_metadata_is_noticed(damage: str, project: Path) -> None:
    (project / "pyproject.toml").write_text(damage, encoding="utf-8")
    assert doctor(project) == (2, {"proj.metadata": "error", **WITHOUT_ENVIRONMENT})


def test_an_environment_of_unknown_making_is_a_warning(project: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(project / ".venv")], check=True)
    (project / ".scaffold" / "environment.json").write_text("junk", encoding="utf-8")
    status, findings = doctor(project)
    assert (status, findings["env.unknown"], findings["pkg.framework-missing"]) == (2, "warning", "error")
