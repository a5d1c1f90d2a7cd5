"""Environments of conda: with a stand-in for the program, and with the real one where it is."""

from __future__ import annotations

import json
import os
import platform
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.environments.condition.inspect import inspect
from scaffold.environments.condition.verify import damages
from scaffold.environments.create import create
from scaffold.environments.installers.conda import SIGNS, demand_conda, find_conda
from scaffold.environments.installers.tools import seed_pip
from scaffold.environments.layout import UNFINISHED_MARK, Place, is_conda, python_of
from scaffold.environments.model import CondaProgram, EnvironmentPlan
from scaffold.environments.state import is_ready, read_state
from scaffold.errors import InstallFailed, NoSpace
from scaffold.system import HostSystem
from tests.environments import stand_in_conda
from tests.environments.test_create import said_by, silent, tree

PYTHON = str(getattr(sys, "_base_executable", sys.executable))
MINOR = ".".join(platform.python_version_tuple()[:2])

#: Debian's Python installs elsewhere than where its prefix says; conda's never does.
pytestmark = pytest.mark.skipif(
    os.name != "posix" or "posix_local" in sysconfig.get_scheme_names(),
    reason="the stand-in is made of a Python that can be copied",
)

YAML = f"""\
# Written by scaffold for conda; make it with: conda env create -f environment.yml
name: project
channels:
- conda-forge
dependencies:
- python={MINOR}
- pip>=24.1
- pip:
  - --extra-index-url https://download.pytorch.org/whl/cpu
  - torch==2.13.0+cpu
  - beta
"""


