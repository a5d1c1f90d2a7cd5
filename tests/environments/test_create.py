"""Environments for real, from tiny wheels."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import scaffold.environments.transaction as transaction_module
from scaffold.environments.condition.inspect import inspect
from scaffold.environments.condition.verify import damages
from scaffold.environments.create import create, digest
from scaffold.environments.keepsakes import keepsakes
from scaffold.environments.layout import UNFINISHED_MARK, Place, python_of, site_packages_of
from scaffold.environments.model import Environment, Progress
from scaffold.environments.planned import planned_file
from scaffold.environments.proving.proofs import proofs_file
from scaffold.environments.state import State, is_ready, read_state, recover
from scaffold.errors import (
    EnvironmentOccupied,
    InstallFailed,
    NoSpace,
    OptionRefused,
    ProofFailed,
    PythonMissing,
)

PYPROJECT = """\
[build-system]
requires = ["tiny-backend>=1"]
build-backend = "tiny_backend"
[project]
name = "thing"
version = "0.1"
description = "a thing"
"""


def silent(progress: Progress) -> None:
    """Nobody looks."""


def said_by(python: Path, code: str) -> str:
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def tree(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_a_new_environment(backend, tmp_path, plan_for, system, torch_build) -> None:
    plan = plan_for(tmp_path / "project", "beta", builds=(torch_build,), backend=backend)
    told: list[Progress] = []
    made = create(plan, system, told.append)
    assert made.location == tmp_path / "project" / ".venv"
    assert {"alpha": "2.0", "beta": "1.0", "torch": "2.13.0+cpu"}.items() <= made.packages.items()
    assert "pip" in made.packages
    assert said_by(made.python, "import beta, alpha; print(alpha.version)") == "2"
    assert is_ready(plan.place)
    assert tree(plan.root / ".scaffold") in (["environment.json"], ["environment.json", "environment.lock"])
    assert not (plan.location / UNFINISHED_MARK).exists()
    assert list(dict.fromkeys(one.step for one in told)) == ["create", "install", "verify"]
    assert "uv = " not in (plan.location / "pyvenv.cfg").read_text()  # PyCharm would want a uv


def test_as_planned_already_is_left_alone(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")
    create(plan, system, silent)
    told: list[Progress] = []
    create(plan, system, told.append)
    assert told == []


def test_another_plan_replaces_the_environment(root, plan_for, system) -> None:
    create(plan_for(root, "alpha==1.0"), system, silent)
    made = create(plan_for(root, "alpha==2.0"), system, silent)
    assert made.packages["alpha"] == "2.0"
    assert tree(root) == [".scaffold", ".venv"]


def test_a_failed_replacement_brings_the_old_one_back(root, plan_for, system) -> None:
    old = plan_for(root, "alpha==1.0")
    create(old, system, silent)
    new = plan_for(root, "alpha==2.0")
    broken = replace(new, lock=new.lock.replace('sha256 = "', 'sha256 = "0000')[:-4] + "\n")
    with pytest.raises(InstallFailed):
        create(broken, system, silent)
    assert said_by(python_of(old.location, system.platform.os), "import alpha; print(alpha.version)") == "1"
    state = read_state(Place(root))
    assert state is not None
    assert (state.status, state.digest) == ("ready", digest(old))


def test_the_old_one_waits_until_the_new_one_is_proved(root, plan_for, system) -> None:
    old, new = plan_for(root, "alpha==1.0"), plan_for(root, "alpha==2.0")
    create(old, system, silent)

    def compute_wrongly(made: Environment) -> None:
        assert said_by(made.python, "import alpha; print(alpha.version)") == "2"
        raise ProofFailed("wrong")

    def press_ctrl_c(made: Environment) -> None:
        raise KeyboardInterrupt

    for finish, error in ((compute_wrongly, ProofFailed), (press_ctrl_c, KeyboardInterrupt)):
        with pytest.raises(error):
            create(new, system, silent, finish)
        assert (
            said_by(python_of(old.location, system.platform.os), "import alpha; print(alpha.version)") == "1"
        )
        assert is_ready(old.place)
        assert tree(root) == [".scaffold", ".venv"]


def test_a_first_one_that_is_not_proved_goes_away(root, plan_for, system) -> None:
    def compute_wrongly(made: Environment) -> None:
        raise ProofFailed("wrong")

    plan = plan_for(root, "alpha")
    with pytest.raises(ProofFailed):
        create(plan, system, silent, compute_wrongly)
    assert not plan.location.exists()
    assert read_state(Place(root)) is None


def test_one_that_is_as_planned_is_proved_again_and_stays(root, plan_for, system) -> None:
    plan, seen = plan_for(root, "alpha"), list[Environment]()
    made = create(plan, system, silent, seen.append)
    assert (create(plan, system, silent, seen.append), seen) == (made, [made, made])


def test_a_disk_that_is_full_at_the_very_end_brings_the_old_one_back(
    root, plan_for, system, monkeypatch
) -> None:
    old, new = plan_for(root, "alpha==1.0"), plan_for(root, "alpha==2.0")
    create(old, system, silent)
    written = transaction_module.write_state

    def fill_up(place: Place, state: State | None) -> None:
        if state is not None and (state.status, state.digest) == ("ready", digest(new)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(place, state)

    monkeypatch.setattr(transaction_module, "write_state", fill_up)
    with pytest.raises(NoSpace):
        create(new, system, silent)
    assert said_by(python_of(old.location, system.platform.os), "import alpha; print(alpha.version)") == "1"
    assert is_ready(old.place)


def test_a_failed_first_one_leaves_nothing(tmp_path, plan_for, system, wheelhouse) -> None:
    plan = plan_for(tmp_path, "alpha==2.0")
    wrong = replace(plan, lock=plan.lock.replace(str(wheelhouse), str(wheelhouse / "gone")))
    with pytest.raises(InstallFailed):
        create(wrong, system, silent)
    assert not plan.location.exists()
    assert read_state(Place(tmp_path)) is None


def test_an_interruption_leaves_nothing(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")

    def press_ctrl_c(progress: Progress) -> None:
        if progress.step == "verify":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create(plan, system, press_ctrl_c)
    assert not plan.location.exists()
    assert read_state(Place(tmp_path)) is None


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_a_lost_file_is_noticed_and_replaced(backend, tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha", backend=backend)
    made = create(plan, system, silent)
    packages = site_packages_of(plan.location)
    assert packages is not None
    (packages / "alpha.py").unlink()
    assert [(one.distribution, one.path, one.what) for one in damages(plan.location)] == [
        ("alpha", "alpha.py", "missing")
    ]
    create(plan, system, silent)
    assert said_by(made.python, "import alpha; print(alpha.version)") == "2"


@pytest.mark.parametrize(
    "change",
    [
        ("uninstall", "-y", "alpha"),
        ("install", "alpha==1.0"),
        ("install", "tensorflow"),
        ("uninstall", "-y", "thing"),
    ],
    ids=" ".join,
)
def test_what_pip_changed_since_is_put_right(change, root, plan_for, system, wheelhouse) -> None:
    plan = plan_for(root, "alpha", "tiny-backend", "tensorflow-cpu")
    (root / "pyproject.toml").write_text(PYPROJECT)
    made = create(plan, system, silent)
    pip = [made.python, "-m", "pip", *change]
    options = ["--no-index", "--find-links", wheelhouse] if change[0] == "install" else []
    subprocess.run([*pip, *options], check=True, capture_output=True, cwd=root)
    changed = inspect(plan.location, system)
    assert changed is not None
    assert changed.packages != made.packages
    assert damages(plan.location) == ()
    assert create(plan, system, silent).packages == made.packages


def test_what_the_user_added_is_no_difference(root, plan_for, system, wheelhouse) -> None:
    plan = plan_for(root, "alpha")
    made = create(plan, system, silent)
    pip = [made.python, "-m", "pip", "install", "--no-index", "--find-links", wheelhouse, "beta"]
    subprocess.run(pip, check=True, capture_output=True)
    assert "beta" in create(plan, system, silent).packages


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_what_an_installer_leaves_incomplete_is_repaired(backend, tmp_path, plan_for, system) -> None:
    """What a killed uv leaves: a distribution that is listed and lacks a file."""
    plan = plan_for(tmp_path, "alpha", backend=backend)

    def lose_a_file(progress: Progress) -> None:
        packages = site_packages_of(plan.location)
        if progress.step == "verify" and not progress.total and packages is not None:
            (packages / "alpha.py").unlink()

    made = create(plan, system, lose_a_file)
    assert said_by(made.python, "import alpha; print(alpha.version)") == "2"


def test_the_project_itself_is_installed_editable(root, plan_for, system) -> None:
    plan = plan_for(root, "alpha", "tiny-backend")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "thing.py").write_text("answer = 42\n")
    made = create(plan, system, silent)
    assert (
        said_by(made.python, "import thing; print(thing.answer, thing.__file__)") == f"42 {root / 'thing.py'}"
    )


def test_users_files_are_never_touched(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")
    plan.location.mkdir()
    (plan.location / "thesis.txt").write_text("three years")
    with pytest.raises(EnvironmentOccupied):
        create(plan, system, silent)
    assert (plan.location / "thesis.txt").read_text() == "three years"
    assert tree(plan.location) == ["thesis.txt"]


def test_a_file_or_a_link_in_the_way(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path / "one", "alpha")
    plan.location.write_text("not a folder")
    with pytest.raises(EnvironmentOccupied):
        create(plan, system, silent)
    plan = plan_for(tmp_path / "two", "alpha")
    plan.location.symlink_to(tmp_path)
    with pytest.raises(EnvironmentOccupied):
        create(plan, system, silent)


def test_an_environment_of_the_users_own_comes_back(tmp_path, plan_for, system) -> None:
    plan = replace(plan_for(tmp_path, "alpha"), replace=True)
    subprocess.run([plan.interpreter.path, "-m", "venv", "--without-pip", plan.location], check=True)
    (plan.location / "note.txt").write_text("mine")
    with pytest.raises(KeyboardInterrupt):
        create(plan, system, _interrupt)
    assert (plan.location / "note.txt").read_text() == "mine"


def _interrupt(progress: Progress) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["with space", "中文 项目", "x" * 200, "-leading", "quote'$HOME"])
def test_unusual_folders(name, tmp_path, plan_for, system, torch_build) -> None:
    plan = plan_for(tmp_path / name, "alpha", builds=(torch_build,))
    made = create(plan, system, silent)
    assert said_by(made.python, "import alpha; print(alpha.version)") == "2"


@pytest.mark.parametrize("name", ["line\nbreak", "co:lon"])
def test_folders_that_no_environment_works_in(name, tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")
    with pytest.raises(OptionRefused):
        create(replace(plan, place=Place(tmp_path / name)), system, silent)


def test_the_base_python_is_gone(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")
    gone = replace(plan.interpreter, path=tmp_path / "gone" / "python3")
    with pytest.raises(PythonMissing):
        create(replace(plan, interpreter=gone), system, silent)
    assert not plan.location.exists()


def test_too_little_space_is_said_before(tmp_path, plan_for, system) -> None:
    plan = plan_for(tmp_path, "alpha")
    with pytest.raises(NoSpace):
        create(replace(plan, disk_needed=1 << 60), system, silent)
    assert not plan.location.exists()


def test_pip_inside_keeps_the_build(tmp_path, plan_for, system, torch_build) -> None:
    """What PyCharm's upgrade button runs."""
    made = create(plan_for(tmp_path / "a b", "alpha", builds=(torch_build,)), system, silent)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    pip = [str(made.python), "-m", "pip", "install", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*pip, "-U", "torch"], check=True, env=environment, capture_output=True)
    assert said_by(made.python, "import torch; print(torch.version)") == "2.13.0+cpu"
    refused = subprocess.run([*pip, "torch==2.15.0"], check=False, env=environment, capture_output=True)
    assert refused.returncode == 1


