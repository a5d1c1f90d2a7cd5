"""Rows of every kind, and what VS Code accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.projects.menu import MenuEntry
from scaffold.projects.model import RunConfiguration
from scaffold.vscode.model import VscodeProject

ENTRIES = (
    MenuEntry(name="scaffold: doctor", words=("doctor",), summary="what is wrong"),
    MenuEntry(name="scaffold: run …", words=("run",), summary="start one", asks=True),
)

RUNS = (
    RunConfiguration(
        name="train (PyTorch)",
        kind="module",
        target="cnn_project.train",
        arguments=("--name", "two words", 'a "quote"', "it's", ""),
        environment={"COLOUR": "1 & <2>"},
        folder="PyTorch",
        default=True,
    ),
    RunConfiguration(name="prepare 数据", kind="script", target="src/cnn_project/train.py", terminal=False),
    RunConfiguration(name="tests", kind="pytest", target="tests", arguments=("-k", "not slow")),
    RunConfiguration(
        name="two processes",
        kind="torchrun",
        target="cnn_project.train",
        processes=2,
        arguments=("--epochs", "1"),
    ),
    RunConfiguration(
        name="TensorBoard",
        kind="module",
        target="tensorboard.main",
        arguments=("--logdir", "runs"),
        summary="curves",
    ),
    RunConfiguration(
        name="watch", kind="compound", members=("train (PyTorch)", "TensorBoard"), folder="PyTorch"
    ),
    RunConfiguration(name="all", kind="compound", members=("watch", "tests", "TensorBoard")),
)


def project(*runs: RunConfiguration) -> VscodeProject:
    return VscodeProject(name="cnn-project", runs=runs or RUNS, excluded=("data", "runs"))


def accepts(kind: str, value: Any) -> list[str]:
    """Why VS Code would underline something; nothing where all is well."""
    import jsonschema

    schemas = json.loads(Path(__file__).with_name("schemas.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator({**schemas, "$ref": f"#/{kind}"})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "a & 项目"
    folder.mkdir()
    return folder
