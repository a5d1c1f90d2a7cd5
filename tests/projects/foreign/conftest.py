"""Templates of copier and cookiecutter, written by each test, and rendered as a user's are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scaffold.projects import foreign
from scaffold.projects.foreign.model import ForeignRendering
from scaffold.projects.names import project_name
from scaffold.projects.origins.model import Fetched, Location
from scaffold.system import HostSystem

NAME = project_name("tiny-app")

MakeTemplate = Callable[[Mapping[str, str | bytes]], Fetched]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own: no settings of whoever runs the tests."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(folder))
    for name in ("XDG_CONFIG_HOME", "COPIER_SETTINGS_PATH", "COOKIECUTTER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def template(tmp_path: Path) -> MakeTemplate:
    """Write a template: path -> content."""

    def make(files: Mapping[str, str | bytes]) -> Fetched:
        folder = tmp_path / "template"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        kind = "cookiecutter" if (folder / "cookiecutter.json").exists() else "copier"
        location = Location(kind="folder", text="the-template", where=str(folder))
        return Fetched(location=location, folder=folder, kind=kind, version="")

    return make


def render(fetched: Fetched, *, trust: bool = False, **answers: Any) -> ForeignRendering:
    """As without a terminal."""
    return foreign.render(fetched, HostSystem(), name=NAME, answers=answers, use_defaults=True, trust=trust)


def texts(rendering: ForeignRendering) -> dict[str, str]:
    """Path -> content; of a link where it leads, of a folder nothing."""
    return {str(path): one.content.decode(errors="replace") for path, one in rendering.files.items()}
