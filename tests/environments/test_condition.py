"""What `condition_of` makes of an environment's files; `env check` of several environments at once."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks.facts import Facts
from scaffold.env import check as checking
from scaffold.env.check import check
from scaffold.environments import state
from scaffold.environments.condition.whole import condition_of
from scaffold.environments.layout import Place
from scaffold.environments.planned import planned_file
from scaffold.environments.proving.proofs import proofs_file
from scaffold.environments.state import locked
from scaffold.errors import EnvironmentBusy, NoPermission, OptionRefused
from scaffold.system import HostSystem
from tests.environments.standins import KERAS, TENSORFLOW, TORCH, make_project
from tests.environments.unpacked import install, install_project, make_environment, make_ready

SYSTEM = HostSystem()


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """PyTorch and Keras in environments of their own, as on a machine where both get the GPU."""
    make_project(root, "pytorch", "keras")
    wheels = tmp_path / "wheels"
    for name in ("", "keras"):
        packages = make_environment(Place(root, name).own_location)
        install(packages, wheels, "tensorflow-cpu", "2.21.0", {"tensorflow.py": TENSORFLOW})
        install(packages, wheels, "keras", "3.14.0", {"keras.py": KERAS})
        install(packages, wheels, "alpha", "1.0", {"alpha.py": ""})
        install(packages, wheels, "tiny-backend", "1.0", {"tiny_backend.py": ""})
        if not name:
            install(packages, wheels, "torch", "2.13.0+cpu", {"torch.py": TORCH})
        install_project(packages, root)
        make_ready(Place(root, name))
    return root


def other(report: checking.CheckReport) -> dict[str, list[str]]:
    """Environment -> the checks that found something wrong."""
    return {
        one.name: [found.id for found in one.findings if found.level in ("error", "warning")]
        for one in report.environments
    }


def test_every_environment_is_checked(project: Path, tmp_path: Path) -> None:
    assert other(check(SYSTEM, project)) == {".venv": [], "keras": []}
    packages = Place(project, "keras").own_location / "lib/python3.12/site-packages"
    (packages / "keras.py").unlink()
    assert other(check(SYSTEM, project / ".run" / "..")) == {".venv": [], "keras": ["env.files"]}
    assert other(check(SYSTEM, project, ".venv")) == {".venv": []}
    assert other(check(SYSTEM, project, ".envs/keras")) == {"keras": ["env.files"]}
    with pytest.raises(OptionRefused, match="no environment of the name jax"):
        check(SYSTEM, project, "jax")


def test_doctor_says_the_same(project: Path) -> None:
    from scaffold.doctor import Request, diagnose

    packages = Place(project, "keras").own_location / "lib/python3.12/site-packages"
    (packages / "keras.py").unlink()
    facts, findings = diagnose(SYSTEM, Request(start=project))
    assert isinstance(facts, Facts)
    (found,) = [one for one in findings if one.id == "env.files" and one.level == "error"]
    assert found.title == "Environment keras: Files of installed packages are missing: keras"


def test_a_deep_check_keeps_the_proofs_of_each(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-ins compute in whatever Python runs them: here it is the tests' own."""
    run_with_packages(project, monkeypatch)
    report = check(SYSTEM, project, deep=True)
    assert other(report) == {".venv": [], "keras": []}
    kept = json.loads(proofs_file(project).read_text())["environments"]
    assert {name: sorted(rows) for name, rows in kept.items()} == {
        "": ["keras", "pytorch"],
        "keras": ["keras"],
    }


def run_with_packages(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unpacked environment's interpreter is a bare link: a script tells it where its packages lie."""
    for name in ("", "keras"):
        location = Place(project, name).own_location
        python = location / "bin/python"
        real = python.resolve()
        python.unlink()
        python.write_text(
            f'#!/bin/sh\nexec {real} -I -c "import runpy, sys; sys.path.insert(0, sys.argv[1]);'
            f" sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')\""
            f' "{location}/lib/python3.12/site-packages" "$2" "$3"\n'
        )
        python.chmod(0o755)


def test_a_deep_check_waits_for_nobody_and_is_not_in_the_way(project: Path) -> None:
    with locked(project):
        assert other(check(SYSTEM, project)) == {".venv": [], "keras": []}
        with pytest.raises(EnvironmentBusy):
            check(SYSTEM, project, deep=True)


def test_proofs_that_cannot_be_kept_are_no_damage(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_with_packages(project, monkeypatch)

    @contextlib.contextmanager
    def refuses(root: Path) -> Iterator[None]:
        raise NoPermission(f"Cannot write to {root}")
        yield

    monkeypatch.setattr(state, "locked", refuses)
    report = check(SYSTEM, project, deep=True)
    assert report.is_sound
    assert [one.id for one in report.environments[0].findings].count("run.proof-not-kept") == 1
    assert not proofs_file(project).exists()


LOCK = """\
# Locked by `scaffold env lock`
# pyproject.toml: sha256:0
alpha==1.0
torch=={version}
"""
GROUPS = """
[dependency-groups]
cpu = ["torch"]
cu126 = ["torch"]
[tool.uv]
default-groups = ["cu126"]
"""


def test_the_lock_is_that_of_the_builds_that_were_chosen(project: Path) -> None:
    """Not that of the committed default, which may be another machine's."""
    with (project / "pyproject.toml").open("a") as stream:
        stream.write(GROUPS)
    (project / "requirements").mkdir()
    for group in ("cpu", "cu126"):
        text = LOCK.format(version=f"2.13.0+{group}")
        (project / f"requirements/lock-{group}.txt").write_text(text)
    place = Place(project)
    lock = condition_of(place, SYSTEM).lock
    assert lock is not None
    assert (lock.group, [one.kind for one in lock.drift if one.package == "torch"]) == ("cu126", ["build"])
    row = {"framework": "pytorch", "device": "cpu", "requirement": "torch==2.13.0+cpu"}
    planned_file(project).write_text(json.dumps({"python": "3.12", "builds": [row], "apart": []}))
    lock = condition_of(place, SYSTEM).lock
    assert lock is not None
    assert (lock.group, [one for one in lock.drift if one.package == "torch"]) == ("cpu", [])
    assert lock.stale == ("what pyproject.toml asks for has changed since",)
    (project / "pylock.cpu.toml").write_text(
        '[[packages]]\nname = "torch"\nversion = "2.12.0+cpu"\nwheels = [{ url = "a" }]\n'
    )
    lock = condition_of(place, SYSTEM).lock
    assert lock is not None
    assert lock.mixed == (
        "alpha 1.0: only in requirements/lock-cpu.txt",
        "torch 2.12.0+cpu: only in pylock.cpu.toml",
        "torch 2.13.0+cpu: only in requirements/lock-cpu.txt",
    )


def test_an_environment_in_the_place_of_ours_is_not_taken_for_it(project: Path) -> None:
    """`env create` refuses to replace it unasked: the cure has to say so."""
    place = Place(project)
    state.write_state(place, replace(state.read_state(place), marked=True))
    (found,) = [
        one for one in check(SYSTEM, project, ".venv").environments[0].findings if one.level == "warning"
    ]
    assert (found.id, found.remedy.commands) == (
        "env.unknown", (("scaffold", "env", "create", "--replace"),),
    )  # fmt: skip
