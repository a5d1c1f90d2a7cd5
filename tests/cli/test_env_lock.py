"""`scaffold env lock`, `sync` and `wheelhouse` as a user types them; a folder of wheels for an index."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import click
import pytest

from scaffold.cli.env.lock import _change_lines
from scaffold.cli.plan_view import environment_lines
from scaffold.env.lock import LockPlan
from scaffold.environments.layout import Place
from scaffold.environments.locking.changes import Change
from scaffold.environments.model import Download, EnvironmentPlan
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import Setting, SourceSettings
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
    assert done.stdout.splitlines()[:2] == ["Groups         own", "New            own: 3 packages"]
    assert "+ torch" not in done.stdout
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


def test_sync_makes_the_first_lock_where_it_is_asked_to(root: Path, wheels: Path) -> None:
    """What the menu of an IDE starts: `scaffold new` leaves no lock."""
    words = ("sync", "--lock", "--yes", "--index", wheels, "--python", PYTHON)
    tried = scaffold_env(root, *words, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert [one for one in tried.stdout.splitlines() if one.startswith(("New", "Would", "Envi"))] == [
        "New            own: 3 packages",
        "Would write    uv.lock",
        "Environment    made of that lock: what it comes to on this machine is known once it stands",
    ]
    planned = json.loads(scaffold_env(root, *words, "--dry-run", "--json").stdout)
    assert (planned["done"], planned["plan"], planned["first_lock"]["groups"]) == (False, None, ["own"])
    assert not (root / "uv.lock").exists()
    made = scaffold_env(root, *words)
    assert (made.returncode, "PyTorch works" in made.stdout) == (0, True), made.stderr
    locks = {name: (root / name).read_bytes() for name in ("uv.lock", "requirements/lock-own.txt")}
    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace('["alpha"]', '["alpha", "keras"]'))
    stale = scaffold_env(root, *words)  # a lock that is there is never made anew
    assert (stale.returncode, "error[lock-stale]" in stale.stderr) == (1, True)
    assert {name: (root / name).read_bytes() for name in locks} == locks


def test_changes_against_an_earlier_lock_are_told_up_to_a_number() -> None:
    names = [f"package-{number:02}" for number in range(35)]
    plan = LockPlan(
        root=Path("project"),
        groups=("cpu", "cu126"),
        files={},
        gone=(),
        changes=tuple(Change(name=one, before="", after="1", groups=("cpu", "cu126")) for one in names),
        first={"cpu": 35},
    )
    lines = list(map(click.unstyle, _change_lines(plan)))
    assert lines[:2] == ["New            cpu: 35 packages", "Change         + package-00 1 (cu126)"]
    assert lines[-1].split() == ["and", "5", "more;", "all:", "--json"]
    assert len(lines) == 32


def test_a_size_that_nobody_tells_is_not_nothing() -> None:
    def told(*sizes: int | None) -> list[str]:
        rows = (Download(name=str(n), version="1", size=size, source="") for n, size in enumerate(sizes))
        plan = EnvironmentPlan(
            place=Place(Path("/project")), interpreter=Interpreter(
                path=Path("/python"), version="3.12.1", implementation="CPython", machine="x86_64", bits=64,
                origin="pyenv",
            ),
            installer="pip", builds=(), requirements=(), settings=SourceSettings(index=Setting(value="https://host/simple", origin="tests")),
            downloads=tuple(rows), disk_needed=30_000_000,
        )  # fmt: skip
        return [click.unstyle(line)[15:] for line in environment_lines(plan)]

    where = "/project/.venv, installed by pip;"
    assert told(2_000_000, 3_000_000) == ["5 MB in 2 packages", f"{where} about 30 MB on disk"]
    assert told(2_000_000, None) == [
        "at least 2 MB in 2 packages (the size of 1 is not told by their source)",
        f"{where} at least 30 MB on disk",
    ]
    assert told(None, None) == [
        "2 packages (their source does not tell their sizes)", f"{where} at least 30 MB on disk",
    ]  # fmt: skip
