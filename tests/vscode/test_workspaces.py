from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scaffold.errors import TargetOccupied
from scaffold.vscode.files import carry_out
from scaffold.vscode.workspaces import FurtherRuns, plan_workspace
from tests.vscode.conftest import RUNS, accepts
from tests.vscode.started import started

KERAS = FurtherRuns(environment="keras", runs=(replace(RUNS[0], name="train (Keras, GPU)"),))


def plan(root, *further):
    return plan_workspace(root, "cnn-project", further, ("src",))


def test_a_further_environment_has_a_workspace_beside_it(root):
    carry_out(plan(root, KERAS))
    value = json.loads((root / ".envs/cnn-project.code-workspace").read_text(encoding="utf-8"))
    assert accepts("workspace", value) == []
    assert value["folders"] == [{"path": ".."}]
    (entry,) = value["launch"]["configurations"]
    what = started(entry, root, root / ".venv/bin/python", {})
    assert (entry["name"], what.argv[:3]) == (
        "train (Keras, GPU)",
        (str(root / ".envs/keras/bin/python"), "-m", "cnn_project.train"),
    )
    assert plan(root, KERAS).changed == ()


def test_it_goes_with_the_environment_but_not_what_the_user_wrote(root):
    carry_out(plan(root, KERAS))
    carry_out(plan(root))
    assert list(root.iterdir()) == []
    carry_out(plan(root, KERAS))
    file = root / ".envs/cnn-project.code-workspace"
    file.write_text(file.read_text(encoding="utf-8").replace('"settings": {}', '"settings": {"a": 1}'))
    carry_out(plan(root))
    assert json.loads(file.read_text(encoding="utf-8")) == {"settings": {"a": 1}}


def test_without_one_nothing_is_written(root):
    assert plan(root).changed == ()


def test_environments_may_lie_on_another_disk(root, tmp_path):
    (tmp_path / "large disk").mkdir()
    (root / ".envs").symlink_to(tmp_path / "large disk")
    carry_out(plan(root, KERAS))
    assert (tmp_path / "large disk/cnn-project.code-workspace").is_file()


def test_a_file_in_the_place_of_the_environments_is_refused_only_where_something_is_to_be_written(root):
    (root / ".envs").write_text("")
    assert plan(root).changed == ()
    with pytest.raises(TargetOccupied, match="is no ordinary folder"):
        plan(root, KERAS)
