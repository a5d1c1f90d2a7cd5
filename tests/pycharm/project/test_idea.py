from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import ScaffoldError, TargetOccupied
from scaffold.pycharm.model import IdeaReport, IdeProject
from scaffold.pycharm.project.idea import idea_files, write_idea
from tests.pycharm.projects_on_disk import RUNS

PROJECT = IdeProject(
    module="cnn-project",
    runs=RUNS,
    python="3.12.1",
    excluded=("data", "runs"),
    interpreter=Path("/x/.venv/bin/python"),
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

WHOLE = {
    ".idea/modules.xml": HEAD
    + """<project version="4">
  <component name="ProjectModuleManager">
    <modules>
      <module fileurl="file://$PROJECT_DIR$/.idea/cnn-project.iml" filepath="$PROJECT_DIR$/.idea/cnn-project.iml" />
    </modules>
  </component>
</project>""",
    ".idea/cnn-project.iml": HEAD
    + """<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$">
      <sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />
      <sourceFolder url="file://$MODULE_DIR$/tests" isTestSource="true" />
      <excludeFolder url="file://$MODULE_DIR$/.envs" />
      <excludeFolder url="file://$MODULE_DIR$/.mypy_cache" />
      <excludeFolder url="file://$MODULE_DIR$/.pytest_cache" />
      <excludeFolder url="file://$MODULE_DIR$/.ruff_cache" />
      <excludeFolder url="file://$MODULE_DIR$/.scaffold" />
      <excludeFolder url="file://$MODULE_DIR$/.venv" />
      <excludeFolder url="file://$MODULE_DIR$/data" />
      <excludeFolder url="file://$MODULE_DIR$/runs" />
    </content>
    <orderEntry type="jdk" jdkName="Python 3.12 (cnn-project)" jdkType="Python SDK" />
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
  <component name="TestRunnerService">
    <option name="PROJECT_TEST_RUNNER" value="py.test" />
  </component>
</module>""",
    ".idea/misc.xml": HEAD
    + """<project version="4">
  <component name="ProjectRootManager" version="2" project-jdk-name="Python 3.12 (cnn-project)" project-jdk-type="Python SDK" />
</project>""",
    ".idea/workspace.xml": HEAD
    + """<project version="4">
  <component name="PropertiesComponent">{
  "keyToString": {
    "SHARE_PROJECT_CONFIGURATION_FILES": "true",
    "ignore.virus.scanning.warn.message": "true"
  }
}</component>
  <component name="RunManager" selected="Python.train (PyTorch)" />
</project>""",
    ".idea/pyProjectModel.xml": HEAD
    + """<project version="4">
  <component name="PyProjectModelSettings">
    <option name="showConfigurationNotification" value="false" />
  </component>
</project>""",
    ".idea/other.xml": HEAD
    + """<project version="4">
  <component name="PySciProjectComponent">
    <option name="PY_SCI_VIEW_SUGGESTED" value="true" />
  </component>
</project>""",
    ".idea/.gitignore": "*\n",
}
GIT = (
    HEAD
    + """<project version="4">
  <component name="VcsDirectoryMappings">
    <mapping directory="$PROJECT_DIR$" vcs="Git" />
  </component>
</project>"""
)


def files_in(root: Path) -> dict[str, str]:
    found = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}
    found.pop(".idea/scaffold.json", None)
    return found


def test_the_whole_folder() -> None:
    files = idea_files(PROJECT)
    assert {str(path): content.decode() for path, content in files.items()} == WHOLE
    assert {str(p): c.decode() for p, c in idea_files(PROJECT, git=True).items()} == {
        **WHOLE,
        ".idea/vcs.xml": GIT,
    }


def test_without_an_environment_no_interpreter_is_named() -> None:
    files = {
        str(path): content.decode()
        for path, content in idea_files(replace(PROJECT, python="", runs=())).items()
    }
    assert '<orderEntry type="inheritedJdk" />' in files[".idea/cnn-project.iml"]
    assert files[".idea/misc.xml"].endswith('<component name="ProjectRootManager" version="2" />\n</project>')
    assert "RunManager" not in files[".idea/workspace.xml"]


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    names = tuple(WHOLE)
    assert write_idea(tmp_path, idea_files(PROJECT)) == IdeaReport(written=names)
    assert files_in(tmp_path) == WHOLE
    assert write_idea(tmp_path, idea_files(PROJECT)) == IdeaReport(unchanged=names)


def test_a_new_interpreter_replaces_our_own_files_but_never_the_workspace(tmp_path: Path) -> None:
    write_idea(tmp_path, idea_files(PROJECT))
    newer = idea_files(replace(PROJECT, python="3.13.0", runs=(RUNS[2],)))
    report = write_idea(tmp_path, newer)
    assert report.written == (".idea/cnn-project.iml", ".idea/misc.xml")
    assert report.kept == (".idea/workspace.xml",)
    found = files_in(tmp_path)
    assert "Python 3.13 (cnn-project)" in found[".idea/misc.xml"]
    assert found[".idea/workspace.xml"] == WHOLE[".idea/workspace.xml"]


def test_what_someone_else_wrote_stays(tmp_path: Path) -> None:
    (tmp_path / ".idea").mkdir()
    (tmp_path / ".idea/misc.xml").write_text("<project>theirs</project>")
    assert write_idea(tmp_path, idea_files(PROJECT)).kept == (".idea/misc.xml",)
    (tmp_path / ".idea/other.xml").write_text("<project>changed by PyCharm</project>")
    (tmp_path / ".idea/scaffold.json").write_text("no JSON")
    report = write_idea(tmp_path, idea_files(replace(PROJECT, python="3.13.0")))
    assert set(report.kept) == {".idea/misc.xml", ".idea/other.xml", ".idea/cnn-project.iml"}
    assert files_in(tmp_path)[".idea/misc.xml"] == "<project>theirs</project>"


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "project"
    root.mkdir()
    (root / ".idea").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetOccupied):
        write_idea(root, idea_files(PROJECT))
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot stand where a file is replaced")
def test_what_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".idea" / "misc.xml").mkdir(parents=True)
    with pytest.raises(ScaffoldError, match=r"misc\.xml") as caught:
        write_idea(tmp_path, {PurePosixPath(".idea/misc.xml"): b"x"})
    assert (caught.value.code, caught.value.detail) == ("write-failed", ("Is a directory",))
    assert [p.name for p in (tmp_path / ".idea").iterdir()] == ["misc.xml"]
