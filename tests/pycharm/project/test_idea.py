from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.idea import idea_files
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


def test_the_whole_folder() -> None:
    files = idea_files(PROJECT)
    assert {str(path): content.decode() for path, content in files.items()} == WHOLE
    assert {str(p): c.decode() for p, c in idea_files(PROJECT, git=True).items()} == {
        **WHOLE,
        ".idea/vcs.xml": GIT,
    }


def test_where_git_tracks_the_folder_only_what_is_personal_is_ignored() -> None:
    files = {str(path): content.decode() for path, content in idea_files(PROJECT, committed=True).items()}
    assert files == {**WHOLE, ".idea/.gitignore": "/shelf/\n/workspace.xml\n/scaffold.json\n"}


def test_without_an_environment_no_interpreter_is_named() -> None:
    files = {
        str(path): content.decode()
        for path, content in idea_files(replace(PROJECT, python="", runs=())).items()
    }
    assert '<orderEntry type="inheritedJdk" />' in files[".idea/cnn-project.iml"]
    assert files[".idea/misc.xml"].endswith('<component name="ProjectRootManager" version="2" />\n</project>')
    assert "RunManager" not in files[".idea/workspace.xml"]
