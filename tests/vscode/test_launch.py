"""The same row in PyCharm and in VS Code starts the same program with the same words, in the same folder."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.launching.launch import resolve
from scaffold.vscode.launch import configuration, interpreter, launch_pieces
from tests.pycharm.projects_on_disk import Host, add_environment, make_project
from tests.vscode.conftest import RUNS
from tests.vscode.started import started

SOURCES = ("src",)
STARTED = [run for run in RUNS if run.kind != "compound"]


@pytest.fixture
def made(root):
    """A project on disk, below a folder with a blank, an ampersand and Chinese characters."""
    make_project(root, tuple(STARTED))
    return root, add_environment(root)


@pytest.mark.parametrize("run", STARTED, ids=lambda run: run.name)
@pytest.mark.parametrize("inherited", [{}, {"PYTHONPATH": "/of/the/user"}], ids=["bare", "with PYTHONPATH"])
def test_an_entry_starts_what_pycharm_starts(made, run, inherited):
    root, python = made
    host = Host(PATH=os.defpath, **inherited)
    pycharm = resolve(root, run.name, system=host)
    vscode = started(configuration(run, SOURCES), root, python, host.environment)
    assert (vscode.argv, vscode.cwd) == (pycharm.argv, pycharm.cwd)
    paths = vscode.environment["PYTHONPATH"].split(os.pathsep)
    assert paths == [str(root / "src"), *inherited.values()]
    assert set(paths) <= set(pycharm.environment["PYTHONPATH"].split(os.pathsep))
    others = {name: value for name, value in vscode.environment.items() if name != "PYTHONPATH"}
    assert others == {name: pycharm.environment[name] for name in others}
    assert set(run.environment) <= set(others)


@pytest.mark.parametrize("name", ["train (PyTorch)", "prepare 数据"])
def test_started_for_real_the_program_gets_what_the_row_says(made, name):
    root, python = made
    (run,) = (one for one in RUNS if one.name == name)
    what = started(configuration(run, SOURCES), root, python, {})
    done = subprocess.run(
        what.argv,
        cwd=what.cwd,
        env={"PATH": os.defpath, **what.environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["arguments"], told["cwd"]) == (7, list(run.arguments), str(root))
    assert told["environment"]["COLOUR"] == run.environment.get("COLOUR")
    assert told["package"] == ("cnn_project" if run.kind == "module" else None)


def test_a_compound_starts_its_members_and_those_of_its_compounds():
    compounds = {one.name: one.value for one in launch_pieces(RUNS, SOURCES) if one.holder == ("compounds",)}
    assert compounds == {
        "watch": {
            "name": "watch",
            "configurations": ["train (PyTorch)", "TensorBoard"],
            "stopAll": True,
            "presentation": {"group": "PyTorch"},
        },
        "all": {
            "name": "all",
            "configurations": ["train (PyTorch)", "TensorBoard", "tests"],
            "stopAll": True,
        },
    }


@pytest.mark.parametrize("members", [("nowhere",), ("watch",)])
def test_a_compound_without_end_or_member_is_the_templates_mistake(members):
    run = RunConfiguration(name="watch", kind="compound", members=members)
    with pytest.raises(TemplateBroken, match="'watch' starts"):
        launch_pieces((run,), SOURCES)


@pytest.mark.parametrize("change", [{"arguments": ("${HOME}",)}, {"environment": {"A": "${env:HOME}"}}])
def test_what_vs_code_would_put_something_else_for_is_refused(change):
    with pytest.raises(TemplateBroken, match="which VS Code would change"):
        launch_pieces((replace(RUNS[0], **change),), SOURCES)


def test_another_interpreter_is_named_for_every_system():
    entry = configuration(RUNS[0], SOURCES, interpreter(".envs/keras"))
    assert entry["python"] == "${workspaceFolder}/.envs/keras/bin/python"
    assert entry["windows"] == {"python": "${workspaceFolder}/.envs/keras/Scripts/python.exe"}
