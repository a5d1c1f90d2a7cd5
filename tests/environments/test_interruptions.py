"""Killed, raced, out of room: afterwards an environment is as before, ready, or clearly not ready."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.create import create, discard
from scaffold.environments.inspect import inspect
from scaffold.environments.layout import python_of
from scaffold.environments.model import EnvironmentPlan, Progress
from scaffold.environments.state import is_ready, locked
from scaffold.environments.verify import damages
from scaffold.errors import EnvironmentBusy
from scaffold.system import HostSystem

CHILD = """
import pickle, sys
from pathlib import Path
from scaffold.environments.create import create
from scaffold.errors import ScaffoldError
from scaffold.system import HostSystem
plan = pickle.loads(Path(sys.argv[1]).read_bytes())
print("started", flush=True)
try:
    create(plan, HostSystem(), lambda progress: print(progress.step, flush=True))
except ScaffoldError as problem:
    print(problem.code, flush=True)
    sys.exit(1)
print("done", flush=True)
"""
REPOSITORY = Path(__file__).resolve().parents[2]


def silent(progress: Progress) -> None:
    """Nobody looks."""


def start(plan: EnvironmentPlan, folder: Path, *prefix: str) -> subprocess.Popen[str]:
    """`create` in a process of its own."""
    pickled = folder / "plan.pickle"
    pickled.write_bytes(pickle.dumps(plan))
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", CHILD, str(pickled)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def kill_after(child: subprocess.Popen[str], lines: int, delay: float) -> None:
    """SIGKILL, some time after the child's nth line."""
    assert child.stdout is not None
    for _ in range(lines):
        child.stdout.readline()
    time.sleep(delay)
    child.kill()
    child.wait()
    child.stdout.close()


POINTS = [(lines, delay) for lines in (1, 2, 3) for delay in (0.0, 0.05, 0.15, 0.3)]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed parent's installer lives on")
@pytest.mark.slow
def test_killed_while_it_makes_the_first_one(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path / "project", "many", "beta")
    for lines, delay in POINTS:
        kill_after(start(plan, tmp_path), lines, delay + random.random() / 20)
        whole = inspect(plan.location, system) is not None and not damages(plan.location)
        assert whole or not is_ready(plan.root, plan.location)
        create(plan, system, silent)
        assert_whole(plan, system)
        shutil.rmtree(plan.root / ".scaffold")
        shutil.rmtree(plan.location)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed parent's installer lives on")
@pytest.mark.slow
def test_killed_while_it_replaces_one(tmp_path, plan_for, system) -> None:
    root = tmp_path / "project"
    old, new = plan_for(root, "alpha==1.0"), plan_for(root, "alpha==2.0", "many")
    for lines, delay in POINTS:
        create(old, system, silent)
        kill_after(start(new, tmp_path), lines, delay + random.random() / 20)
        discard(new)  # what the next command of the user's does first
        assert is_ready(root, old.location)
        assert damages(old.location) == ()
        found = inspect(old.location, system)
        assert found is not None
        assert found.packages["alpha"] in ("1.0", "2.0")
        assert sorted(one.name for one in root.iterdir()) == [".scaffold", ".venv"]


def assert_whole(plan: EnvironmentPlan, system: HostSystem) -> None:
    assert is_ready(plan.root, plan.location)
    assert damages(plan.location) == ()
    python = python_of(plan.location, system.platform.os)
    subprocess.run([python, "-I", "-c", "import beta, many.part_399"], check=True)
    subprocess.run([python, "-m", "pip", "--version"], check=True, capture_output=True)


def test_two_at_once(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path / "project", "many", "beta")
    children = [start(plan, tmp_path) for _ in range(2)]
    said = sorted(child.communicate()[0].splitlines()[-1] for child in children)
    assert said in (["done", "done"], ["done", "environment-busy"])
    assert_whole(plan, system)


def test_busy(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")
    child = start(plan, tmp_path)
    assert child.stdout is not None
    while child.stdout.readline().strip() not in ("create", "done"):
        pass
    child.communicate()
    with locked(tmp_path):
        other = start(plan, tmp_path)
        assert other.communicate()[0].splitlines()[-1] == "environment-busy"
    with locked(tmp_path):
        pass
    assert EnvironmentBusy.code == "environment-busy"


def can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    probe = "mount -t tmpfs none /mnt"
    return (
        subprocess.run(["unshare", "-rm", "sh", "-c", probe], capture_output=True, check=False).returncode
        == 0
    )


@pytest.mark.skipif(not can_mount(), reason="needs a private mount")
@pytest.mark.parametrize(
    ("options", "code"), [("size=3m", "no-space"), ("size=12m", "no-space"), ("size=64m,ro", "no-permission")]
)
def test_no_room_and_no_permission(options, code, tmp_path, plan_for, system) -> None:
    plan = replace(plan_for(tmp_path / "project", "many"), disk_needed=0)
    mount = f'mount -t tmpfs -o {options} none "$0" && "$@"; ls -A "$0"'
    said = start(plan, tmp_path, "unshare", "-rm", "sh", "-c", mount, str(plan.root))
    lines = said.communicate()[0].splitlines()
    assert code in lines
    assert ".venv" not in lines


def test_nothing_to_discard(root, plan_for) -> None:
    discard(plan_for(root, "alpha"))
    assert list(root.iterdir()) == []
