"""Projects that people published, as the project model reads them before and after we take them over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.write import write_idea

from .judge import Judge

CORPUS = Path(__file__).resolve().parents[4] / "shared/corpora/idea"


def projects() -> list[Path]:
    return sorted(path.parent.parent for path in CORPUS.rglob(".idea/modules.xml"))


@pytest.mark.parametrize("folder", projects(), ids=lambda path: path.name)
def test_no_root_no_module_and_no_run_configuration_is_lost(
    judge: Judge, shared: Path, tmp_path: Path, folder: Path
) -> None:
    root = tmp_path / "project"
    shutil.copytree(folder, root)
    before = judge.load(root)
    project = IdeProject(module="taken-over", runs=(), python="3.12.1", excluded=("data",))
    write_idea(plan_idea(root, project))
    after = judge.load(root)
    assert after["runs"] == before["runs"]
    assert [one["name"] for one in after["modules"]].count("taken-over") == 1
    (own,) = (one for one in after["modules"] if one["content"] == [f"file://{root}"])
    assert own["name"] == "taken-over"
    for module in before["modules"]:
        there = next(one for one in after["modules"] if one["content"] == module["content"])
        for kind in ("sources", "tests", "excluded"):
            assert set(module[kind]) <= set(there[kind])
