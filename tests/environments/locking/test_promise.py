"""One pyproject.toml, the same build of PyTorch, whoever installs: uv, pip, an IDE's buttons.

The ordinary index holds torch 2.15.0 and 2.14.1 for CUDA 13, PyTorch's own 2.14.1+cu126 and 2.14.1+cpu. The
project was made for cu126.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.drawing.blueprint import draw, first_record
from scaffold.env import lock as locking
from scaffold.environments.create import create
from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import Place, python_of
from scaffold.environments.plan import plan_environment
from scaffold.interpreters.model import Interpreter
from scaffold.projects.catalog import Provider, find_template
from scaffold.projects.declared import declared_requirements
from scaffold.projects.names import project_name
from scaffold.projects.requirements import PYTORCH
from scaffold.projects.write import write_project
from scaffold.sources.settings import read_settings
from scaffold.system import HostSystem
from tests.environments.standins import MINOR, PYTHON
from tests.projects.conftest import FILES, lay

from .conftest import Stand, cuda_build

pytestmark = [
    pytest.mark.skipif(os.name == "nt" or HostSystem().platform.os != "linux", reason="expects Linux"),
    pytest.mark.skipif(MINOR == "3.10", reason="projects are for 3.11 and newer"),
]

WANTED = "2.14.1+cu126"


@pytest.fixture
def project(tmp_path: Path, system: HostSystem, stand: Stand) -> Path:
    """As `scaffold new` makes it on a machine for cu126; the stand-in in place of PyTorch's index."""
    templates = tmp_path / "templates"
    lay(templates, FILES)
    tiny = find_template("tiny", (Provider(name="scaffold", distribution="scaffold-dl", folder=templates),))
    root = tmp_path / "cat-dog"
    made_with = (cuda_build(stand),)
    first = first_record(tiny, project_name("cat-dog"), ("pytorch",), made_with, MINOR)
    write_project(root, draw(tiny, first).whole)
    for name in ("pyproject.toml", "requirements.txt"):
        path = root / name
        path.write_text(path.read_text().replace(PYTORCH, stand.pytorch), encoding="utf-8")
    return root


@pytest.fixture
def made(project: Path, system: HostSystem, stand: Stand) -> Path:
    """The project with the environment that our own `create` makes."""
    interpreter = Interpreter(
        path=Path(PYTHON), version=_version(), implementation="CPython", machine="x86_64", bits=64, origin="tests"
    )  # fmt: skip
    plan = plan_environment(
        system,
        place=Place(project),
        interpreter=interpreter,
        builds=(cuda_build(stand),),
        requirements=declared_requirements(project),
        settings=read_settings(system),
    )
    create(plan, system, lambda _: None)
    return project


def _version() -> str:
    done = subprocess.run([PYTHON, "-c", "import platform; print(platform.python_version())"], capture_output=True, text=True, check=True)  # fmt: skip
    return done.stdout.strip()


def run(root: Path, *command: object, **more: str) -> None:
    environment = {**os.environ, "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never", **more}
    done = subprocess.run(
        [str(part) for part in command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def pip(root: Path, stand: Stand, *arguments: object) -> None:
    run(root, python_of(root / ".venv", "linux"), "-m", "pip", *arguments, PIP_INDEX_URL=stand.pypi)


def uv(root: Path, *arguments: object) -> None:
    run(root, find_uv(HostSystem()), *arguments)


def torch(root: Path) -> str:
    """The version of the environment's torch; fails where CUDA 13's libraries arrived, too."""
    python = python_of(root / ".venv", "linux")
    done = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True, cwd=root
    )  # fmt: skip
    found = {one["name"]: one["version"] for one in json.loads(done.stdout)}
    others = {name for name in found if name.endswith("cu13")}
    return str(found["torch"]) + "".join(f" with {name}" for name in others)


@pytest.mark.slow
def test_the_tools_agree_in_our_environment(made, system, stand):
    """Each of them in turn, in one environment."""
    locking.carry_out(locking.plan_lock(system, made))
    assert torch(made) == WANTED
    for how in (
        ("install", "."),
        ("install", "-r", "requirements.txt"),
        ("install", "-r", "pylock.cu126.toml"),
        ("install", "-U", "torch", "lightning"),  # the buttons of an IDE that drives pip
        ("install", "accelerate==1.0"),
        ("install", "--require-hashes", "-r", "requirements/lock-cu126.txt"),
    ):
        pip(made, stand, *how)
        assert torch(made) == WANTED, how
    for how in (
        ("pip", "install", "-r", "requirements/lock-cu126.txt"),
        ("pip", "install", "accelerate"),
        ("sync", "--inexact"),
        ("sync",),
        ("sync", "--check"),
        ("add", "accelerate==1.0"),  # the button of an IDE that drives uv
        ("sync",),
        ("sync", "--check"),
        ("run", "--no-sync", "python", "-c", "import torch"),
    ):
        uv(made, *how)
        assert torch(made) == WANTED, how


@pytest.mark.slow
@pytest.mark.parametrize("how", ["uv sync", "requirements.txt", "pylock", "lock"])
def test_each_alone_in_a_new_environment(project, system, stand, how):
    locking.carry_out(locking.plan_lock(system, project))
    if how == "uv sync":
        uv(project, "sync", "--python", PYTHON)
        uv(project, "pip", "install", "pip", "--no-index", "--find-links", seeds())
    else:
        run(project, sys.executable, "-m", "virtualenv", "-q", "-p", PYTHON, ".venv")
        file = {"pylock": "pylock.cu126.toml", "lock": "requirements/lock-cu126.txt"}.get(how, how)
        if how == "lock":
            extra = ("--require-hashes", "--extra-index-url", f"{stand.pytorch}/cu126")
            pip(project, stand, "install", *extra, "-r", file)
        else:
            pip(project, stand, "install", "-r", file)
    assert torch(project) == WANTED


def seeds() -> Path:
    """The folder of the pip wheel that virtualenv carries."""
    from scaffold.environments.installers.tools import seed_pip

    wheel = seed_pip(MINOR)
    assert wheel is not None
    return wheel.parent


def test_what_uv_pip_may_replace_comes_back_with_sync(made, system, stand, monkeypatch):
    """`uv pip install -U` knows no group, no source and no pip.conf: the one way that leads astray."""
    from scaffold.env.sync import SyncWishes, carry_out, plan_sync

    locking.carry_out(locking.plan_lock(system, made))
    uv(made, "pip", "install", "-U", "accelerate")
    assert torch(made) == "2.15.0 with nvidia-cudnn-cu13"
    plan = plan_sync(system, made, SyncWishes(group="cu126", python=PYTHON), lambda _: None)
    assert not plan.unchanged
    carry_out(system, plan, lambda _: None, lambda _: None)
    assert torch(made) == WANTED