def test_what_the_user_put_into_it_outlives_a_rebuild(root, plan_for, system) -> None:
    """Files beside the packages are moved into the new one; what packages brought goes with them."""
    old = create(plan_for(root, "alpha==1.0"), system, silent).location
    (old / "notes").mkdir()
    (old / "notes" / "mine.txt").write_text("precious")
    (old / "README.txt").write_text("mine")
    made = create(plan_for(root, "alpha==2.0"), system, silent)
    assert made.packages["alpha"] == "2.0"
    assert (made.location / "notes" / "mine.txt").read_text() == "precious"
    assert keepsakes(made.location) == ("README.txt", "notes")
    assert tree(root) == [".scaffold", ".venv"]


@pytest.mark.parametrize("died", ["before", "between"])
def test_a_death_before_the_old_one_is_forgotten_keeps_it_too(died, root, plan_for, system) -> None:
    place = create_ready_pair(root, plan_for, system)
    if died == "between":
        (place.restore_folder / "README.txt").rename(place.location / "README.txt")
    recover(place)
    assert keepsakes(place.location) == ("README.txt", "notes")
    assert not place.restore_folder.exists()


def create_ready_pair(root, plan_for, system) -> Place:
    """A new environment that is ready, and the old one, which nobody has forgotten yet."""
    place = Place(root)
    create(plan_for(root, "alpha==1.0"), system, silent)
    (place.location / "notes").mkdir()
    (place.location / "README.txt").write_text("mine")
    shutil.copytree(place.location, root / "aside", symlinks=True)
    create(plan_for(root, "alpha==2.0"), system, silent)
    for name in keepsakes(place.location):
        one = place.location / name
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    (root / "aside").rename(place.restore_folder)
    return place


