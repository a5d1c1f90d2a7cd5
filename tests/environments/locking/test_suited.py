"""A Python and locks that suit each other and the machine: recorded hosts, Pythons by their versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold import machine
from scaffold.environments.layout import Place
from scaffold.environments.locking.python import Candidate, candidates, python_of_project
from scaffold.environments.locking.read import read_project_lock
from scaffold.environments.locking.suited import suited
from scaffold.environments.locking.text import MARK
from scaffold.errors import LockUnusable, OptionRefused, PythonMissing
from scaffold.interpreters.find import Found
from scaffold.interpreters.model import Interpreter
from scaffold.recorded import RecordedSystem

MACHINES = Path(__file__).resolve().parents[2] / "machines"
TORCH = "torch-2.14.1+cpu-cp{tag}-cp{tag}-manylinux_2_28_x86_64.whl"


def python(version: str) -> Interpreter:
    return Interpreter(
        path=Path(f"/opt/{version}/bin/python"), version=version, implementation="CPython",
        machine="x86_64", bits=64, origin="pyenv",
    )  # fmt: skip


@pytest.fixture
def system() -> RecordedSystem:
    return RecordedSystem(json.loads((MACHINES / "container-without-gpu.json").read_text()))


@pytest.fixture
def lock(tmp_path):
    """``lock("3.11")``: the lock of a build of torch that there is for these Pythons alone."""

    def make(*minors: str, head: str = "", group: str = "cpu"):
        wheels = ", ".join(f'{{ name = "{TORCH.format(tag=one.replace(".", ""))}" }}' for one in minors)
        (tmp_path / f"pylock.{group}.toml").write_text(
            f'lock-version = "1.0"\n[[packages]]\nname = "torch"\nversion = "2.14.1+cpu"\nwheels = [{wheels}]\n'
        )
        (tmp_path / "requirements").mkdir(exist_ok=True)
        text = f"{MARK}\n# python: >=3.11,<3.14\n{head}\ntorch==2.14.1+cpu\n"
        (tmp_path / "requirements" / f"lock-{group}.txt").write_text(text)
        return read_project_lock(Place(tmp_path), group)

    return make


def versions(system, lock, root, *, planned="", wanted=None, here=("3.13.1", "3.12.4", "3.11.9", "3.11.7")):
    found = Found(interpreters=tuple(map(python, here)), refused=(), machine="x86_64")
    rows = candidates(system, [lock], found, root=root, wanted=wanted, planned=planned, architecture="x86_64")
    return [(one.interpreter.version, one.reason) for one in rows]


USUAL = "it is the best of those that the lock allows"


def test_which_python_is_tried_first(system, lock, tmp_path):
    made = lock("3.11", head="# with: 3.13\n")
    assert versions(system, made, tmp_path) == [
        ("3.13.1", "the lock was made with Python 3.13"), ("3.12.4", USUAL), ("3.11.9", USUAL),
    ]  # fmt: skip
    assert versions(system, made, tmp_path, planned="3.12")[:2] == [
        ("3.12.4", "the project's environment here is of Python 3.12"),
        ("3.13.1", "the lock was made with Python 3.13"),
    ]
    for text, version in (("3.11.7\n", "3.11.7"), ("3.11.2", "3.11.9"), ("# ours\ncpython-3.11\n", "3.11.9")):
        (tmp_path / ".python-version").write_text(text)
        first = versions(system, made, tmp_path, planned="3.12")[0]
        assert (first[0], first[1].startswith(".python-version asks for Python 3.11")) == (version, True)
    for text in ("3.10\n", "pypy3.11\n", "", "\0"):  # what the lock does not allow, and no CPython at all
        (tmp_path / ".python-version").write_text(text)
        assert versions(system, made, tmp_path, planned="3.12")[0][0] == "3.12.4"


def test_a_python_that_the_lock_forbids(system, lock, tmp_path):
    with pytest.raises(PythonMissing) as none:
        versions(system, lock("3.11"), tmp_path, here=("3.10.1", "3.14.0"))
    assert "there is none on this machine" in none.value.message
    with pytest.raises(OptionRefused, match=r"the lock is for Python >=3\.11,<3\.14"):
        versions(system, lock("3.11"), tmp_path, wanted="3.10", here=("3.10.1", "3.12.1"))


def take(system, place, locks, *pythons, named=False, **wishes):
    seen = machine.detect(system)
    rows = [Candidate(interpreter=python(one), reason="why", named=named) for one in pythons]
    return suited(place, locks, seen, rows, frameworks=("pytorch",), **wishes)


def test_the_first_on_which_the_lock_runs(system, lock, tmp_path, frozen_tables):
    found = take(system, Place(tmp_path), [lock("3.11", "3.10")], "3.12.4", "3.13.1", "3.11.7")
    assert found.interpreter.version == "3.11.7"
    assert [(one.version, "torch 2.14.1+cpu has no wheel" in one.why) for one in found.turned_down] == [
        ("3.12", True), ("3.13", True),
    ]  # fmt: skip


def test_none_and_why_not_each(system, lock, tmp_path, frozen_tables):
    made = lock("3.11", head="# with: 3.11\n")
    with pytest.raises(LockUnusable) as caught:
        take(system, Place(tmp_path), [made], "3.12.4", "3.13.1")
    problem = caught.value
    assert (problem.code, len(problem.detail)) == ("lock-unusable", 2)
    assert [line.split(" has no wheel")[0] for line in problem.detail] == [
        "Python 3.12: cpu: torch 2.14.1+cpu", "Python 3.13: cpu: torch 2.14.1+cpu",
    ]  # fmt: skip
    assert problem.hint == (
        "get the Python that the lock was made with: scaffold env python --install 3.11\n"
        "make an environment without a lock: scaffold env create; "
        "take one all the same: scaffold env sync --locked cpu"
    )
    with pytest.raises(LockUnusable) as named:
        take(system, Place(tmp_path), [made], "3.12.4", named=True)
    assert named.value.hint.splitlines()[0] == "another Python may do: leave out --python"


def test_a_group_that_was_asked_for_is_taken_wherever_it_runs_best(system, lock, tmp_path, frozen_tables):
    place, made = Place(tmp_path), lock("3.11")
    assert take(system, place, [made], "3.12.4", "3.11.7", wanted="cpu").interpreter.minor == "3.11"
    assert take(system, place, [made], "3.13.1", "3.12.4", wanted="cpu").interpreter.minor == "3.13"


def test_what_a_folder_of_wheels_lacks_decides_too(system, lock, tmp_path, frozen_tables):
    missing = {"3.13": ("a", "b"), "3.12": ("a",), "3.11": ()}
    place, made = Place(tmp_path), lock("3.11", "3.12", "3.13")
    wishes = {"lacks": lambda _, one: missing[one.minor]}
    found = take(system, place, [made], "3.13.1", "3.12.4", "3.11.7", **wishes)
    assert found.interpreter.minor == "3.11"
    assert [(one.version, one.why) for one in found.turned_down] == [
        ("3.13", "a (and 1 more)"),
        ("3.12", "a"),
    ]
    assert take(system, place, [made], "3.13.1", "3.12.4", **wishes).interpreter.minor == "3.12"


def test_which_python_a_new_lock_is_for(tmp_path):
    requires = ">=3.11,<3.14"
    assert python_of_project(tmp_path, requires, planned="3.12", kept="3.11") == "3.12"
    assert python_of_project(tmp_path, requires, planned="", kept="3.11") == "3.11"
    assert python_of_project(tmp_path, requires, planned="3.10", kept="") == ""
    (tmp_path / ".python-version").write_text("3.13\n")
    assert python_of_project(tmp_path, requires, planned="3.12", kept="3.11") == "3.13"
