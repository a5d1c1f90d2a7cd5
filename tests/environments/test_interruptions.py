"""Killed, raced, out of room: afterwards an environment is as before, ready, or clearly not ready."""

from __future__ import annotations

import contextlib
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

from scaffold.environments.condition.verify import damages
from scaffold.environments.create import create
from scaffold.environments.layout import python_of
from scaffold.environments.model import EnvironmentPlan, Progress
from scaffold.environments.state import is_ready, locked
from scaffold.system import HostSystem

CHILD = """
import pickle, sys, threading
from pathlib import Path
from scaffold.environments.create import create
from scaffold.errors import ScaffoldError
from scaffold.system import HostSystem
plan = pickle.loads(Path(sys.argv[1]).read_bytes())

def tell(step):
    print(step, flush=True)
    if step == sys.argv[2]:
        threading.Event().wait()  # for the kill

tell("started")
try:
    create(plan, HostSystem(), lambda progress: tell(progress.step), lambda made: tell("prove"))
except ScaffoldError as problem:
    print(problem.code, flush=True)
    sys.exit(1)
print("done", flush=True)
"""
REPOSITORY = Path(__file__).resolve().parents[2]


def silent(progress: Progress) -> None:
    """Nobody looks."""


def start(plan: EnvironmentPlan, folder: Path, *prefix: str, stop_at: str = "") -> subprocess.Popen[str]:
    """`create` in a process of its own, which tells its steps and waits for ever at ``stop_at``."""
    pickled = folder / "plan.pickle"
    pickled.write_bytes(pickle.dumps(plan))
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", CHILD, str(pickled), stop_at],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def read_until(child: subprocess.Popen[str], word: str) -> None:
    """Read the child's lines up to that word; a child that ends before it is a failed test, not a wait."""
    assert child.stdout is not None
    said = []
    for line in child.stdout:
        said.append(line.strip())
        if said[-1] == word:
            return
    raise AssertionError(f"the child ended without {word!r}: {said}")


def kill_at(step: str, plan: EnvironmentPlan, folder: Path) -> None:
    """SIGKILL while the child stands at that step; what it started goes on until the kill."""
    child = start(plan, folder, stop_at=step)
    read_until(child, step)
    child.kill()
    child.communicate()


#: Where a child is killed. At "install" the installer is at work meanwhile; "prove" is the call of ``finish``.
STEPS = ["started", "create", "install", "verify", "prove"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed parent's installer lives on")
@pytest.mark.parametrize("step", STEPS)
def test_killed_while_it_makes_the_first_one(step, tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path / "project", "many", "beta")
    kill_at(step, plan, tmp_path)
    assert not is_ready(plan.place)
    create(plan, system, silent)
    assert_whole(plan, system)
    assert tree(plan.root) == [".scaffold", ".venv"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed parent's installer lives on")
@pytest.mark.parametrize("step", STEPS)
def test_killed_while_it_replaces_one(step, tmp_path, plan_for, system) -> None:
    """The next command brings the old one back, or makes the new one: whichever is asked for."""
    root = tmp_path / "project"
    old, new = plan_for(root, "alpha==1.0"), plan_for(root, "alpha==2.0", "many")
    create(old, system, silent)
    made = digest_of(old.location)
    kill_at(step, new, tmp_path)
    assert not is_ready(old.place) or digest_of(old.location) == made
    told: list[Progress] = []
    assert create(old, system, told.append).packages["alpha"] == "1.0"
    assert (told, digest_of(old.location)) == ([], made)  # the very files of before
    assert create(new, system, silent).packages["alpha"] == "2.0"
    assert is_ready(old.place)
    assert damages(old.location) == ()
    assert tree(root) == [".scaffold", ".venv"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed parent's installer lives on")
@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_killed_at_any_moment(backend, tmp_path, plan_for, system) -> None:
    """Real tools, random moments: whenever it comes, the next command finds the old one or the new one."""
    draw, root = random.Random(20261122), tmp_path / "project"
    old = plan_for(root, "alpha==1.0", backend=backend)
    new = plan_for(root, "alpha==2.0", "many", "beta", backend=backend)
    began = time.monotonic()
    assert start(new, tmp_path).wait() == 0
    whole = time.monotonic() - began
    for _ in range(12):
        create(old, system, silent)
        made = digest_of(old.location)
        child = start(new, tmp_path)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=draw.uniform(0.0, whole))
        child.kill()
        child.communicate()
        arrived = is_ready(new.place) and digest_of(new.location) != made
        told: list[Progress] = []
        packages = create(new if arrived else old, system, told.append).packages
        assert (told, packages["alpha"]) == ([], "2.0" if arrived else "1.0")
        assert arrived or digest_of(old.location) == made
        assert damages(old.location) == ()
        assert tree(root) == [".scaffold", ".venv"]
        assert set(tree(root / ".scaffold")) <= {"environment.json", "environment.lock"}


def tree(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def digest_of(location: Path) -> tuple[int, int]:
    """Which environment it is: one that was made again has other files."""
    found = (location / "pyvenv.cfg").stat()
    return found.st_ino, found.st_mtime_ns


def assert_whole(plan: EnvironmentPlan, system: HostSystem) -> None:
    assert is_ready(plan.place)
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
    with locked(tmp_path):
        other = start(plan, tmp_path)
        assert other.communicate()[0].splitlines() == ["started", "environment-busy"]
    assert create(plan, system, silent).packages["alpha"] == "2.0"


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
