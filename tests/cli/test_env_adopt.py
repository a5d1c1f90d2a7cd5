"""`scaffold env adopt`, and what `env create` does with environments that the user made, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import scaffold_env, typed
from tests.environments.standins import PYTHON, make_project

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", "pytorch")


def environment(target: Path) -> Path:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", target], check=True)
    (target / "note.txt").write_text("mine")
    return target


def test_adopted_in_words(root) -> None:
    mine = environment(root / "venv")
    done = scaffold_env(root, "adopt")
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, last = done.stdout.splitlines()
    assert first.startswith(f"Environment    {mine}: Python ")
    assert "Missing        torch (PyTorch is not installed)" in done.stdout
    assert f"Install        {mine}/bin/python -m pip install torch alpha tiny-backend" in done.stdout
    assert last == f"Adopted: {mine}"
    assert str(mine) in scaffold_env(root, "show").stdout


def test_adopted_in_json(root, tmp_path) -> None:
    mine = environment(tmp_path / "mine")
    planned = json.loads(scaffold_env(root, "adopt", mine, "--json", "--dry-run").stdout)
    assert not (root / ".idea").exists()
    done = json.loads(scaffold_env(root, "adopt", mine, "--json").stdout)
    assert (planned["schema"], planned["done"], done["done"]) == ("scaffold/adopt/1", False, True)
    assert planned["plan"] == done["plan"]
    assert list(done["plan"]) == [
        "environment", "known", "choice", "missing", "install", "findings", "notices",
    ]  # fmt: skip


def test_an_environment_of_the_users_own_is_not_replaced_unasked(root, wheels) -> None:
    mine = environment(root / ".venv")
    done = scaffold_env(root, "create", "--python", PYTHON, "--index", wheels)
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"error[environment-not-ours]: {mine} is an environment that scaffold did not"
    )
    assert "scaffold env adopt" in done.stderr
    assert (mine / "note.txt").read_text() == "mine"
    done = scaffold_env(root, "create", "--python", PYTHON, "--index", wheels, "--replace")
    assert done.returncode == 0, done.stderr
    assert (mine / "note.txt").read_text() == "mine"  # packages go, files are carried over


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_person_is_asked(root, wheels, tmp_path) -> None:
    mine = environment(tmp_path / "mine")
    assert scaffold_env(root, "adopt", mine).returncode == 0
    arguments = ("create", "--yes", "--python", PYTHON, "--index", wheels)
    status, said = typed(root, "n\n", *arguments)
    assert (status, "Have another one made all the same?" in said) == (130, True)
    assert not (root / ".venv").exists()
    status, said = typed(root, "y\n", *arguments)
    assert status == 0, said
    assert (mine / "note.txt").read_text() == "mine"
    assert json.loads(scaffold_env(root, "show", "--json").stdout)["environment"]["location"] == str(
        root / ".venv"
    )


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_person_chooses_among_several(root) -> None:
    environment(root / "venv")
    mine = environment(root / "env")
    status, said = typed(root, "2\n", "adopt")
    assert status == 0, said
    assert f"Adopted: {mine}" in said.replace("\x1b[32m\x1b[1m", "").replace("\x1b[0m", "")
