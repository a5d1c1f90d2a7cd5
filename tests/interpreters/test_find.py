from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scaffold.interpreters.find import Found, find, version_key
from scaffold.interpreters.model import Refusal
from scaffold.interpreters.places import is_shim
from scaffold.system import HostSystem

from .conftest import host, interpreter, judge


def test_newest_first_and_each_once() -> None:
    system = host(
        "linux",
        "/home/ada/.pyenv/versions/3.12.1/bin/python3",
        "/home/ada/.pyenv/versions/3.13.0/bin/python3",
        "/home/ada/.pyenv/versions/3.8.18/bin/python3",
        "/usr/bin/python3.11",
        "/tools/bin/python3",
        PATH="/tools/bin:/usr/bin",
    )
    answers = {
        "/home/ada/.pyenv/versions/3.12.1/bin/python3": "3.12.1",
        "/home/ada/.pyenv/versions/3.13.0/bin/python3": "3.13.0rc2",
        "/home/ada/.pyenv/versions/3.8.18/bin/python3": "Python 3.8.18 is too old: at least 3.10 is needed",
        "/usr/bin/python3.11": "3.11.2",
    }
    pyenv = "/home/ada/.pyenv/versions"
    assert find(system, inspect=judge(answers)) == Found(
        interpreters=(
            interpreter(f"{pyenv}/3.13.0/bin/python3", "3.13.0rc2", "pyenv"),
            interpreter(f"{pyenv}/3.12.1/bin/python3", "3.12.1", "pyenv"),
            interpreter("/usr/bin/python3.11", "3.11.2", "system"),
        ),
        refused=(
            Refusal(
                path=Path(f"{pyenv}/3.8.18/bin/python3"),
                why="Python 3.8.18 is too old: at least 3.10 is needed",
                version="3.8.18",
                origin="pyenv",
            ),
            Refusal(path=Path("/tools/bin/python3"), why="it does not answer as a Python does"),
        ),
        machine="x86_64",
    )


def test_an_empty_machine() -> None:
    found = find(host("linux"), inspect=judge({}))
    assert (found.interpreters, found.refused, found.minors) == ((), (), ())


def test_minors() -> None:
    found = Found(
        interpreters=tuple(interpreter(f"/{one}", one) for one in ("3.13.1", "3.13.0", "3.12.9")), refused=()
    )
    assert found.minors == ("3.13", "3.12")


def test_versions_in_order() -> None:
    order = ["garbage", "3.9.18", "3.10.0", "3.13.0a1", "3.13.0rc1", "3.13.0", "3.13.1"]
    assert sorted(set(order), key=version_key) == order


def test_this_machine(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    system = HostSystem()
    first, again = find(system, tmp_path / "cache"), find(system, tmp_path / "cache")
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    assert first == again
    assert base in {os.path.realpath(one.path) for one in first.interpreters}
    for one in first.interpreters:
        assert one.path.is_absolute()
        assert not is_shim(one.path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("~/.pyenv/versions").expanduser().is_dir(), reason="needs pyenv")
def test_every_version_of_pyenvs_is_seen(tmp_path: Path) -> None:
    versions = Path("~/.pyenv/versions").expanduser()
    installed = {one.name for one in versions.iterdir() if one.name[0].isdigit() and not one.is_symlink()}
    found = find(HostSystem(), tmp_path / "cache")
    places = [*(one.path for one in found.interpreters), *(one.path for one in found.refused)]
    assert installed <= {one.relative_to(versions).parts[0] for one in places if one.is_relative_to(versions)}
