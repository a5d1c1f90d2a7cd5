"""`scaffold env sync`, killed at any moment, also while it proves: the next one is as if nothing had been."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from scaffold.environments.condition.verify import damages
from scaffold.environments.layout import Place, site_packages_of
from scaffold.environments.state import is_ready
from tests.cli.typed import command, scaffold_env
from tests.environments.conftest import make_wheel
from tests.environments.standins import MINOR, PYTHON, TORCH, make_project, make_wheels

pytest.importorskip("uv")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("isolated"),
    pytest.mark.skipif(os.name != "posix", reason="Windows moves no folder that is in use"),
]

KILLS = 30
MODULES = 300

#: A second of imports, each of which leaves byte code.
SLOW_TORCH = f"""
import importlib, time
for number in range({MODULES}):
    importlib.import_module(f"many.part_{{number}}")
    time.sleep(0.003)
"""

GROUPS = """
[dependency-groups]
own = ["torch==2.13.0+cpu", "many=={version}"]
build = ["tiny-backend"]

[tool.uv]
default-groups = ["own", "build"]
"""


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = make_wheels(tmp_path / "wheels")
    make_wheel(folder, "torch", "2.13.0+cpu", {"torch.py": SLOW_TORCH + TORCH})
    for version in ("1.0", "2.0"):
        files = {f"many/part_{number}.py": f"version = {version}\n" for number in range(MODULES)}
        make_wheel(folder, "many", version, files)
    return folder


def locked_with(root: Path, version: str, wheels: Path) -> Path:
    """A copy of the project with a lock that names this version; its pyproject.toml and its locks."""
    project = make_project(root, "pytorch")
    path = project / "pyproject.toml"
    text = path.read_text().replace("description", f'requires-python = ">={MINOR}"\ndescription')
    path.write_text(text + GROUPS.format(version=version))
    done = scaffold_env(project, "lock", "--index", wheels)
    assert done.returncode == 0, done.stderr
    return project


def take_over(files: Path, root: Path) -> None:
    """The lock of another version, as a `git checkout` brings it."""
    for name in ("pyproject.toml", "uv.lock", "pylock.own.toml", "requirements"):
        copy = shutil.copytree if (files / name).is_dir() else shutil.copy2
        more = {"dirs_exist_ok": True} if (files / name).is_dir() else {}
        copy(files / name, root / name, **more)  # type: ignore[operator]


def test_killed_at_any_moment(tmp_path: Path, wheels: Path) -> None:
    draw, root = random.Random(20261122), tmp_path / "project"
    locks = {one: locked_with(tmp_path / f"locked-{one}", one, wheels) for one in ("1.0", "2.0")}
    make_project(root, "pytorch")
    take_over(locks["1.0"], root)
    sync = ("sync", "--yes", "--python", PYTHON, "--index", wheels)
    began = time.monotonic()
    first = scaffold_env(root, *sync)
    assert first.returncode == 0, first.stderr
    whole = time.monotonic() - began
    for number in range(KILLS):
        version = "2.0" if number % 2 == 0 else "1.0"
        take_over(locks[version], root)
        child = subprocess.Popen(
            command(*sync), cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        moment = draw.uniform(0.0, whole)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=moment)
        child.kill()
        child.wait()
        done = scaffold_env(root, *sync)
        assert done.returncode == 0, f"kill {number} after {moment:.2f} s: {done.stderr}"
        assert_as_locked(root, version)


def assert_as_locked(root: Path, version: str) -> None:
    place = Place(root)
    packages = site_packages_of(place.location)
    assert packages is not None
    assert (is_ready(place), damages(place.location)) == (True, ())
    assert (packages / "many/part_7.py").read_text() == f"version = {version}\n"
    assert [one.name for one in packages.glob("many-*")] == [f"many-{version}.dist-info"]
    left = {one.name for one in (root / ".scaffold").iterdir()}
    assert {one for one in left if "discarded" in one or "previous" in one or one.endswith(".tmp")} == set()
