"""What tests of whole commands share: stand-ins for the frameworks, and a user without settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environments.standins import make_wheels

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_wheels(tmp_path_factory.mktemp("standins") / "wheels")


@pytest.fixture
def isolated(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No settings of the user's; uv's cache is the session's; commands run this checkout."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "uv-cache"))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