def program(folder: Path, name: str = "conda") -> Path:
    """The stand-in under a name."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / name
    script.write_text(f'#!/bin/sh\nexec {PYTHON} -S {stand_in_conda.__file__} "$@"\n')
    script.chmod(0o755)
    return script


@pytest.fixture
def conda(tmp_path: Path, system: HostSystem) -> HostSystem:
    """A machine with the stand-in, in whose shell an environment is active."""
    system.environment = {
        **system.environment,
        "CONDA_EXE": str(program(tmp_path / "miniforge3" / "bin")),
        "CONDA_PREFIX": "/active",
        "CONDA_SHLVL": "2",
        "_CE_CONDA": "1",
        "CONDA_CHANNEL_ALIAS": "https://mirror.example",
        "LOG": str(tmp_path / "log"),
        "PIP_WHEEL": str(seed_pip(MINOR)),
    }
    return system


def called(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]


def with_environment(system: HostSystem, **more: str) -> None:
    system.environment = {**system.environment, **more}


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_an_environment(installer, tmp_path, root, conda, plan_for, torch_build) -> None:
    plan = plan_for(root, "beta", builds=(torch_build,), backend="conda")
    made = create(
        replace(plan, installer=installer, **_pip_lock(installer, plan_for, root, torch_build)), conda, silent
    )
    assert (made.kind, made.version, made.home) == ("conda", platform.python_version(), root / ".venv")
    assert {"alpha": "2.0", "beta": "1.0", "torch": "2.13.0+cpu"}.items() <= made.packages.items()
    assert said_by(made.python, "import sys, beta; print(sys.prefix)") == str(root / ".venv")
    assert damages(made.location) == ()  # conda answers for what conda installed
    assert is_ready(Place(root))
    assert tree(made.location) == [
        ".scaffold-made",
        "bin",
        "conda-meta",
        "constraints.txt",
        "lib",
        "pip.conf",
    ]
    assert (root / "environment.yml").read_text() == YAML
    asked, filled = called(tmp_path)
    assert asked["argv"] == ["config", "--show", "channels", "--json"]
    assert filled["argv"] == [
        "install", "--yes", "--quiet", "--prefix", str(root / ".venv"),
        "--override-channels", "--channel", "conda-forge", f"python={MINOR}", "pip>=24.1",
    ]  # fmt: skip
    assert filled["environment"] == {
        "CONDA_CHANNEL_ALIAS": "https://mirror.example",
        "CONDA_REPORT_ERRORS": "false",
    }


def _pip_lock(installer: str, plan_for: Any, root: Path, build: Any) -> Mapping[str, Any]:
    if installer == "uv":
        return {}
    return {"lock": plan_for(root, "beta", builds=(build,), backend="pip").lock}


def test_as_planned_already_is_left_alone(tmp_path, root, conda, plan_for) -> None:
    plan = plan_for(root, "alpha", backend="conda")
    first = create(plan, conda, silent)
    calls = len(called(tmp_path))
    assert create(plan, conda, silent) == first
    assert len(called(tmp_path)) == calls


def test_conda_and_virtualenv_replace_each_other(root, conda, plan_for) -> None:
    assert create(plan_for(root, "alpha"), conda, silent).kind == "venv"
    assert create(plan_for(root, "alpha", backend="conda"), conda, silent).kind == "conda"
    made = create(plan_for(root, "alpha", backend="uv"), conda, silent)
    assert (made.kind, is_conda(made.location)) == ("venv", False)


def test_what_was_asked_for_once_holds(tmp_path, root, conda, plan_for) -> None:
    create(plan_for(root, "alpha==1.0", backend="conda"), conda, silent)
    made = create(plan_for(root, "alpha==2.0"), conda, silent)
    assert (made.kind, made.packages["alpha"]) == ("conda", "2.0")
    (tmp_path / "miniforge3" / "bin" / "conda").unlink()
    conda.environment = {**conda.environment, "PATH": "/nowhere"}
    assert create(plan_for(root, "alpha==1.0"), conda, silent).kind == "venv"


@pytest.mark.parametrize("name", ["conda", "micromamba"])
def test_channels_of_the_users_own_stay_in_force(name, tmp_path, root, conda, plan_for) -> None:
    with_environment(
        conda, CHANNELS="https://mirror.example/conda-forge defaults", CONDA_EXE=str(program(tmp_path, name))
    )
    plan = plan_for(root, "alpha", backend="conda")
    assert plan.conda == CondaProgram(path=tmp_path / name, kind=name)
    assert plan.notices[0].endswith(f"with Python {MINOR} from the channels of your conda")
    create(plan, conda, silent)
    assert "--channel" not in called(tmp_path)[-1]["argv"]
    assert "--override-channels" not in called(tmp_path)[-1]["argv"]


def test_an_environment_file_of_the_users_own_stays(root, conda, plan_for) -> None:
    (root / "environment.yml").write_text("name: mine\n")
    plan = plan_for(root, "alpha", backend="conda")
    assert plan.notices[1] == "environment.yml is there and not ours: it stays as it is"
    create(plan, conda, silent)
    assert (root / "environment.yml").read_text() == "name: mine\n"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("network", "conda-no-network"), ("python", "conda-no-python"), ("terms", "conda-terms"),
        ("odd", "environment-not-created"),
    ],
)  # fmt: skip
def test_what_conda_says_when_it_fails(failure, code, root, conda, plan_for) -> None:
    with_environment(conda, FAIL=failure)
    with pytest.raises(InstallFailed) as caught:
        create(plan_for(root, "alpha", backend="conda"), conda, silent)
    assert caught.value.code == code
    assert stand_in_conda.FAILURES[failure].splitlines()[0] in caught.value.detail
    assert tree(root) == [".scaffold"]
    assert read_state(Place(root)) is None


def test_a_full_disk_brings_the_old_one_back(root, conda, plan_for) -> None:
    old = create(plan_for(root, "alpha==1.0"), conda, silent)
    with_environment(conda, FAIL="disk")
    with pytest.raises(NoSpace):
        create(plan_for(root, "alpha==2.0", backend="conda"), conda, silent)
    assert inspect(old.location, conda) == old


def test_what_a_kill_leaves_is_cleared_away(root, conda, plan_for) -> None:
    plan = plan_for(root, "alpha", backend="conda")
    (plan.location / "conda-meta").mkdir(parents=True)
    (plan.location / "conda-meta" / "history").touch()
    (plan.location / UNFINISHED_MARK).touch()
    assert create(plan, conda, silent).packages["alpha"] == "2.0"


def test_none_is_here(home, monkeypatch, system) -> None:
    system.environment = {"PATH": "/nowhere", "HOME": str(home)}
    with pytest.raises(InstallFailed) as caught:
        demand_conda(system)
    assert (caught.value.code, "micromamba" in caught.value.hint) == ("conda-missing", True)


@pytest.mark.parametrize(
    ("place", "variable", "kind"),
    [
        ("x/micromamba", "MAMBA_EXE", "micromamba"), ("x/mamba", "MAMBA_EXE", "mamba"),
        ("x/conda", "CONDA_EXE", "conda"), ("x/conda", "PATH", "conda"), ("x/mamba", "PATH", "mamba"),
        ("home/miniforge3/bin/mamba", "", "mamba"), ("home/.local/bin/micromamba", "", "micromamba"),
    ],
)  # fmt: skip
def test_where_it_is_looked_for(place, variable, kind, tmp_path, home, system, monkeypatch) -> None:
    monkeypatch.setattr(type(system), "home", property(lambda self: tmp_path / "home"))
    path = program((tmp_path / place).parent, Path(place).name)
    value = str(path.parent) if variable == "PATH" else str(path)
    system.environment = {
        "PATH": "/nowhere",
        "LOG": str(tmp_path / "log"),
        **({variable: value} if variable else {}),
    }
    assert find_conda(system) == CondaProgram(path=path, kind=kind, channels=("conda-forge",))


def test_windows_keeps_its_python_at_the_top(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    assert python_of(tmp_path, "windows") == tmp_path / "python.exe"
    assert python_of(tmp_path, "linux") == tmp_path / "bin" / "python"


def test_codes_are_said_once() -> None:
    codes = [one.code for one in SIGNS]
    assert len(codes) == len(set(codes))


@pytest.mark.network
@pytest.mark.slow
def test_the_real_one(root: Path, system: HostSystem, plan_for: Any) -> None:
    if find_conda(system) is None:
        pytest.skip("no conda here")
    plan: EnvironmentPlan = plan_for(root, "alpha", backend="conda")
    made = create(plan, system, silent)
    assert (made.kind, made.packages["alpha"]) == ("conda", "2.0")
    assert said_by(made.python, "import sys, alpha; print(sys.prefix)") == str(made.location)
