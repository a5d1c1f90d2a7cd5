"""`scaffold env lock`, `sync` and `wheelhouse` as a user types them; a folder of wheels for an index."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import scaffold_env
from tests.environments.standins import MINOR, PYTHON, make_project

pytest.importorskip("uv")
pytestmark = pytest.mark.usefixtures("isolated")

GROUPS = """
[dependency-groups]
own = ["torch==2.13.0+cpu"]
build = ["tiny-backend"]

[tool.uv]
default-groups = ["own", "build"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project = make_project(tmp_path / "project", "pytorch")
    path = project / "pyproject.toml"
    text = path.read_text().replace("description", f'requires-python = ">={MINOR}"\ndescription')
    path.write_text(text + GROUPS)
    return project


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_lock_wheelhouse_sync(root: Path, wheels: Path) -> None:
    missing = scaffold_env(root, "sync", "--index", wheels)
    assert (missing.returncode, "error[lock-missing]" in missing.stderr) == (1, True)
    assert "hint: make it: scaffold env lock" in missing.stderr

    dry = answer(scaffold_env(root, "lock", "--index", wheels, "--dry-run", "--json"))
    assert (dry["schema"], dry["done"]) == ("scaffold/env-lock/1", False)
    files = ["uv.lock", "pylock.own.toml", "requirements/lock-own.txt"]
    assert dry["differing"] == files
    assert not (root / "uv.lock").exists()

    done = scaffold_env(root, "lock", "--index", wheels)
    assert done.returncode == 0, done.stderr
    assert "+ torch 2.13.0+cpu (own)" in done.stdout
    assert all(name in done.stdout for name in files)
    assert scaffold_env(root, "lock", "--index", wheels, "--check").returncode == 0

    folder = root / "sticks"
    house = answer(scaffold_env(root, "wheelhouse", folder, "--index", wheels, "--python", PYTHON, "--json"))
    assert house["wheels"][0]["missing"] == []  # type: ignore[index]
    plan = answer(
        scaffold_env(root, "sync", "--wheelhouse", folder, "--python", PYTHON, "--dry-run", "--json")
    )
    assert (plan["schema"], plan["done"], plan["unchanged"]) == ("scaffold/env-sync/1", False, False)
    assert not (root / ".venv").exists()

    made = scaffold_env(root, "sync", "--wheelhouse", folder, "--python", PYTHON)
    assert made.returncode == 0, made.stderr
    assert "PyTorch works" in made.stdout
    again = scaffold_env(root, "sync", "--wheelhouse", folder, "--python", PYTHON)
    assert "nothing to do" in again.stdout

    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace('["alpha"]', '["alpha", "keras"]'))
    for command in (("lock", "--check"), ("sync",)):
        stale = scaffold_env(root, *command, "--index", wheels, "--json")
        assert stale.returncode == 1
        assert json.loads(stale.stdout)["error"]["code"] == "lock-stale"
