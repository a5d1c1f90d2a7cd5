"""``scaffold ide pycharm`` as a person meets it: a real process, a real environment, settings on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scaffold.pycharm.documents.source import read
from scaffold.pycharm.reading.project_files import read_project
from scaffold.pycharm.registration.table import known
from scaffold.shell import quoted
from scaffold.system import HostSystem
from tests.pycharm.projects_on_disk import add_environment, lay
from tests.pycharm.registration.machine import config, tree
from tests.pycharm.registration.tables import OF_2026, entry_of

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="settings lie where Linux has them")


def scaffold(folder: Path, *arguments: str, status: int = 0, **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **variables}
    environment.pop("TERMINAL_EMULATOR", None) if "TERMINAL_EMULATOR" not in variables else None
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        timeout=60,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == status, done.stderr + done.stdout
    return done.stdout + done.stderr


def as_json(folder: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    told = json.loads(scaffold(folder, "ide", "pycharm", *arguments, "--json", status=status))
    assert told["schema"] == "scaffold/ide-pycharm/1"
    return dict(told)


@pytest.fixture
def mine(home: Path) -> Path:
    """A project that scaffold did not make, with an environment; blanks, quotes and Chinese in its path."""
    root = home / "it's & 我的 项目" / "lab"
    lay(
        root,
        {
            "pyproject.toml": '[project]\nname = "my-lab"\n',
            "src/lab/__init__.py": "",
            "tests/test_a.py": "",
            "data/a.csv": "",
            "runs/one/metrics.json": "{}",
            "build/__init__.py": "",
        },
    )
    add_environment(root)
    return root


def names(folder: Path) -> list[str]:
    return [one.name for one in known(read(folder / "options" / "jdk.table.xml"), HostSystem())]


def minor() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def test_any_folder_is_made_ready_and_taken_back(mine: Path, home: Path) -> None:
    ide = config(home, "PyCharm2026.2", OF_2026)
    before = tree(home)
    name = f"Python {minor()} (my-lab)"
    dry = as_json(mine, "--dry-run")
    assert (dry["done"], dry["module"], dry["name"], dry["made_by_scaffold"]) == (
        False,
        "my-lab",
        name,
        False,
    )
    assert [step["outcome"] for step in dry["steps"]] == ["registered"]
    assert tree(home) == before
    said = scaffold(mine, "ide", "pycharm")
    assert f"PyCharm 2026.2: knows the interpreter {name} now; written: {ide}/options/jdk.table.xml" in said
    trust = f"scaffold ide pycharm --trust {quoted(mine)}"
    assert f"PyCharm will ask whether you trust the folder, unless: {trust}\n" in said
    assert names(ide) == ["~/garage/.venv", name]
    project = read_project(mine, HostSystem())
    (module,) = project.modules
    assert (module.name, module.sdk, project.sdk) == ("my-lab", name, name)
    assert [path.name for path in module.sources] == ["src", "tests"]
    assert {path.name for path in module.excluded} >= {"data", "runs", ".venv"}
    assert "build" not in {path.name for path in module.excluded}  # a package
    after = tree(home)
    assert as_json(mine)["report"]["written"] == []
    assert tree(home) == after
    assert f"PyCharm 2026.2: {name} taken out of {ide}" in scaffold(mine, "ide", "pycharm", "--undo")
    left = {path for path in tree(home) if path not in before}
    assert {path.split("/")[1] for path in left} == {"share"}  # our journal and backups
    assert {path: content for path, content in tree(home).items() if path in before} == before
    assert "Nothing of scaffold's is left" in scaffold(mine, "ide", "pycharm", "--undo")


def test_what_was_made_here_is_trusted_and_a_copy_of_it_is_not(home: Path) -> None:
    """A stranger's clone bears the same record."""
    ide = config(home)
    scaffold(home, "new", "cnn-project", "--no-env")
    shutil.copytree(home / "cnn-project", home / "copy")
    asked = "PyCharm will ask whether you trust the folder"
    assert asked not in scaffold(home / "cnn-project", "ide", "pycharm")
    assert asked in scaffold(home / "copy", "ide", "pycharm")
    trusted = [one.get("key") for one in read(ide / "options" / "trusted-paths.xml").iter("entry")]
    assert trusted == [str(home / "cnn-project")]
    assert asked not in scaffold(home / "copy", "ide", "pycharm", "--trust")
    scaffold(home, "new", "other", "-t", "cnn", "--no-env")
    assert asked in scaffold(home / "other", "ide", "pycharm", "--no-trust")


