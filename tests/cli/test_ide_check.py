"""`scaffold ide check` as a user calls it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.ide.projects import FILES, run_xml
from tests.conftest import one_thread
from tests.pycharm.projects_on_disk import lay

RUN = ".run/train.run.xml"
BAD = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false", PARAMETERS="--name 'a b'")
GOOD = run_xml(PARAMETERS='--name "a b"')


def check(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "ide", "check", *arguments],
        cwd=folder, env={**one_thread(), "PATH": _path(), **environment}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def _path() -> str:
    return str(Path(shutil.which("git") or "/usr/bin/git").parent)


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """Somebody's project, with blanks and Chinese in its name; no git, so that .run alone is for others."""
    root = tmp_path / "我的 app"
    lay(root, {**FILES, RUN: BAD})
    return root


def test_what_a_user_reads(project: Path) -> None:
    done = check(project)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.splitlines() == [
        f"Looked at the PyCharm files of {project}.",
        "error    ide.run-config-sdk  Run configurations that others get name an interpreter of one machine",
        "           elsewhere interpreters have other names and places: PyCharm starts nothing",
        f"           {RUN}:7: SDK_NAME = bob",
        "           Fix: take the project's interpreter (IS_MODULE_SDK=true): scaffold ide check --fix",
        "warning  ide.single-quotes  Arguments are quoted with single quotes, which PyCharm hands on as they are",
        "           a shell takes them away; PyCharm does not, and splits what stands between them at blanks",
        f"           {RUN}:8: [--name] ['a] [b']",
        "           Fix: write double quotes: scaffold ide check --fix",
        "ok       ide.run-config  1 run configuration: everything they name is there",
        "1 error, 1 warning",
        "See what --fix would change:  scaffold ide check --fix --dry-run",
    ]


def test_as_wide_as_the_terminal(project: Path) -> None:
    """Text is wrapped; a command and a path stay whole, so that they can be copied."""
    lines = check(project, COLUMNS="40").stdout.splitlines()
    assert lines[1:10] == [
        "error    ide.run-config-sdk  Run",
        "           configurations that others",
        "           get name an interpreter of",
        "           one machine",
        "           elsewhere interpreters have",
        "             other names and places:",
        "             PyCharm starts nothing",
        f"           {RUN}:7:",
        "             SDK_NAME = bob",
    ]
    assert "                scaffold ide check --fix" in lines
    assert max(map(len, lines[1:-2])) == 40


def test_cured_and_taken_back(project: Path) -> None:
    assert check(project, "--fix", "--dry-run").returncode == 2
    refused = check(project, "--fix")
    assert (refused.returncode, "error[consent-needed]" in refused.stderr) == (1, True)
    assert (project / RUN).read_text() == BAD
    done = check(project, "--fix", "--yes", "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, said["schema"], said["summary"]["error"]) == (0, "scaffold/ide-check/1", 0)
    assert [one["path"] for one in said["fix"]["changes"]] == [RUN]
    assert (project / RUN).read_text() == GOOD
    assert "nothing that --fix could change" in check(project, "--fix").stdout
    undone = check(project, "--undo", "--yes")
    assert (undone.returncode, undone.stdout.splitlines()[-1]) == (
        0,
        "Taken back: these files are as they were.",
    )
    assert (project / RUN).read_text() == BAD
    again = check(project, "--undo", "--yes")
    assert (again.returncode, "error[option-refused]: There is nothing to take back" in again.stderr) == (
        2,
        True,
    )


def test_exit_statuses(project: Path) -> None:
    (project / RUN).write_text(run_xml(PARAMETERS="--name 'a b'"))
    assert [check(project, *one).returncode for one in ((), ("--strict",))] == [0, 1]
    (project / RUN).write_text(run_xml())
    assert check(project, "--strict").returncode == 0
    assert check(project, "--yes").returncode == 2
    assert check(project, "gone").returncode == 2
    assert "error[project-not-found]" in check(project.parent).stderr


def test_a_python_project_without_pycharm_gets_its_files_and_no_other_project(
    tmp_path: Path, home: Path
) -> None:
    lay(tmp_path / "plain", {"pyproject.toml": ""})
    refused = check(tmp_path / "plain")
    assert "is a Python project without PyCharm's files" in refused.stderr
    assert f"scaffold ide pycharm {tmp_path / 'plain'}" in refused.stderr


def test_a_project_beside_this_folder_is_called_by_its_name(project: Path) -> None:
    (project.parent / "here").mkdir()
    done = check(project.parent / "here", f"../{project.name}")
    assert done.stdout.splitlines()[0] == f"Looked at the PyCharm files of {project}."


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_with_git_itself(project: Path) -> None:
    """What git tracks and what it ignores decides; and nothing of the repository's settings is run."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True)

    git("init", "--quiet")
    (project / ".idea/workspace.xml").write_text("<project />")
    (project / ".gitignore").write_text(".idea/app.iml\n")
    git("add", "--all")
    git("config", "core.fsmonitor", "touch started; false")
    found = {one["id"] for one in json.loads(check(project, "--json").stdout)["findings"]}
    assert {"ide.vcs-files", "ide.half-committed", "ide.run-config-sdk"} <= found
    assert not (project / "started").exists()
