from __future__ import annotations

from pathlib import Path

import pytest

from .projects_on_disk import Host, make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without an environment."""
    return make_project(tmp_path / "cnn-project")


@pytest.fixture
def host() -> Host:
    return Host(PATH="/usr/bin", HOME="/home/ada")
