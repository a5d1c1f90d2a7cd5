"""Environments that the user made: found, looked at, used, left alone."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.env.adopt import AdoptPlan, carry_out, plan_adoption
from scaffold.environments.adopt import candidates, in_the_way, refuse_adopted
from scaffold.environments.create import create
from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import UNFINISHED_MARK, Place, python_of
from scaffold.environments.model import Progress
from scaffold.environments.planned import planned_file, read_devices, read_packages
from scaffold.environments.state import read_state
from scaffold.errors import EnvironmentOccupied, OptionRefused
from scaffold.pycharm.reading.sdk import find_interpreter
from scaffold.system import HostSystem
from tests.environments.standins import PYTHON, make_project

VERSION = platform.python_version()
MINOR = ".".join(VERSION.split(".")[:2])


def by_venv(target: Path) -> None:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", target], check=True)


def by_uv(target: Path) -> None:
    uv = find_uv(HostSystem())
    assert uv is not None
    subprocess.run([uv, "venv", "--quiet", "--python", PYTHON, target], check=True)


def by_virtualenv(target: Path) -> None:
    subprocess.run([sys.executable, "-m", "virtualenv", "-q", "--no-pip", "-p", PYTHON, target], check=True)


def like_conda(target: Path) -> None:
    """A prefix as conda leaves it, whose Python believes in it only half: that is enough to start it."""
    by_venv(target)
    (target / "pyvenv.cfg").rename(target / "was-pyvenv.cfg")
    (target / "conda-meta").mkdir()
    (target / "conda-meta" / f"python-{VERSION}-0_cpython.json").write_text("{}")


def put(location: Path, *distributions: str) -> None:
    """What an installer would leave of distributions, as far as adoption looks."""
    packages = next(location.glob("lib/python3*/site-packages"), location / "Lib" / "site-packages")
    for one in distributions:
        name, _, version = one.partition("==")
        (packages / f"{name.replace('-', '_')}-{version}.dist-info").mkdir()


def contents(folder: Path) -> dict[str, str]:
    return {
        one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and "__pycache__" not in one.parts
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", "pytorch")


@pytest.fixture
def bare(system: HostSystem) -> HostSystem:
    """A shell in which nothing is active."""
    kept = {k: v for k, v in system.environment.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    system.environment = kept
    return system


def adopted(system: HostSystem, project: Path, path: Path | None = None) -> AdoptPlan:
    plan = plan_adoption(system, project, path)
    carry_out(system, plan)
    return plan


@pytest.mark.parametrize(
    ("make", "kind"), [(by_venv, "venv"), (by_uv, "venv"), (by_virtualenv, "venv"), (like_conda, "conda")]
)
def test_any_kind_anywhere(make: Callable[[Path], None], kind, tmp_path, project, bare) -> None:
    mine = tmp_path / "elsewhere" / "my env"
    mine.parent.mkdir()
    make(mine)
    put(mine, "torch==2.13.0+cpu", "alpha==1.0", "tiny-backend==1.0")
    before = contents(mine)
    plan = adopted(bare, project, mine)
    assert (plan.environment.kind, plan.environment.version, plan.missing) == (kind, VERSION, ())
    assert [one.requirement for one in plan.choice.builds] == ["torch==2.13.0+cpu"]
    assert contents(mine) == before
    state = read_state(Place(project))
    assert state is not None
    assert (state.adopted, state.status, state.location, state.python) == (True, "ready", str(mine), VERSION)
    assert Place(project).location == mine
    assert (read_packages(Place(project)), read_devices(Place(project))) == (
        ({"torch": "2.13.0+cpu"}, MINOR),
        {"pytorch": "cpu"},
    )
    assert find_interpreter(project, f"Python {MINOR} (thing)", "thing", bare) == python_of(
        mine, bare.platform.os
    )
    assert f"Python {MINOR} (thing)" in (project / ".idea" / "misc.xml").read_text()


@pytest.mark.parametrize("form", ["", "bin", "bin/python"])
@pytest.mark.skipif(os.name != "posix", reason="other names on Windows")
def test_its_folder_or_its_python(form, tmp_path, project, bare) -> None:
    by_venv(tmp_path / "mine")
    assert plan_adoption(bare, project, tmp_path / "mine" / form).environment.location == tmp_path / "mine"


def test_what_is_missing_is_told_with_the_command(tmp_path, project, bare) -> None:
    by_venv(project / ".venv")
    put(project / ".venv", "alpha==1.0")
    plan = adopted(bare, project)
    assert plan.missing == ("torch (PyTorch is not installed)", "tiny-backend (not installed)")
    assert plan.install == (str(plan.environment.python), "-m", "pip", "install", "torch", "tiny-backend")
    assert not planned_file(project).exists()


def test_a_plan_changes_nothing(project, bare) -> None:
    by_venv(project / ".venv")
    before = contents(project)
    assert plan_adoption(bare, project, None).known is False
    assert contents(project) == before


def test_again(project, bare) -> None:
    by_venv(project / "venv")
    assert adopted(bare, project).known is False
    assert adopted(bare, project).known is True


def test_two_environments_with_files_of_cudnn_are_told(tmp_path, project, bare) -> None:
    by_venv(project / ".venv")
    put(project / ".venv", "torch==2.13.0", "nvidia-cudnn-cu12==9.1", "nvidia-cudnn-cu13==9.1")
    plan = plan_adoption(bare, project, None)
    assert "same-files" in {one.code for one in plan.findings}
    assert plan.choice.builds[0].device == "cpu"  # made for CUDA, and no GPU is here


def test_what_may_be_meant(tmp_path, project, bare) -> None:
    by_venv(project / "venv")
    by_venv(tmp_path / "active")
    (project / "env").mkdir()
    (project / ".conda").mkdir()
    (project / ".conda" / UNFINISHED_MARK).touch()
    bare.environment = {
        **bare.environment,
        "VIRTUAL_ENV": str(tmp_path / "active"),
        "CONDA_PREFIX": "/nowhere",
    }
    assert candidates(project, bare) == (project / "venv", tmp_path / "active")
    with pytest.raises(OptionRefused) as caught:
        plan_adoption(bare, project, None)
    assert (caught.value.code, caught.value.detail) == (
        "adopt-which",
        (str(project / "venv"), str(tmp_path / "active")),
    )


def refused(system: HostSystem, project: Path, path: Path | None) -> tuple[str, str]:
    with pytest.raises(OptionRefused) as caught:
        plan_adoption(system, project, path)
    assert not planned_file(project).exists()
    return caught.value.code, caught.value.detail[0] if caught.value.detail else ""


def test_what_is_none(tmp_path, project, bare) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / UNFINISHED_MARK).touch()
    (tmp_path / "half" / "bin").mkdir()
    base = Path(PYTHON).parent.parent
    assert [refused(bare, project, tmp_path / name) for name in ("gone", "file", "empty", "half")] == [
        ("adopt-no-environment", "there is nothing of that name"),
        ("adopt-no-environment", "it is a file"),
        ("adopt-no-environment", "it is empty"),
        ("adopt-no-environment", "the making of it was interrupted"),
    ]
    assert refused(bare, project, base) == (
        "adopt-no-environment",
        "a Python is installed there, for the whole machine and not for one project",
    )
    (tmp_path / "etc" / "python3").mkdir(parents=True)  # settings, as in Debian's /etc
    (tmp_path / "etc" / "python3" / "debian_config").touch()
    assert refused(bare, project, tmp_path / "etc")[1] == "neither pyvenv.cfg nor conda-meta lies in it"
    assert refused(bare, project, project)[1] == "neither pyvenv.cfg nor conda-meta lies in it"
    assert refused(bare, project, None) == ("adopt-no-environment", "")


@pytest.mark.skipif(os.name != "posix", reason="links and scripts")
def test_broken_ones(tmp_path, project, bare) -> None:
    for name in ("gone", "sick"):
        by_venv(tmp_path / name)
        (tmp_path / name / "bin" / "python").unlink()
    sick = tmp_path / "sick" / "bin" / "python"
    sick.write_text("#!/bin/sh\necho libpython is missing >&2\nexit 127\n")
    sick.chmod(0o755)
    assert refused(bare, project, tmp_path / "gone")[0] == "adopt-broken"
    plan = plan_adoption(bare, project, tmp_path / "sick")  # its files are as they should be
    with pytest.raises(OptionRefused) as caught:
        carry_out(bare, plan)
    assert (caught.value.code, caught.value.detail) == (
        "adopt-broken",
        (f"interpreter: {sick}", "libpython is missing"),
    )
    assert read_state(Place(project)) is None


def test_what_its_python_says_of_itself_is_what_counts(tmp_path, project, bare) -> None:
    by_venv(tmp_path / "mine")
    settings = tmp_path / "mine" / "pyvenv.cfg"
    settings.write_text(
        "".join(f"{line}\n" for line in settings.read_text().splitlines() if "ver" not in line)
    )
    plan = adopted(bare, project, tmp_path / "mine")
    assert plan.environment.version == ("" if os.name == "nt" else MINOR)
    state = read_state(Place(project))
    assert state is not None
    assert state.python == VERSION


def test_a_python_that_the_project_does_not_run_on(tmp_path, project, bare) -> None:
    by_venv(project / ".venv")
    metadata = project / "pyproject.toml"
    text = metadata.read_text()
    metadata.write_text(text.replace('version = "0.1"', 'version = "0.1"\nrequires-python = ">=4"'))
    with pytest.raises(OptionRefused) as caught:
        plan_adoption(bare, project, None)
    assert (caught.value.code, caught.value.message) == (
        "adopt-python",
        f"The environment has Python {VERSION}, and the project needs >=4",
    )


def test_another_projects_environment(tmp_path, project, bare) -> None:
    other = make_project(tmp_path / "other", "pytorch")
    by_venv(other / ".venv")
    adopted(bare, other)
    plan = plan_adoption(bare, project, other / ".venv")
    assert plan.notices == (
        f"it is the environment of another project, {other}: what one installs, the other meets",
    )


def quiet(progress: Progress) -> None:
    """Nobody looks."""


def test_our_own_is_none_to_adopt(project, bare, plan_for) -> None:
    create(plan_for(project, "alpha"), bare, quiet)
    assert refused(bare, project, project / ".venv")[0] == "adopt-ours"
    assert candidates(project, bare) == ()
    assert in_the_way(Place(project)) is None


def test_who_writes_into_environments_is_stopped(project, bare) -> None:
    by_venv(project / ".venv")
    problem = in_the_way(Place(project))
    assert problem is not None
    assert problem.code == "environment-not-ours"
    adopted(bare, project)
    problem = in_the_way(Place(project))
    assert problem is not None
    assert problem.code == "environment-adopted"
    with pytest.raises(EnvironmentOccupied, match="scaffold does not sync it"):
        refuse_adopted(Place(project), "sync")


def test_one_that_is_gone_stands_in_nobodys_way(tmp_path, project, bare) -> None:
    by_venv(tmp_path / "mine")
    adopted(bare, project, tmp_path / "mine")
    (tmp_path / "mine").rename(tmp_path / "away")
    assert in_the_way(Place(project)) is None
    by_venv(project / ".venv")
    problem = in_the_way(Place(project))
    assert problem is not None
    assert problem.code == "environment-not-ours"


def test_one_of_our_own_is_made_beside_it(tmp_path, project, bare, plan_for) -> None:
    mine = tmp_path / "mine"
    by_venv(mine)
    adopted(bare, project, mine)
    before = contents(mine)
    made = create(replace(plan_for(project, "alpha"), replace=True), bare, quiet)
    assert (made.location, contents(mine)) == (project / ".venv", before)
    assert Place(project).location == project / ".venv"


def test_when_that_fails_the_adopted_one_is_used_on(tmp_path, project, bare, plan_for) -> None:
    mine = tmp_path / "mine"
    by_venv(mine)
    adopted(bare, project, mine)
    state, before = read_state(Place(project)), contents(mine)
    plan = replace(plan_for(project, "alpha"), replace=True)

    def press_ctrl_c(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create(plan, bare, press_ctrl_c)
    assert (read_state(Place(project)), contents(mine)) == (state, before)
    assert Place(project).location == mine
    assert not (project / ".venv").exists()


def test_a_write_that_fails_leaves_the_record_as_it_was(project, bare, tmp_path, monkeypatch) -> None:
    from scaffold import making
    from scaffold.errors import NoSpace

    by_venv(tmp_path / "mine")
    put(tmp_path / "mine", "torch==2.13.0+cpu")

    def full(*args: object, **more: object) -> None:
        raise NoSpace("full")

    monkeypatch.setattr(making, "tell_pycharm", full)
    with pytest.raises(NoSpace):
        carry_out(bare, plan_adoption(bare, project, tmp_path / "mine"))
    assert read_state(Place(project)) is None
    assert not planned_file(project).exists()
