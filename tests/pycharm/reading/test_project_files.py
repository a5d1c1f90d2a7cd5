from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import IdeFileBroken, NotAProject
from scaffold.pycharm.model import Module, ProjectFiles
from scaffold.pycharm.reading.project_files import find_root, read_project
from tests.pycharm.projects_on_disk import Host, lay


def test_reads_what_we_write(project: Path, host: Host) -> None:
    excluded = (".envs", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".scaffold", ".venv")
    assert read_project(project, host) == ProjectFiles(
        root=project,
        modules=(
            Module(
                name="cnn-project",
                content=(project,),
                sources=(project / "src", project / "tests"),
                excluded=tuple(project / name for name in excluded),
                sdk="Python 3.12 (cnn-project)",
            ),
        ),
        sdk="Python 3.12 (cnn-project)",
    )


def test_without_idea_it_is_what_pycharm_would_make(tmp_path: Path, host: Host) -> None:
    lay(tmp_path, {"pyproject.toml": '[project]\nname = "named"\n', "src/a.py": ""})
    assert read_project(tmp_path, host).modules == (
        Module(name="named", content=(tmp_path,), sources=(tmp_path / "src",)),
    )
    (tmp_path / "pyproject.toml").write_text("not [ TOML")
    assert read_project(tmp_path, host).modules[0].name == tmp_path.name


def test_several_modules_inheriting_and_depending(tmp_path: Path, host: Host) -> None:
    lay(
        tmp_path,
        {
            ".idea/modules.xml": '<project><component><modules><module filepath="$PROJECT_DIR$/a.iml" />'
            '<module filepath="$PROJECT_DIR$/sub/b.iml" /><module filepath="$PROJECT_DIR$/gone.iml" /></modules></component></project>',
            ".idea/misc.xml": '<project><component name="ProjectRootManager" project-jdk-name="Python 3.11" /></project>',
            "a.iml": '<module><component><content url="file://$MODULE_DIR$"><sourceFolder url="file://$MODULE_DIR$/res" type="java-resource" />'
            '<excludeFolder url="file://$MODULE_DIR$/../out" /></content><orderEntry type="inheritedJdk" />'
            '<orderEntry type="module" module-name="b" /></component></module>',
            "sub/b.iml": '<module><component><content url="file://$MODULE_DIR$" /></component></module>',
        },
    )
    found = read_project(tmp_path, host)
    assert found.modules == (
        Module(
            name="a",
            content=(tmp_path,),
            excluded=(tmp_path.parent / "out",),
            sdk="Python 3.11",
            dependencies=("b",),
        ),
        Module(name="b", content=(tmp_path / "sub",)),
    )
    assert found.problems == (
        f"{tmp_path}/.idea/modules.xml names a file that is not there: {tmp_path}/gone.iml",
    )


def test_the_project_around_a_folder(project: Path, host: Host, tmp_path: Path) -> None:
    assert find_root(project / "src/cnn_project", host) == project
    (tmp_path / "plain/.idea").mkdir(parents=True)
    with pytest.raises(NotAProject) as refused:
        find_root(tmp_path / "plain", host)
    assert "scaffold new" in refused.value.hint
    looked = "looked for .scaffold/project.json, .run, .idea/runConfigurations, .idea/modules.xml"
    assert refused.value.detail == (looked,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<project>\n  <component>\n</project>", "modules.xml, line 3, column 3: this is not XML"),
        (b"", "modules.xml, line 1, column 1: this is not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "modules.xml is not an XML file of the IDE"),
        (b'<?xml version="1.0" encoding="no-such-code"?><a/>', "modules.xml"),
        (b"\xff\xfe\x00bad", "modules.xml"),
    ],
)
def test_what_is_not_xml_is_named_with_its_line(
    project: Path, host: Host, content: bytes, message: str
) -> None:
    (project / ".idea/modules.xml").write_bytes(content)
    with pytest.raises(IdeFileBroken) as refused:
        read_project(project, host)
    assert message in refused.value.message
