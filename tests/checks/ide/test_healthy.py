"""What scaffold makes has nothing wrong, whoever looks at it, and in whatever state it is cloned."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.builds.model import Framework
from scaffold.checks.ide import inspect
from scaffold.projects.catalog import find_template, find_templates
from scaffold.projects.write import write_project
from scaffold.pycharm.model import FurtherInterpreter, IdeProject
from scaffold.pycharm.project.idea import idea_files
from scaffold.pycharm.survey.survey import survey
from tests.pycharm.projects_on_disk import RUNS
from tests.templates.test_rendered import rendered

from .projects import GitHost, seen

CHOICES: tuple[tuple[Framework, ...], ...] = (("pytorch",), ("keras",), ("pytorch", "keras"))


@pytest.mark.parametrize("frameworks", CHOICES, ids="+".join)
@pytest.mark.parametrize("template", [one.name for one in find_templates().templates])
def test_a_new_project(tmp_path: Path, template: str, frameworks: tuple[Framework, ...]) -> None:
    """Fresh from a clone, and with the IDE's files of two environments."""
    root = tmp_path / "a-cnn"
    if not set(frameworks) <= set(find_template(template).frameworks):
        pytest.skip(f"{template} has no {frameworks}")
    write_project(root, rendered(find_template(template), "a-cnn", frameworks))
    committed = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    (root / ".git").mkdir()
    assert seen(inspect(survey(root, GitHost(committed)))) == {}
    further = (FurtherInterpreter(name="keras", python="3.12.1", frameworks=("keras",)),)
    project = IdeProject(
        module="a-cnn", runs=RUNS[:1], python="3.12.1", excluded=("data", "runs"), further=further
    )
    for path, content in idea_files(project, git=True).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    (root / ".venv").mkdir()
    (root / ".venv/pyvenv.cfg").touch()
    (root / ".envs/keras").mkdir(parents=True)
    assert seen(inspect(survey(root, GitHost(committed)))) == {}