def test_a_project_of_ours_without_an_environment(home: Path) -> None:
    config(home)
    scaffold(home, "new", "cnn-project", "--no-env")
    said = scaffold(home / "cnn-project" / "src", "ide", "pycharm", "..")
    assert "none: there is no environment yet; make one with scaffold env create" in said
    assert f"The files are ready, an environment is missing: {home / 'cnn-project'}" in said
    assert "Ready for PyCharm" not in said
    assert 'type="inheritedJdk"' in (home / "cnn-project/.idea/cnn-project.iml").read_text(encoding="utf-8")
    add_environment(home / "cnn-project")
    told = as_json(home / "cnn-project")
    assert (told["made_by_scaffold"], told["name"]) == (True, f"Python {minor()} (cnn-project)")
    (ide,) = told["report"]["registration"]["ides"]
    assert [Path(path).name for path in ide["written"]] == ["jdk.table.xml"], ide
    assert f'jdkName="{told["name"]}"' in (home / "cnn-project/.idea/cnn-project.iml").read_text(
        encoding="utf-8"
    )


def test_the_number_of_a_clash_stands_in_the_projects_files_too(mine: Path, home: Path) -> None:
    ide = config(home, "PyCharm2026.2", entry_of(f"Python {minor()} (my-lab)", "/usr/bin/python3"))
    name = f"Python {minor()} (my-lab) (2)"
    assert as_json(mine)["name"] == name
    assert read_project(mine, HostSystem()).modules[0].sdk == name
    assert names(ide)[1] == name


def test_in_an_ides_terminal_the_click_is_told(mine: Path, home: Path) -> None:
    ide = config(home)
    said = scaffold(mine, "ide", "pycharm", TERMINAL_EMULATOR="JetBrains-JediTerm")
    assert "nothing was entered, this terminal is an IDE's own" in said
    assert 'There, open the folder and click "Trust Project": it takes the environment by itself then' in said
    assert f"The files are ready; PyCharm is open: what is left to click there is said above: {mine}" in said
    assert "Ready for PyCharm" not in said
    assert tree(ide) == {}
    assert (mine / ".idea/my-lab.iml").is_file()


def test_an_open_pycharm_does_not_lose_the_interpreter_that_it_has(mine: Path, home: Path) -> None:
    """The module inherits a name that leads to the environment; ours would lead nowhere until it is closed."""
    config(home, "PyCharm2026.2", entry_of("mine", str(mine / ".venv/bin/python3").replace("&", "&amp;")))
    manager = '<component name="NewModuleRootManager"><content url="file://$MODULE_DIR$" />'
    chosen = 'project-jdk-name="mine" project-jdk-type="Python SDK"'
    lay(
        mine,
        {
            ".idea/misc.xml": f'<project version="4"><component name="ProjectRootManager" {chosen} /></project>',
            ".idea/my-lab.iml": f'<module version="4">{manager}<orderEntry type="inheritedJdk" /></component></module>',
            ".idea/modules.xml": '<project version="4"><component name="ProjectModuleManager"><modules>'
            '<module filepath="$PROJECT_DIR$/.idea/my-lab.iml" /></modules></component></project>',
        },
    )
    for _ in range(2):
        said = scaffold(mine, "ide", "pycharm", TERMINAL_EMULATOR="JetBrains-JediTerm")
        assert "mine stays: PyCharm knows it, and cannot be told of" in said
        assert "can be chosen" not in said
        assert '<orderEntry type="inheritedJdk" />' in (mine / ".idea/my-lab.iml").read_text(encoding="utf-8")
    scaffold(mine, "ide", "pycharm")
    module = read_project(mine, HostSystem()).modules[0]
    assert module.sdk == f"Python {minor()} (my-lab)"


