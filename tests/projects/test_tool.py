"""Where scaffold is: the note that it leaves, and the launcher that reads it with another Python."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from scaffold import __version__
from scaffold.projects.tool import LAUNCHER, RECORD, remember_tool

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "templates/parts/base" / LAUNCHER

posix = pytest.mark.skipif(os.name == "nt", reason="programs are shell scripts here")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "my project"
    (root / LAUNCHER).parent.mkdir(parents=True)
    (root / LAUNCHER).write_bytes(SOURCE.read_bytes())
    return root


@cache
def bare_python() -> str:
    """A Python of its own: whoever runs these tests may have scaffold installed beside pytest."""
    folder = Path(tempfile.mkdtemp(prefix="bare-python-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def launch(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher with a Python that has no scaffold, and nothing of this test's environment."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(root.parent),
        "SYSTEMROOT": os.environ.get("SYSTEMROOT", ""),
    }
    return subprocess.run(
        [bare_python(), str(root / LAUNCHER), *arguments],
        env={**environment, **variables},
        cwd=root.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def program(path: Path, says: str) -> None:
    """A stand-in for a command: it tells its version, and otherwise where and with what it was started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{says}"; exit 0; }}\necho "$0|$PWD|$PYTHONPATH|$*"\nexit 3\n'
    )
    path.chmod(0o755)


def test_the_note_is_written_once_and_only_where_somebody_reads_it(project: Path, tmp_path: Path) -> None:
    assert remember_tool(project)
    assert json.loads((project / RECORD).read_text()) == {
        "schema": "scaffold/tool/1",
        "python": sys.executable,
    }
    assert not remember_tool(project)
    assert not remember_tool(tmp_path)
    assert not (tmp_path / RECORD).exists()


def test_the_noted_interpreter_starts_it(project: Path) -> None:
    remember_tool(project)
    done = launch(project, "--version", PYTHONPATH=os.pathsep.join([str(project / "src"), str(ROOT)]))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"scaffold {__version__}\n", "")


@posix
@pytest.mark.parametrize(
    ("place", "variables"),
    [
        ("bin/scaffold", {"PATH": "{home}/bin:/usr/bin:/bin"}),
        (".local/bin/scaffold", {}),
        (".scaffold/bin/scaffold", {}),
        ("tools/scaffold", {"UV_TOOL_BIN_DIR": "{home}/tools"}),
        ("tools/scaffold", {"PIPX_BIN_DIR": "{home}/tools"}),
    ],
)
@pytest.mark.parametrize("note", ["", "{", '{"python": "/gone/python"}', '{"python": 7}', "[]"])
def test_without_a_note_that_holds_the_usual_places_are_searched(
    project: Path, place: str, variables: dict[str, str], note: str
) -> None:
    home = project.parent
    program(home / place, "scaffold 9.9")
    if note:
        (project / RECORD).write_text(note)
    given = {name: value.format(home=home) for name, value in variables.items()}
    done = launch(project, "doctor", "a b", PYTHONPATH=f"{project}:{project}/src:/else", **given)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == f"{home / place}|{project}|/else|doctor a b\n"


@posix
def test_another_program_of_that_name_is_passed_over(project: Path) -> None:
    program(project.parent / "bin/scaffold", "Scaffolding tool 1.0")
    done = launch(project, "doctor", PATH=f"{project.parent}/bin:/usr/bin:/bin")
    home = project.parent
    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr.startswith(
        "scaffold, the tool that made this project, was not found on this machine.\n"
        f"  looked at {project / RECORD}, PATH and {home}/.local/bin, {home}/.scaffold/bin"
    )
    assert done.stderr.endswith("hint: install it, then tell this project of it:  scaffold ide pycharm\n")
