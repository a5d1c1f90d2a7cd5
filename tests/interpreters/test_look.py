"""What each Python can hold, on machines that are recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.env.python import Absent, Judged, look
from scaffold.errors import PythonMissing
from scaffold.recorded import RecordedSystem

from .conftest import host, interpreter, judge

PYENV = "/home/ada/.pyenv/versions"
CONDA = "/home/ada/miniconda3"
pytestmark = pytest.mark.usefixtures("frozen_tables")


def with_glibc(*paths: str, **environment: str) -> RecordedSystem:
    system = host("linux", *paths, **environment)
    system._record["platform"]["libc"] = "glibc 2.39"
    return RecordedSystem(system._record)


def can_hold(one: Judged | Absent) -> list[str]:
    return [held.framework for held in one.holds if held.requirement]


def test_an_empty_machine(tmp_path: Path) -> None:
    seen = look(with_glibc(), tmp_path, ())
    assert (seen.interpreters, seen.refused, seen.taken) == ((), (), None)
    assert seen.reasons == ("no Python from 3.10 to 3.14 is among those that could be used",)
    assert [(one.python, can_hold(one)) for one in seen.absent] == [
        ("3.12", ["pytorch", "keras"]),
        ("3.13", ["pytorch", "keras"]),
        ("3.11", ["pytorch", "keras"]),
        ("3.10", ["pytorch", "keras"]),
        ("3.14", ["pytorch"]),  # the most useful come first
    ]
    assert seen.absent[0].command == "scaffold env python --install 3.12"
    with pytest.raises(PythonMissing) as caught:
        look(with_glibc(), tmp_path, (), spec="3.13")
    assert caught.value.hint == "scaffold env python --install 3.13"


def test_each_is_judged_and_the_best_is_taken(tmp_path: Path) -> None:
    paths = {
        f"{PYENV}/3.14.1/bin/python3": "3.14.1",
        f"{PYENV}/3.15.0/bin/python3": "3.15.0",
        f"{PYENV}/3.11.9/bin/python3": "3.11.9",
        f"{CONDA}/bin/python3": "3.12.4",
    }
    system = with_glibc(*paths, f"{CONDA}/conda-meta/history")
    seen = look(system, tmp_path, (), inspect=judge(paths))
    assert [(one.interpreter.version, can_hold(one), one.fits, one.notes) for one in seen.interpreters] == [
        ("3.15.0", [], False, ()),
        ("3.14.1", ["pytorch"], False, ()),
        (
            "3.12.4",
            ["pytorch", "keras"],
            True,
            ("conda's: its own libraries come along; another Python is the better base",),
        ),
        ("3.11.9", ["pytorch", "keras"], True, ()),
    ]
    newest, second = seen.interpreters[0].holds[0], seen.interpreters[1].holds[1]
    assert newest.why == ("this version of scaffold knows builds for Python 3.10 to 3.14",)
    assert second.why[0].startswith("no stable wheel of tensorflow for Python 3.14 on linux_x86_64")
    assert seen.taken == interpreter(f"{CONDA}/bin/python3", "3.12.4", "conda")
    assert [one.python for one in seen.absent] == ["3.13", "3.10"]

    keras = look(system, tmp_path, ("keras",), spec="3.14", inspect=judge(paths))
    assert (keras.taken, keras.reasons) == (
        interpreter(f"{PYENV}/3.14.1/bin/python3", "3.14.1", "pyenv"), ("it was asked for",)
    )  # fmt: skip


def test_none_can_hold_them(tmp_path: Path) -> None:
    paths = {f"{PYENV}/3.14.1/bin/python3": "3.14.1"}
    seen = look(with_glibc(*paths), tmp_path, ("keras",), inspect=judge(paths))
    assert (seen.taken, seen.reasons) == (None, ("no build of Keras fits this machine and its Pythons",))
    assert [one.python for one in seen.absent] == ["3.12", "3.13", "3.11", "3.10"]


def test_one_that_is_named_by_its_path_is_judged_too(tmp_path: Path) -> None:
    own = {"/opt/own/bin/python3": "3.12.3"}
    seen = look(with_glibc(*own), tmp_path, ("pytorch",), spec="/opt/own/bin/python3", inspect=judge(own))
    assert [one.interpreter.path for one in seen.interpreters] == [Path("/opt/own/bin/python3")]
    assert seen.taken == seen.interpreters[0].interpreter


def test_one_that_is_translated_says_so(tmp_path: Path) -> None:
    paths = {f"{PYENV}/3.12.4/bin/python3": "3.12.4"}
    seen = look(with_glibc(*paths), tmp_path, (), inspect=judge(paths, machine="aarch64"))
    assert seen.interpreters[0].notes == ("built for aarch64: it runs translated, and slowly",)


@pytest.mark.parametrize(
    ("declared", "notes"),
    [
        ('requires-python = ">=3.13"', ("the project's requires-python leaves it out: >=3.13",)),
        ('requires-python = ">=3.11,<3.14"', ()),
        ('requires-python = "whatever"', ()),
        ("not toml at all [", ()),
    ],
)
def test_what_the_project_allows(tmp_path: Path, declared: str, notes: tuple[str, ...]) -> None:
    from tests.environments.standins import make_project

    root = make_project(tmp_path / "project", "keras")
    (root / "pyproject.toml").write_text(f"[project]\nname = 'x'\n{declared}\n")
    paths = {f"{PYENV}/3.12.4/bin/python3": "3.12.4"}
    seen = look(with_glibc(*paths), root, (), inspect=judge(paths))
    assert (seen.frameworks, seen.interpreters[0].notes) == (("keras",), notes)
