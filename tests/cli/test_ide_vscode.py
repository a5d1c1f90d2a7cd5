"""``scaffold new --ide`` and ``scaffold ide vscode`` as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold import making
from scaffold.projects.record import read_record, remember_ide
from scaffold.pycharm.model import FurtherInterpreter, IdeProject
from scaffold.pycharm.registration.plan import Wish
from scaffold.system import HostSystem
from tests.pycharm.projects_on_disk import RUNS, lay, make_project
from tests.vscode.conftest import accepts

VSCODE = {".vscode/extensions.json", ".vscode/launch.json", ".vscode/settings.json", ".vscode/tasks.json"}
OURS = VSCODE | {".vscode/scaffold.json"}


def scaffold(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file, less the lock that a command held."""
    files = (one for one in root.rglob("*") if one.is_file() and one.name != "environment.lock")
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in files}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of ours as `new --ide pycharm` leaves its files, of a template that is not installed."""
    root = make_project(tmp_path / "a & 项目")
    record = {
        "schema": "scaffold/project/1",
        "template": "gone",
        "template_version": "1",
        "provider": "acme",
        "scaffold_version": "0.1.0",
        "name": {"distribution": "cnn-project", "package": "cnn_project", "title": "Cnn Project"},
        "frameworks": ["pytorch"],
        "files": {},
    }
    lay(root, {".scaffold/project.json": json.dumps(record)})
    return root


def test_the_files_come_and_go_and_the_project_remembers(root):
    before = snapshot(root)
    tried = scaffold(root, "ide", "vscode", "--dry-run")
    assert (tried.returncode, snapshot(root)) == (0, before), tried.stderr
    assert "Would write    .vscode/launch.json (3 entries)" in tried.stdout
    done = scaffold(root, "ide", "vscode")
    assert done.returncode == 0, done.stderr
    after = snapshot(root)
    assert after.keys() - before.keys() == OURS
    assert read_record(root).ide == "both"
    for name in sorted(VSCODE):
        assert accepts(Path(name).stem, json.loads(after[name])) == []
    launch = json.loads(after[".vscode/launch.json"])
    assert {one["name"] for one in launch["configurations"]} == {run.name for run in RUNS}
    again = scaffold(root / "src", "ide", "vscode", root)
    assert "everything is as it should be" in again.stdout
    assert snapshot(root) == after
    undone = scaffold(root, "ide", "vscode", "--undo", "--json")
    told = json.loads(undone.stdout)
    assert (told["schema"], told["done"], told["ide"]) == ("scaffold/ide-vscode/1", True, "pycharm")
    assert {one["path"] for one in told["files"] if one["what"] == "removed"} == OURS
    assert snapshot(root).keys() == before.keys()
    assert read_record(root).ide == "pycharm"
    assert "nothing of scaffold's is there" in scaffold(root, "ide", "vscode", "--undo").stdout


def test_what_is_the_users_is_told_and_kept(root):
    theirs = '{\n  // mine\n  "python.defaultInterpreterPath": "/opt/python"\n}\n'
    lay(root, {".vscode/settings.json": theirs})
    done = scaffold(root, "ide", "vscode")
    assert "Kept           .vscode/settings.json: python.defaultInterpreterPath: it is yours" in done.stdout
    assert "Backup         .scaffold/before-vscode/settings.json" in done.stdout
    assert (root / ".scaffold/before-vscode/settings.json").read_text() == theirs
    assert (root / ".vscode/settings.json").read_text().startswith(theirs[: theirs.index("\n}")] + ",\n")
    undone = scaffold(root, "ide", "vscode", "--undo")
    assert "Changed        .vscode/settings.json (" in undone.stdout
    assert " entries taken out)" in undone.stdout
    assert (root / ".vscode/settings.json").read_text() == theirs


def test_a_broken_file_is_told_with_its_line_and_nothing_is_written(root):
    lay(root, {".vscode/launch.json": '{\n  "configurations": [\n'})
    before = snapshot(root)
    done = scaffold(root, "ide", "vscode")
    assert done.returncode == 1
    assert "error[ide-file-broken]" in done.stderr
    assert "launch.json, line 3, column 1: this is not JSON as VS Code reads it" in done.stderr
    assert snapshot(root) == before


def test_a_project_that_scaffold_did_not_make(tmp_path):
    root = make_project(tmp_path / "theirs")
    before = snapshot(root)
    done = scaffold(root, "ide", "vscode")
    assert done.returncode == 0, done.stderr
    assert snapshot(root).keys() - before.keys() == OURS
    assert scaffold(root, "ide", "vscode", "--undo").returncode == 0
    assert snapshot(root) == before
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "error[project-not-found]" in scaffold(empty, "ide", "vscode").stderr


def launched(root: Path) -> dict[str, dict[str, object]]:
    configurations = json.loads((root / ".vscode/launch.json").read_text())["configurations"]
    return {one["name"]: one for one in configurations}


def test_what_stands_in_the_projects_own_files_is_what_vs_code_starts(root):
    """Of a project of ours as of anybody's: changed ones, further ones, and those that cannot be said."""
    (root / ".run/mine.run.xml").write_text(
        (root / ".run/tests.run.xml").read_text().replace('name="tests"', 'name="mine"', 1)
    )
    prepare = root / ".run/prepare data.run.xml"
    prepare.write_text(
        prepare.read_text().replace('"PARAMETERS" value=""', '"PARAMETERS" value="--epochs 1"')
    )
    tests = root / ".run/tests.run.xml"
    tests.write_text(tests.read_text().replace('"ENV_FILES" value=""', '"ENV_FILES" value=".env"'))
    done = scaffold(root, "ide", "vscode")
    assert "Left out       tests: it says ENV_FILES=.env" in done.stdout
    there = launched(root)
    assert set(there) == {"train (PyTorch)", "prepare data", "mine"}
    assert there["prepare data"]["args"] == ["--epochs", "1"]