def test_an_interpreter_that_is_gone_is_no_environment(mine: Path, home: Path) -> None:
    config(home)
    python = mine / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    said = scaffold(mine, "ide", "pycharm")
    assert f"{python}: it is not there; make the environment anew with python -m venv .venv" in said
    assert f"The files are ready, an environment is missing: {mine}" in said
    assert "Ready for PyCharm" not in said
    assert as_json(mine)["interpreter"] is None


def test_where_no_pycharm_has_run_it_is_told_what_one_will_do(mine: Path) -> None:
    said = scaffold(mine, "ide", "pycharm")
    assert f"The files are ready; PyCharm will take .venv when it first opens the folder: {mine}" in said
    assert "Ready for PyCharm" not in said


def test_beside_a_jdk_of_the_project_the_module_uses_ours(mine: Path, home: Path) -> None:
    config(home)
    java = (
        '<component name="ProjectRootManager" version="2" project-jdk-name="17" project-jdk-type="JavaSDK" />'
    )
    iml = '<component name="NewModuleRootManager"><content url="file://$MODULE_DIR$" />'
    lay(
        mine,
        {
            ".idea/misc.xml": f'<project version="4">{java}</project>',
            ".idea/my-lab.iml": f'<module version="4">{iml}<orderEntry type="inheritedJdk" /></component></module>',
            ".idea/modules.xml": '<project version="4"><component name="ProjectModuleManager"><modules>'
            '<module filepath="$PROJECT_DIR$/.idea/my-lab.iml" /></modules></component></project>',
        },
    )
    said = scaffold(mine, "ide", "pycharm")
    assert read_project(mine, HostSystem()).modules[0].sdk == f"Python {minor()} (my-lab)"
    assert (
        f"the module uses Python {minor()} (my-lab); what somebody chose for the project as a whole" in said
    )
    assert "can be chosen" not in said


def test_broken_settings_and_broken_files_are_told_and_set_aside_on_request(mine: Path, home: Path) -> None:
    ide = config(home, "PyCharm2026.2", "<application><")
    said = scaffold(mine, "ide", "pycharm", status=1)
    assert "this is not XML" in said
    assert f"scaffold ide pycharm --repair {quoted(mine)} sets it aside" in said
    assert f"The files are ready, not every PyCharm could be told: {mine}" in said
    assert "Ready for PyCharm" not in said
    (mine / ".idea" / "misc.xml").write_text("<project", encoding="utf-8")
    said = scaffold(mine, "ide", "pycharm", status=1)
    assert "error[ide-file-broken]" in said
    assert f"scaffold ide pycharm --repair {quoted(mine)}\n" in said
    scaffold(mine, "ide", "pycharm", "--repair")
    assert names(ide) == [f"Python {minor()} (my-lab)"]
    (copy,) = (home / ".local/share/scaffold/pycharm/backups").rglob("*jdk.table.xml")
    assert copy.read_text(encoding="utf-8") == "<application><"


def test_settings_are_left_alone_where_that_was_asked_for(mine: Path, home: Path) -> None:
    ide = config(home)
    scaffold(mine, "ide", "pycharm", "--no-register")
    assert tree(ide) == {}
    assert not (home / ".local").exists()
    said = scaffold(mine, "ide", "pycharm", "--no-register")
    assert f"The files are ready; PyCharm's settings were left as they are: {mine}" in said


