"""`scaffold doctor --fix` and `--undo` as a user types them: files with their backup, environments from their lock."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.checks.ide.projects import FILES, run_xml
from tests.cli.test_doctor import doctor
from tests.cli.test_env import create
from tests.environments.standins import make_project
from tests.pycharm.projects_on_disk import lay

RUN = ".run/train.run.xml"
BAD = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false", PARAMETERS="--name 'a b'")


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    root = tmp_path / "我的 app"
    lay(root, {**FILES, RUN: BAD})
    return root


def test_a_dry_run_shows_everything_and_changes_nothing(project: Path) -> None:
    status, out, _ = doctor("--fix", "--dry-run", folder=project)
    assert (status, "Cures ide.run-config-sdk" in out, f"  {RUN}: " in out) == (2, True, True)
    assert (project / RUN).read_text() == BAD


def test_nobody_to_ask_means_no(project: Path) -> None:
    status, out, _ = doctor("--fix", "--json", folder=project)
    assert (status, json.loads(out)["error"]["code"]) == (1, "consent-needed")
    assert (project / RUN).read_text() == BAD


def test_files_are_cured_and_taken_back(project: Path) -> None:
    _, out, _ = doctor("--fix", "--yes", "--json", folder=project)
    content = json.loads(out)
    assert content["fix"]["done"] is True
    assert [one["path"] for one in content["fix"]["changes"]] == [RUN]
    assert "ide.run-config-sdk" not in [one["id"] for one in content["findings"]]
    assert 'name="IS_MODULE_SDK" value="true"' in (project / RUN).read_text()
    status, out, _ = doctor("--undo", "--yes", folder=project)
    assert (status, "Taken back" in out, (project / RUN).read_text()) == (0, True, BAD)
    status, _, err = doctor("--undo", "--yes", folder=project)
    assert (status, "There is nothing to take back" in err) == (2, True)


def test_a_file_that_was_changed_since_stays(project: Path) -> None:
    doctor("--fix", "--yes", folder=project)
    (project / RUN).write_text("mine")
    status, _, err = doctor("--undo", "--yes", folder=project)
    assert (status, "error[file-changed]" in err, (project / RUN).read_text()) == (1, True, "mine")


def test_nothing_to_cure_is_said(tmp_path: Path) -> None:
    status, out, _ = doctor("--fix", folder=tmp_path)
    assert (status, "There is nothing that doctor can cure by itself here." in out) == (0, True)


def test_a_variable_that_a_finding_blames_is_taken_out(tmp_path: Path, home: Path) -> None:
    """Looked up, judged, cured and looked up again: nothing of it is told by the test."""
    envs = '    <envs>\n      <env name="PYTHONHOME" value="/opt/old" />\n      <env name="SEED" value="1" />\n    </envs>\n'
    lay(tmp_path, {**FILES, RUN: run_xml(inside=envs)})
    before = json.loads(doctor("--json", "--only", "env.pythonhome", folder=tmp_path)[1])
    assert [(one["level"], one["remedy"]["automatic"]) for one in before["findings"]] == [("error", True)]
    status, out, err = doctor("--fix", "--yes", "--json", "--only", "env.pythonhome", folder=tmp_path)
    content = json.loads(out)
    assert (status, content["findings"]) == (0, []), err
    assert content["fix"]["changes"] == [
        {
            "path": RUN,
            "removed": False,
            "reasons": ["without PYTHONHOME"],
            "lines": ['-      <env name="PYTHONHOME" value="/opt/old" />'],
        }
    ]
    assert 'name="SEED" value="1"' in (tmp_path / RUN).read_text()


@pytest.mark.usefixtures("isolated")
def test_a_moved_environment_is_made_anew(tmp_path: Path, wheels: Path, monkeypatch) -> None:
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    done = create(make_project(tmp_path / "before", "pytorch"), wheels)
    assert done.returncode == 0, done.stderr
    root = tmp_path / "after"
    shutil.move(tmp_path / "before", root)
    status, out, err = doctor("--json", folder=root)
    moved = {one["id"]: one["remedy"] for one in json.loads(out)["findings"] if one["level"] == "error"}
    assert (status, {one["automatic"] for one in moved.values() if one}) == (2, {True}), moved
    status, out, err = doctor("--fix", "--yes", "--json", folder=root)
    content = json.loads(out)
    assert content["fix"]["environment"] == {
        "command": ["scaffold", "env", "create"],
        "needed": True,
        "problem": None,
    }, err
    assert [one["id"] for one in content["findings"] if one["level"] == "error"] == []
