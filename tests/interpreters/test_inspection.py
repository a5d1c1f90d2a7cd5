"""Programs asked for real: those of this machine, and some that are no Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.interpreters.candidates import Candidate
from scaffold.interpreters.inspection import architecture, explain, inspector, objection
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.system import HostSystem

BASE = Path(getattr(sys, "_base_executable", sys.executable))
VERSION = "{}.{}.{}".format(*sys.version_info[:3])

posix = pytest.mark.skipif(os.name != "posix", reason="programs are shell scripts here")


def program(folder: Path, text: str, name: str = "python3") -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def look(path: Path, cache: Path | None = None, origin: str = "PATH") -> Interpreter | Refusal:
    return inspector(cache)(HostSystem(), Candidate(path=path, origin=origin))


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
    assert look(path) == Refusal(path=path, why=why)


@posix
def test_a_file_that_nobody_may_run(tmp_path: Path) -> None:
    path = tmp_path / "python3"
    path.write_text("text")
    assert look(path) == Refusal(path=path, why="it does not run: Permission denied (status 13)")


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


class Info:
    """As python_discovery.PythonInfo tells it."""

    version_info, version_str, implementation = (3, 12, 1), "3.12.1", "CPython"
    free_threaded, debug_build, architecture, has_venv = False, False, 64, True

    def __init__(self, **differences: object) -> None:
        self.__dict__.update(differences)


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (Info(), ""),
        (
            Info(version_info=(3, 9, 18), version_str="3.9.18"),
            "Python 3.9.18 is too old: at least 3.10 is needed",
        ),
        (Info(implementation="PyPy"), "PyPy: the frameworks' builds are for CPython"),
        (Info(free_threaded=True), "free-threaded build: the frameworks publish few builds for it"),
        (Info(debug_build=True), "debug build: no published wheel fits it"),
        (Info(architecture=32), "32-bit: the frameworks publish 64-bit builds only"),
        (Info(has_venv=False), "its standard library lacks venv"),
    ],
)
def test_objections(info, why: str) -> None:
    assert objection(info) == why


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
