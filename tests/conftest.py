"""Fixtures for every test: an isolated home, so that no test reads or writes the user's own settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, with every variable that points into the real one redirected."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [n for n in os.environ if n.startswith(("PIP_", "UV_", "XDG_", "VIRTUALENV_", "SCAFFOLD_"))]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; tests that read it skip where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the corpora are not on this machine")
    return SHARED
