"""Small readers and writers: pyvenv.cfg, RECORD, pip.conf, the state, an installer's lines."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.condition.inspect import (
    inspect,
    parse_configuration,
    parse_distribution_folder,
    python_version,
)
from scaffold.environments.condition.verify import damages, recorded_files
from scaffold.environments.installers.settle import pip_configuration, settle
from scaffold.environments.layout import UNFINISHED_MARK, Place, python_of
from scaffold.environments.model import Environment
from scaffold.environments.state import State, read_state, recover, write_state
from scaffold.sources.pip_settings import OURS

VIRTUALENV_CFG = """\
home = /usr/bin
implementation = CPython
version_info = 3.12.1.final.0
virtualenv = 21.15.8
include-system-site-packages = false
base-executable = /usr/bin/python3.12
"""


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (VIRTUALENV_CFG, "3.12.1"),
        ("home = /usr/bin\nversion = 3.11.7\nexecutable = /usr/bin/python3.11\n", "3.11.7"),
        ("home = /opt/uv\nuv = 0.13.9\nversion_info = 3.13.0\n", "3.13.0"),
        ("home = /usr/bin\n", ""),
        ("\x00garbage", ""),
    ],
)
def test_versions_of_all_makers(text: str, version: str) -> None:
    assert python_version(parse_configuration(text)) == version


def test_an_environment_from_its_files(tmp_path: Path, system) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "pyvenv.cfg").write_text(VIRTUALENV_CFG)
    for name in ("torch-2.13.0+cpu.dist-info", "Typing_Extensions-4.16.0.dist-info", "torch", "x.egg-info"):
        (packages / name).mkdir()
    assert inspect(tmp_path, system) == Environment(
        location=tmp_path,
        python=tmp_path / "bin" / "python",
        version="3.12.1",
        home=Path("/usr/bin"),
        packages={"torch": "2.13.0+cpu", "typing-extensions": "4.16.0"},
    )
    assert inspect(tmp_path / "nowhere", system) is None
    assert parse_distribution_folder("a-b-c.dist-info") is None


def test_damages(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    (packages / "a_b-1.dist-info").mkdir(parents=True)
    (packages / "c-1.dist-info").mkdir()
    (packages / "short.py").write_text("x")
    record = (
        "gone.py,sha256=1,5\nshort.py,sha256=1,5\nx/__pycache__,,\nx.pyc,,9\na_b-1.dist-info/RECORD,,\n\n"
    )
    (packages / "a_b-1.dist-info" / "RECORD").write_text(record)
    assert [(one.distribution, one.path, one.what) for one in damages(tmp_path)] == [
        ("a-b", "gone.py", "missing"),
        ("a-b", "short.py", "size"),
        ("c", "c-1.dist-info/RECORD", "no RECORD"),
    ]
    assert list(recorded_files("")) == []


def test_pips_configuration_repeats_the_users_sources(root, plan_for, torch_build, wheelhouse) -> None:
    plan = plan_for(root, builds=(torch_build,))
    constraints = Path("/a b/constraints.txt")
    assert pip_configuration(plan, constraints) == (
        f"{OURS}\n[global]\nfind-links =\n    {wheelhouse.as_uri()}\n\n"
        "[install]\nconstraint = file:///a%20b/constraints.txt\n"
    )
    cuda = replace(torch_build, source="https://download.pytorch.org/whl/cu126", source_kind="pytorch")
    assert pip_configuration(replace(plan, builds=(cuda,)), constraints).splitlines()[1:4] == [
        "[global]",
        "extra-index-url =",
        "    https://download.pytorch.org/whl/cu126",
    ]


def test_programs_see_the_gpus_that_the_builds_run_on(root, plan_for, torch_build) -> None:
    """In a real environment, whoever starts the program; what is set already wins."""
    choice = {"HIP_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    plan = plan_for(root, builds=(replace(torch_build, environment=choice),))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", plan.location], check=True)
    settle(plan, "linux")
    python = python_of(plan.location, "linux")
    ask = [python, "-I", "-c", f"import os; print([os.environ.get(name) for name in {list(choice)}])"]
    clean = {name: value for name, value in os.environ.items() if name not in choice}
    assert subprocess.check_output(ask, env=clean, text=True) == "['1', 'PCI_BUS_ID']\n"
    mine = {**clean, "HIP_VISIBLE_DEVICES": "0"}
    assert subprocess.check_output(ask, env=mine, text=True) == "['0', 'PCI_BUS_ID']\n"


def test_no_file_chooses_devices_where_every_gpu_is_served(root, plan_for, torch_build) -> None:
    plan = plan_for(root, builds=(torch_build,))
    packages = plan.location / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    settle(plan, "linux")
    assert list(packages.iterdir()) == []


STATE = State(status="ready", location="", digest="old", python="3.12.1")


@pytest.mark.parametrize("kept", ["restore copy", "untouched", "mark only", "nothing"])
def test_every_moment_of_a_death(kept: str, root: Path) -> None:
    location = root / ".venv"
    state = replace(STATE, status="creating", location=str(location), digest="new")
    (root / ".scaffold").mkdir()
    if kept in ("restore copy", "untouched"):
        state = replace(state, previous=replace(STATE, location=str(location)))
        old = Place(root).restore_folder if kept == "restore copy" else location
        old.mkdir()
        (old / "pyvenv.cfg").write_text("old")
    if kept in ("restore copy", "mark only"):
        location.mkdir()
        (location / UNFINISHED_MARK).touch()
    write_state(Place(root), state)
    recover(Place(root))
    after = read_state(Place(root))
    if kept in ("restore copy", "untouched"):
        assert (location / "pyvenv.cfg").read_text() == "old"
        assert after == replace(STATE, location=str(location))
    else:
        assert not location.exists()
        assert after is None
    assert not Place(root).restore_folder.exists()
    assert sorted(one.name for one in (root / ".scaffold").iterdir()) in ([], ["environment.json"])


def test_a_state_that_is_garbage_is_none(root: Path) -> None:
    (root / ".scaffold").mkdir()
    for text in ("", "[]", "{}", '{"status": "ready"}'):
        (root / ".scaffold" / "environment.json").write_text(text)
        assert read_state(Place(root)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_the_state_file_is_replaced_in_one_step(root: Path) -> None:
    (root / ".scaffold").mkdir()
    write_state(Place(root), STATE)
    assert read_state(Place(root)) == STATE
    write_state(Place(root), None)
    assert list((root / ".scaffold").iterdir()) == []
