from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import RunUnknown
from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.reading.configurations import configurations, find
from tests.pycharm.projects_on_disk import RUNS


def test_lists_groups_first_and_both_folders(project: Path) -> None:
    own = project / ".idea/runConfigurations"
    own.mkdir()
    (own / "mine.xml").write_text(
        '<component><configuration name="mine" type="ShConfigurationType" folderName="A"><option name="X"/></configuration></component>'
    )
    (own / "_template__of_py_test.xml").write_text(
        '<component><configuration default="true" type="tests" /></component>'
    )
    found = configurations(project)
    assert [(one.folder, one.name, one.kind) for one in found] == [
        ("A", "mine", None),
        ("PyTorch", "train (PyTorch)", "module"),
        ("", "prepare data", "script"),
        ("", "tests", "pytest"),
    ]
    assert found[0] == ConfigurationFile(
        path=own / "mine.xml", name="mine", type="ShConfigurationType", folder="A", options={"X": ""}
    )
    assert dict(found[1].environment) == {"PYTHONUNBUFFERED": "1", **RUNS[0].environment}


def test_a_broken_file_says_where(project: Path) -> None:
    path = project / ".run/tests.run.xml"
    path.write_text("<component>\n  <configuration name=tests>\n")
    broken = next(one for one in configurations(project) if one.problem)
    assert broken.name == "tests"
    assert broken.problem.startswith(f"{path}, line 2, column 23: this is not XML")


@pytest.mark.parametrize("name", ["train (PyTorch)", "TRAIN (pytorch)", "tr", "Train"])
def test_case_and_a_unique_beginning_are_enough(project: Path, name: str) -> None:
    assert find(configurations(project), name).name == "train (PyTorch)"


def test_an_unknown_name_gets_the_nearest(project: Path) -> None:
    found = configurations(project)
    with pytest.raises(RunUnknown) as refused:
        find(found, "trein")
    assert refused.value.detail == ("train (PyTorch)",)
    with pytest.raises(RunUnknown) as refused:
        find(found, "zzzz")
    assert refused.value.detail == ("train (PyTorch)", "prepare data", "tests")
    with pytest.raises(RunUnknown, match="may be any of"):
        find([*found, ConfigurationFile(path=project, name="train (Keras)")], "train")
    with pytest.raises(RunUnknown, match="'x'"):
        find([], "x")
