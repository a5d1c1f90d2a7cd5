from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.pycharm.model import IdeProject

from .machine import Machine, environment


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """The user's home folder; a blank, an ampersand, a quote and Chinese are in every path."""
    folder = tmp_path / "ada & 'bob' 用户"
    folder.mkdir()
    return folder


@pytest.fixture
def machine(user: Path) -> Machine:
    return Machine(user)


@pytest.fixture
def project(user: Path) -> IdeProject:
    """A project with an environment, in ``<home>/cnn-project``."""
    return made_project(user / "cnn-project")


def made_project(root: Path, version: str = "3.12.1") -> IdeProject:
    python = environment(root / ".venv", version)
    return IdeProject(module="cnn-project", runs=(), python=version, interpreter=python)