def test_what_makes_no_sense_together_is_refused(mine: Path) -> None:
    assert "--undo takes back what --trust would write" in scaffold(
        mine, "ide", "pycharm", "--undo", "--trust", status=2
    )


def test_a_folder_of_nothing_is_no_project(home: Path) -> None:
    (home / "empty").mkdir()
    assert "error[project-not-found]" in scaffold(home / "empty", "ide", "pycharm", status=1)


def test_what_a_user_changed_below_idea_outlives_undo(mine: Path, home: Path) -> None:
    config(home)
    scaffold(mine, "ide", "pycharm")
    changed = mine / ".idea/my-lab.iml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("data", "data2"), encoding="utf-8")
    lay(mine, {".idea/runConfigurations/mine.xml": "<component/>"})
    told = as_json(mine, "--undo")
    assert told["kept"] == [".idea/.gitignore", ".idea/modules.xml", ".idea/my-lab.iml"]
    assert sorted(path.name for path in (mine / ".idea").rglob("*.*")) == [
        ".gitignore",
        "mine.xml",
        "modules.xml",
        "my-lab.iml",
    ]
    assert as_json(mine, "--undo")["removed"] == []
    said = scaffold(mine, "ide", "pycharm", "--undo")
    assert f"There is nothing to take back for {mine}: what stands in .idea is yours, or was kept" in said


def test_what_was_entered_for_a_folder_that_is_gone_is_taken_back(mine: Path, home: Path) -> None:
    """Deleted; moved away, with an empty folder in its place; gone from within another project."""
    ide = config(home, "PyCharm2026.2", OF_2026)
    name = f"Python {minor()} (my-lab)"
    for what in ("moved", "replaced"):
        scaffold(mine, "ide", "pycharm", "--trust")
        mine.rename(mine.parent / what)
        (home / "it's & 我的 项目" / "pyproject.toml").write_text('[project]\nname = "around"\n')
        said = scaffold(home, "ide", "pycharm", "--undo", "nowhere", status=1)
        assert f"PyCharm still knows of a project that is gone: {mine}" in said
        mine.mkdir() if what == "replaced" else None
        assert f"{name} and trust would go from {ide}" in scaffold(
            home, "ide", "pycharm", "--undo", str(mine), "-n"
        )
        assert f"{name} and trust taken out of {ide}" in scaffold(home, "ide", "pycharm", "--undo", str(mine))
        assert (ide / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026
        mine.rmdir() if what == "replaced" else None
        (mine.parent / what).rename(mine)
        (mine.parent / "pyproject.toml").unlink()
    assert "does not exist" in scaffold(home, "ide", "pycharm", "nowhere", status=2)


def test_what_is_removed_is_told_in_time(mine: Path, home: Path) -> None:
    config(home)
    scaffold(mine, "ide", "pycharm")
    assert "Would remove   .idea/" in scaffold(mine, "ide", "pycharm", "--undo", "-n")
    assert "Removed        .idea/" in scaffold(mine, "ide", "pycharm", "--undo")


def test_beside_an_interpreter_that_was_chosen_it_is_told_why_another_is_entered(
    mine: Path, home: Path
) -> None:
    chosen = add_environment(home / "elsewhere")
    ide = config(home, "PyCharm2026.2", entry_of("mine", str(chosen)))
    scaffold(mine, "ide", "pycharm", "--no-register")
    for path in (mine / ".idea/my-lab.iml", mine / ".idea/misc.xml"):
        text = path.read_text(encoding="utf-8").replace(f"Python {minor()} (my-lab)", "mine")
        path.write_text(text, encoding="utf-8")
    told = f"stays; beside it Python {minor()} (my-lab) can be chosen"
    for more in ("--dry-run", "--no-trust"):
        assert told in scaffold(mine, "ide", "pycharm", more)
    assert names(ide) == ["mine", f"Python {minor()} (my-lab)"]
    assert read_project(mine, HostSystem()).modules[0].sdk == "mine"