def notes_of(root) -> list[str]:
    return [one.read_text() for one in (planned_file(root), proofs_file(root)) if one.exists()]


@pytest.mark.parametrize("end", ["refused", "killed"])
def test_what_was_written_about_it_goes_back_with_it(end, root, plan_for, system) -> None:
    """Builds and proofs of a new environment, written before it was complete, are not the old one's."""
    place = Place(root)
    create(plan_for(root, "alpha==1.0"), system, silent)
    planned_file(root).write_text("old")  # and no proof

    def finish(environment: Environment) -> None:
        planned_file(root).write_text("new")
        proofs_file(root).write_text("new")
        if end == "refused":
            raise NoSpace("no more")
        shutil.copytree(root, root.with_name("killed"), symlinks=True)  # as a kill would leave it

    if end == "refused":
        with pytest.raises(NoSpace):
            create(plan_for(root, "alpha==2.0"), system, silent, finish)
    else:
        create(plan_for(root, "alpha==2.0"), system, silent, finish)
        assert notes_of(root) == ["new", "new"]
        shutil.rmtree(root)
        root.with_name("killed").rename(root)
        recover(place)
    assert notes_of(root) == ["old"]
    assert tree(root / ".scaffold") in (
        ["builds.json", "environment.json"],
        ["builds.json", "environment.json", "environment.lock"],
    )