@pytest.mark.parametrize("name", ["open", "vscode"])
def test_a_folder_above_is_not_the_project_that_one_stands_in(root, name, tmp_path):
    other = tmp_path / "plain"
    lay(other, {"pyproject.toml": '[project]\nname = "plain"\nversion = "0"\n'})
    told = scaffold(root, "ide", name, "../plain", "--dry-run", "--json")
    if name == "vscode":
        assert json.loads(told.stdout)["root"] == str(other), told.stderr
    else:  # no PyCharm, or no screen: it is the project that must not be another
        assert told.returncode == 1 or json.loads(told.stdout)["root"] == str(other)


@pytest.mark.parametrize(("ide", "idea"), [("pycharm", True), ("vscode", False), ("both", True)])
def test_the_environments_are_shown_to_the_ide_that_is_remembered(root, home, monkeypatch, ide, idea):
    remember_ide(root, ide)
    project = IdeProject(module="cnn-project", runs=(replace(RUNS[0], framework="keras"),), python="3.12.1")
    further = FurtherInterpreter(name="keras", python="3.12.1", frameworks=("keras",))
    monkeypatch.setattr(making, "with_environments", lambda *_, **__: replace(project, further=(further,)))
    (root / ".idea").rename(root / ".was")
    making.tell_pycharm(HostSystem(), project, root)
    workspace = root / ".envs/cnn-project.code-workspace"
    assert ((root / ".idea").exists(), workspace.exists()) == (idea, ide != "pycharm")
    if workspace.exists():
        (entry,) = json.loads(workspace.read_text(encoding="utf-8"))["launch"]["configurations"]
        assert (entry["name"], entry["python"]) == (
            "train (PyTorch, GPU)",
            "${workspaceFolder}/.envs/keras/bin/python",
        )


def test_who_asks_for_pycharm_as_well_gets_both_from_then_on(root, home):
    remember_ide(root, "vscode")
    making.tell_pycharm(HostSystem(), IdeProject(module="cnn-project", runs=(), python=""), root, wish=Wish())
    assert read_record(root).ide == "both"


@pytest.mark.parametrize(("ide", "files"), [("pycharm", set()), ("vscode", OURS), ("both", OURS)])
def test_new_writes_what_the_ide_reads(ide, files):
    from scaffold.drawing.blueprint import ide_files
    from scaffold.projects.catalog import find_template
    from scaffold.projects.names import project_name
    from scaffold.projects.render import project_runs

    template, name = find_template("cnn"), project_name("cnn-project")
    runs = project_runs(template, name, ("pytorch", "keras"))
    tree = {str(path): content for path, content in ide_files(ide, template, name, runs).items()}
    assert {path for path in tree if path.startswith(".vscode/")} == files
    assert len({path for path in tree if path.startswith(".run/")}) == len(runs)
    for path in sorted(files - {".vscode/scaffold.json"}):
        assert accepts(Path(path).stem, json.loads(tree[path])) == []


def test_without_a_run_configuration_there_is_nothing_to_translate(tmp_path: Path) -> None:
    lay(tmp_path, {"pyproject.toml": "", ".vscode/.extensions.json.vg6zc2_9": "of a run that was killed"})
    done = scaffold(tmp_path, "ide", "vscode")
    assert done.stdout.splitlines()[0] == "Wrote          .vscode/launch.json"
    note = "Note           the project has no run configurations, so there is nothing to translate"
    assert done.stdout.splitlines()[-1] == note
    assert json.loads((tmp_path / ".vscode/launch.json").read_text()) == {"version": "0.2.0"}
    assert {f".vscode/{one.name}" for one in (tmp_path / ".vscode").iterdir()} == OURS
    scaffold(tmp_path, "ide", "vscode", "--undo")
    assert snapshot(tmp_path).keys() <= {"pyproject.toml"}
