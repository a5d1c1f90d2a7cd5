"""Every row can be read, put and taken, and nothing else changes by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from scaffold.pycharm.documents.source import Document, document_of
from scaffold.pycharm.model import FurtherInterpreter
from scaffold.pycharm.project.idea import idea_files, rows_of
from tests.pycharm.project.test_idea import PROJECT

ROOT = Path("/home/ada/cnn-project")
WHOLE = replace(
    PROJECT, further=(FurtherInterpreter(name="keras", python="3.12.1", frameworks=("tensorflow",)),)
)
FILES = {str(path): content for path, content in idea_files(WHOLE, git=True).items()}

#: What we make and never lay anything into: PyCharm's own once it is there, and what is no XML.
ONLY_WHOLE = {".idea/workspace.xml", ".idea/.gitignore"}

#: Of each kind of file one with something of somebody's in it.
THEIRS = {
    "project": """<project version="4">
  <component name="PySciProjectComponent"><option name="MINE" value="1" /></component>
  <component name="VcsDirectoryMappings"><mapping directory="$PROJECT_DIR$/lib" vcs="Git" /></component>
</project>""",
    "module": """<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager"><content url="file://$MODULE_DIR$"><sourceFolder url="file://$MODULE_DIR$/app" isTestSource="false" /></content><orderEntry type="library" name="R" /></component>
  <component name="TestRunnerService"><option name="projectConfiguration" value="pytest" /></component>
</module>""",
}


def document(content: bytes) -> Document:
    return document_of(content, Path("x"))


def test_every_file_that_we_make_has_rows_or_is_only_made() -> None:
    """A setting that is silenced in one place and not in the other would never reach a project that is there."""
    without = {path for path in FILES if rows_of(path, root=ROOT) is None}
    assert without == ONLY_WHOLE
    for path in FILES.keys() - without:
        rows = rows_of(path, root=ROOT)
        assert rows is not None
        assert rows.read(document(FILES[path]).root), path


@pytest.mark.parametrize("path", sorted(FILES.keys() - ONLY_WHOLE))
def test_put_read_take_read(path: str) -> None:
    rows = rows_of(path, root=ROOT)
    assert rows is not None
    wanted = rows.read(document(FILES[path]).root)
    there = document(THEIRS[rows.tag].encode())
    before = rows.read(there.root)
    for name, value in wanted.items():
        for _ in range(2):
            rows.put(there.root, name, value)
        assert rows.read(there.root) == {**before, name: value}
        tags = [element.get("name") or element.get("url") for element in there.root.iter()]
        rows.take(there.root, name)
        assert rows.read(there.root) == before, name
        rows.take(there.root, name)
        rows.put(there.root, name, value)
        assert sorted(map(str, tags)) == sorted(
            str(element.get("name") or element.get("url")) for element in there.root.iter()
        )
        rows.take(there.root, name)
    assert PurePosixPath(path).suffix in {".xml", ".iml"}


def test_of_the_test_runner_exactly_one_option_is_ours() -> None:
    rows = rows_of(".idea/cnn-project.iml", root=ROOT)
    assert rows is not None
    theirs = THEIRS["module"].replace(
        'value="pytest" />', 'value="pytest" /><option name="PROJECT_TEST_RUNNER" value="Unittests" />'
    )
    there = document(theirs.encode())
    assert rows.read(there.root)["test runner"] == "Unittests"
    rows.put(there.root, "test runner", "py.test")
    assert there.to_bytes().decode() == theirs.replace("Unittests", "py.test")
    rows.take(there.root, "test runner")
    options = [one.attrib for one in there.root.iterfind("./component[@name='TestRunnerService']/option")]
    assert options == [{"name": "projectConfiguration", "value": "pytest"}]
