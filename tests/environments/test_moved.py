"""What an environment stands on changes: its Python goes or is another one, the project moves or is copied."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.create import create
from scaffold.environments.layout import Place
from scaffold.environments.model import EnvironmentPlan, Progress
from scaffold.environments.state import is_ready, read_state
from scaffold.errors import InstallFailed, PythonMissing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a Python is put together from links")


def silent(progress: Progress) -> None:
    """Nobody looks."""


def contents(folder: Path) -> dict[str, object]:
    """Every file with its bytes, its inode (but that of a state, which is written anew), and every link."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = path.readlink()
        elif path.is_file() and path.name != "environment.lock":
            inode = 0 if path.name == "environment.json" else path.stat().st_ino
            found[str(path.relative_to(folder))] = (inode, path.read_bytes())
    return found


def on_a_python_of_its_own(plan: EnvironmentPlan, folder: Path) -> EnvironmentPlan:
    """The plan with a base Python that may be removed: a copied program beside a link to its library."""
    real = plan.interpreter.path.resolve()
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(real, folder / "bin" / "python3")
    (folder / "lib").symlink_to(real.parents[1] / "lib")
    return replace(plan, interpreter=replace(plan.interpreter, path=folder / "bin" / "python3"))


def said_by(program: Path, *arguments: str) -> str:
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def version_of_alpha(location: Path) -> str:
    return said_by(location / "bin" / "python", "-I", "-c", "import alpha; print(alpha.version)")


@pytest.fixture
def on_another(root, tmp_path, plan_for, system) -> EnvironmentPlan:
    """An environment that was made, on a Python at tmp_path/base."""
    plan = on_a_python_of_its_own(plan_for(root, "alpha==1.0"), tmp_path / "base")
    create(plan, system, silent)
    assert said_by(plan.location / "bin" / "python", "-c", "import sys; print(sys.base_prefix)") == str(
        tmp_path / "base"
    )
    return plan


def test_the_base_python_went_away(on_another, tmp_path, plan_for, system) -> None:
    shutil.rmtree(tmp_path / "base" / "bin")
    found = inspect(on_another.location, system)
    assert found is not None
    assert is_orphaned(found, system)
    with pytest.raises(PythonMissing):
        create(on_another, system, silent)
    with_another_one = plan_for(on_another.root, "alpha==1.0")
    made = create(with_another_one, system, silent)
    assert (made.packages, version_of_alpha(made.location)) == (found.packages, "1")
    assert not is_orphaned(made, system)


def test_the_base_python_was_upgraded_in_place(on_another, system) -> None:
    newer = replace(on_another, interpreter=replace(on_another.interpreter, version="3.99.0"))
    told: list[Progress] = []
    create(newer, system, told.append)
    assert told[0].message == "Creating an environment with Python 3.99.0"
    state = read_state(on_another.place)
    assert state is not None
    assert state.python == "3.99.0"


def test_a_moved_project(root, tmp_path, plan_for, system) -> None:
    create(plan_for(root, "alpha==1.0"), system, silent)
    moved = root.rename(tmp_path / "renamed")
    assert not is_ready(Place(moved))
    made = create(plan_for(moved, "alpha==1.0"), system, silent)
    assert is_ready(Place(moved))
    assert str(moved) in said_by(made.location / "bin" / "pip", "--version")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "renamed"]


def test_a_moved_one_that_cannot_be_rebuilt_stays_known_as_moved(root, tmp_path, plan_for, system) -> None:
    create(plan_for(root, "alpha==1.0"), system, silent)
    moved = root.rename(tmp_path / "renamed")
    before, state = contents(moved / ".venv"), read_state(Place(moved))
    plan = plan_for(moved, "alpha==1.0")
    with pytest.raises(InstallFailed):
        create(replace(plan, lock=plan.lock.replace('sha256 = "', 'sha256 = "00')), system, silent)
    assert (contents(moved / ".venv"), read_state(Place(moved))) == (before, state)
    assert not is_ready(Place(moved))


@pytest.mark.parametrize("copy", ["beside the original", "the original is gone"])
def test_a_copied_project(copy, root, tmp_path, plan_for, system) -> None:
    original = plan_for(root, "alpha==1.0")
    create(original, system, silent)
    untouched = contents(root)
    twin = Path(shutil.copytree(root, tmp_path / "copy", symlinks=True))
    if copy == "the original is gone":
        shutil.rmtree(root)
    assert not is_ready(Place(twin))
    made = create(plan_for(twin, "alpha==2.0"), system, silent)
    assert version_of_alpha(made.location) == "2"
    assert str(twin) in said_by(made.location / "bin" / "pip", "--version")
    if copy == "beside the original":
        assert contents(root) == untouched
        assert is_ready(Place(root))


def test_a_project_behind_a_link(root, tmp_path, plan_for, system) -> None:
    """The two names are two places to Python's scripts; asked for by either, it works there."""
    create(plan_for(root, "alpha==1.0"), system, silent)
    (tmp_path / "link").symlink_to(root)
    assert not is_ready(Place(tmp_path / "link"))
    made = create(plan_for(tmp_path / "link", "alpha==1.0"), system, silent)
    assert version_of_alpha(made.location) == "1"
    assert is_ready(Place(tmp_path / "link"))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs a bind mount")
def test_a_project_that_is_mounted_elsewhere(root, tmp_path, plan_for, system) -> None:
    """A folder on its way into a container: made there, it works there."""
    create(plan_for(root, "alpha==1.0"), system, silent)
    mount = tmp_path / "mounted"
    mount.mkdir()
    subprocess.run(["mount", "--bind", root, mount], check=True)
    try:
        assert not is_ready(Place(mount))
        made = create(plan_for(mount, "alpha==1.0"), system, silent)
        assert str(mount) in said_by(made.location / "bin" / "pip", "--version")
    finally:
        subprocess.run(["umount", mount], check=True)
