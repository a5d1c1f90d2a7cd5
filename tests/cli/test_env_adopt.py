"""`scaffold env adopt`, and what `env create` does with environments that the user made, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environments.standins import PYTHON, make_project, make_wheels

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_wheels(tmp_path_factory.mktemp("standins") / "wheels")


@pytest.fixture
def root(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "uv-cache"))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    return make_project(tmp_path / "project", "pytorch")


def environment(target: Path) -> Path:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", target], check=True)
    (target / "note.txt").write_text("mine")
    return target


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "scaffold", "env", *map(str, arguments)]


def scaffold_env(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=root, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


def typed(root: Path, answer: str, *arguments: object) -> tuple[int, str]:
    """Exit status and everything on the screen, with a person at the terminal."""
    import pty

    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        command(*arguments), cwd=root, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    said = b""
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        said += more
    os.close(ours)
    return child.wait(timeout=60), said.decode()


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
    assert not (mine / "note.txt").exists()


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_person_is_asked(root, wheels, tmp_path) -> None:
    mine = environment(tmp_path / "mine")
    assert scaffold_env(root, "adopt", mine).returncode == 0
    arguments = ("create", "--yes", "--python", PYTHON, "--index", wheels)
    status, said = typed(root, "n", *arguments)
    assert (status, "Have another one made all the same?" in said) == (130, True)
    assert not (root / ".venv").exists()
    status, said = typed(root, "y", *arguments)
    assert status == 0, said
    assert (mine / "note.txt").read_text() == "mine"
    assert json.loads(scaffold_env(root, "show", "--json").stdout)["environment"]["location"] == str(
        root / ".venv"
    )


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_person_chooses_among_several(root) -> None:
    environment(root / "venv")
    mine = environment(root / "env")
    status, said = typed(root, "2", "adopt")
    assert status == 0, said
    assert f"Adopted: {mine}" in said.replace("\x1b[32m\x1b[1m", "").replace("\x1b[0m", "")
