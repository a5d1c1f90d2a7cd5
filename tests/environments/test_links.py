"""Files of an environment are links to uv's cache: nothing that we write reaches through one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.condition.verify import damages
from scaffold.environments.create import create
from scaffold.environments.layout import Place, site_packages_of
from scaffold.environments.model import Progress

from .test_create import PYPROJECT
from .test_moved import contents, said_by

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links as POSIX counts them")


def silent(progress: Progress) -> None:
    """Nobody looks."""


def packages(location: Path) -> Path:
    folder = site_packages_of(location)
    assert folder is not None
    return folder


def test_nothing_is_written_through_a_link(tmp_path, plan_for, system, torch_build) -> None:
    """With all that we write: constraints, chosen devices, an editable path that is not ASCII."""
    build = replace(torch_build, environment={"HIP_VISIBLE_DEVICES": "1"})
    cache = tmp_path / "cache"
    system.environment = {**system.environment, "UV_CACHE_DIR": str(cache)}
    first, second = (tmp_path / name for name in ("李", "第二"))
    for root in (first, second):
        plan = plan_for(root, "alpha", "tiny-backend", builds=(build,), backend="uv")
        (root / "pyproject.toml").write_text(PYPROJECT)
        if root == second:
            before, neighbour = contents(cache / "archive-v0"), contents(first)
        create(plan, system, silent)
        assert damages(plan.location) == ()
    after = contents(cache / "archive-v0")
    assert {name: after.get(name) for name in before} == before
    assert contents(first) == neighbour
    assert (packages(second / ".venv") / "alpha.py").stat().st_nlink > 2
    written = [second / ".venv" / "pip.conf", second / ".venv" / "constraints.txt"]
    written += [packages(second / ".venv") / name for name in ("scaffold_devices.pth", "thing.pth")]
    written += (packages(second / ".venv") / "thing-0.1.dist-info").glob("RECORD")
    assert [one.stat().st_nlink for one in written] == [1] * 5


def test_the_users_link_mode_is_kept(root, plan_for, system) -> None:
    system.environment = {**system.environment, "UV_LINK_MODE": "copy"}
    made = create(plan_for(root, "alpha", backend="uv"), system, silent)
    assert (packages(made.location) / "alpha.py").stat().st_nlink == 1


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts need root")
def test_a_cache_on_another_disk_is_told(other_disk, root, plan_for, system) -> None:
    assert plan_for(root, "alpha", backend="uv").notices == ()
    system.environment = {**system.environment, "UV_CACHE_DIR": str(other_disk)}
    (notice,) = plan_for(root, "alpha", backend="uv").notices
    assert notice.startswith(f"uv's cache lies on another disk than the project ({other_disk}): ")
    system.environment = {**system.environment, "UV_LINK_MODE": "copy"}
    assert plan_for(root, "alpha", backend="uv").notices == ()


@pytest.mark.parametrize("backend", ["uv", "pip"])
@pytest.mark.parametrize("name", ["[x] C# ; %41 中文 'q\"$HOME 😀.", "long/" + "/".join(["d" * 200] * 4)])
def test_the_project_itself_in_unusual_folders(name, backend, tmp_path, plan_for, system) -> None:
    """Imported from anywhere, under a locale that knows no Chinese; its scripts start."""
    root = tmp_path / name
    plan = plan_for(root, "alpha", "tiny-backend", backend=backend)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "thing.py").write_text("answer = 42\n")
    made = create(plan, system, silent)
    bare = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": "/usr/bin:/bin"}
    for variables in (bare, {**bare, "PYTHONUTF8": "1"}):
        ask = [made.python, "-c", "import thing; print(thing.answer)"]
        done = subprocess.run(ask, env=variables, cwd="/", capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == ("42\n", "")
    assert said_by(made.location / "bin" / "pip", "--version").startswith("pip ")
    assert damages(made.location) == ()
    told: list[Progress] = []
    create(plan, system, told.append)
    assert told == []
    assert Place(root).location == made.location
