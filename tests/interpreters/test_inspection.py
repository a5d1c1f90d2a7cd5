"""Programs asked for real: those of this machine, and some that are no Python."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.interpreters.answers import Answer
from scaffold.interpreters.inspection import architecture, explain, inspecting, is_too_old, judge, objection
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.interpreters.places import Candidate
from scaffold.system import HostSystem

from .conftest import host, interpreter

BASE = Path(getattr(sys, "_base_executable", sys.executable))
VERSION = "{}.{}.{}".format(*sys.version_info[:3])

posix = pytest.mark.skipif(os.name != "posix", reason="programs are shell scripts here")


def program(folder: Path, text: str, name: str = "python3") -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def look(path: Path, cache: Path | None = None, origin: str = "PATH") -> Interpreter | Refusal:
    with inspecting(cache) as inspect:
        return inspect(HostSystem(), Candidate(path=path, origin=origin))


def test_the_python_below_this_one(tmp_path: Path) -> None:
    seen = look(BASE, tmp_path / "cache", origin="system")
    assert seen == Interpreter(
        path=BASE,
        version=VERSION,
        implementation="CPython",
        machine=architecture(HostSystem().platform.machine, HostSystem().platform.os),
        bits=64,
        origin="system",
    )


def test_an_environment_stands_for_its_base(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "virtualenv",
        "-q",
        "--no-seed",
        "--no-venv-redirect",
        str(tmp_path / "env"),
    ]
    subprocess.run(command, check=True, timeout=60)
    inside = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    seen = look(inside)
    assert isinstance(seen, Interpreter)
    assert (os.path.realpath(seen.path), tmp_path in seen.path.parents) == (os.path.realpath(BASE), False)


@posix
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#!/bin/sh\necho hello\n", "it does not answer as a Python does"),
        ("#!/bin/sh\nexit 3\n", "it does not answer as a Python does"),
        (
            "#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n",
            "it does not run: pyenv: python3: command not found (status 127)",
        ),
        ("#!/nowhere/python\n", "it does not run: No such file or directory (status 2)"),
        ("\x00\x01", "it does not run: Exec format error (status 8)"),
        ("#!/bin/sh\nkill -SEGV $$\n", "it does not answer as a Python does"),
        ('#!/bin/sh\nexec cat "$1"\n', "it does not answer as a Python does"),
    ],
)
def test_what_is_no_python(tmp_path: Path, text: str, why: str) -> None:
    path = program(tmp_path, text)
    assert look(path) == Refusal(path=path, why=why, origin="PATH")


@posix
def test_a_file_that_nobody_may_run(tmp_path: Path) -> None:
    path = tmp_path / "python3"
    path.write_text("text")
    assert look(path) == Refusal(
        path=path, why="it does not run: Permission denied (status 13)", origin="PATH"
    )


@posix
def test_a_python_that_misleading_variables_would_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert isinstance(look(BASE), Interpreter)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="nothing is closed to root")
def test_a_cache_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert isinstance(look(BASE, tmp_path / "cache"), Interpreter)


def test_a_cache_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    assert isinstance(look(BASE, tmp_path / "cache"), Interpreter)


FINE = Answer(
    version="3.12.1", implementation="CPython", machine="x86_64", bits=64, venv=True,
    executable="/opt/py/bin/python3", base="/opt/py/bin/python3",
)  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "why"),
    [
        ({}, ""),
        ({"version": "3.9.18"}, "Python 3.9.18 is too old: at least 3.10 is needed"),
        ({"implementation": "PyPy"}, "PyPy: the frameworks' builds are for CPython"),
        ({"free_threaded": True}, "free-threaded build: the frameworks publish few builds for it"),
        ({"debug": True}, "debug build: no published wheel fits it"),
        ({"bits": 32}, "32-bit: the frameworks publish 64-bit builds only"),
        ({"venv": False}, "its standard library lacks venv"),
    ],
)
def test_objections(difference: dict[str, Any], why: str) -> None:
    answer = replace(FINE, **difference)
    assert objection(answer) == why
    judged = judge(host(), Candidate(path=Path("/opt/py/bin/python3"), origin="PATH"), answer)
    if why:
        assert judged == Refusal(
            path=Path("/opt/py/bin/python3"), why=why, version=answer.version, origin="PATH"
        )
    else:
        assert judged == interpreter("/opt/py/bin/python3", "3.12.1")


@pytest.mark.parametrize(
    ("version", "old"),
    [("3.9.18", True), ("2.7", True), ("3.10.0a1", False), ("3.13", False), ("3", False), ("", False)],
)
def test_too_old(version: str, old: bool) -> None:
    assert is_too_old(version) is old


def test_a_wrapper_stands_for_what_it_starts() -> None:
    wrapper = Candidate(path=Path("/home/ada/bin/python3"), origin="PATH")
    assert judge(host(), wrapper, FINE) == interpreter("/opt/py/bin/python3", "3.12.1")
    link = host(links={"/home/ada/bin/python3": "/opt/py/bin/python3"})
    assert judge(link, wrapper, FINE) == interpreter("/home/ada/bin/python3", "3.12.1")


@posix
def test_what_a_program_prints_beside_its_answer_is_dropped(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noisy = program(
        tmp_path, f'#!/bin/sh\necho Welcome to the cluster\n{BASE} "$@"\necho Bye; echo oops >&2\n'
    )
    seen = look(noisy, tmp_path / "cache")
    assert isinstance(seen, Interpreter)
    assert (os.path.realpath(seen.path), capfd.readouterr()) == (os.path.realpath(BASE), ("", ""))


@posix
def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PY_DISCOVERY_TIMEOUT", "0.2")
    hangs = program(tmp_path, "#!/bin/sh\nexec sleep 1000\n")
    why = "it did not answer in time, though it was asked twice"
    assert look(hangs) == Refusal(path=hangs, why=why, origin="PATH")


@pytest.mark.parametrize(
    ("machine", "system", "word"),
    [
        ("AMD64", "windows", "x86_64"),
        ("arm64", "macos", "arm64"),
        ("arm64", "linux", "aarch64"),
        ("ARM64", "windows", "aarch64"),
        ("aarch64", "macos", "arm64"),
        ("riscv64", "linux", "riscv64"),
    ],
)
def test_architectures_in_the_spelling_of_wheels(machine: str, system: str, word: str) -> None:
    assert architecture(machine, system) == word


@given(st.text())
def test_an_explanation_never_raises(text: str) -> None:
    assert "\n" not in explain(f"failed to query /p with code 1 err: {text!r}")
    assert explain(text)
