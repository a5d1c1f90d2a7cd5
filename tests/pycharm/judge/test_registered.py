"""An interpreter that `registering` entered is the one that the model resolves, in folders of every name."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.write import write_idea
from scaffold.pycharm.registration.register import registering
from tests.pycharm.registration.conftest import made_project
from tests.pycharm.registration.machine import Machine, config
from tests.pycharm.registration.tables import ALL

from .judge import Judge


def opened(machine: Machine, root: Path, project: IdeProject) -> IdeProject:
    with registering(machine, root, project) as under_way:
        plan = plan_idea(root, under_way.project, registered=under_way.plan.registered, home=machine.home)
        write_idea(plan)
    return under_way.project


@pytest.mark.parametrize("style", sorted(ALL))
def test_two_projects_of_one_name_lead_to_two_interpreters(judge: Judge, tmp_path: Path, style: str) -> None:
    machine, ide = Machine(tmp_path), config(tmp_path, "PyCharm2026.2", ALL[style])
    found = []
    for folder in ('it\'s "a" & <b>/cnn-project', "我的 项目/cnn-project"):
        project = opened(machine, tmp_path / folder, made_project(tmp_path / folder))
        (module,) = judge.load(tmp_path / folder, ide / "options")["modules"]
        assert module["home"] == str(project.interpreter)
        found.append(module["sdk"])
    assert found == ["Python 3.12 (cnn-project)", "Python 3.12 (cnn-project) (2)"]
