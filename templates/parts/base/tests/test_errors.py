"""How a program ends."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from your_project import errors
from your_project.errors import Interrupted, ProjectError, run_program


class OutOfMemoryError(RuntimeError):
    """Stands for torch's."""


@pytest.mark.parametrize(
    ("problem", "status", "told"),
    [
        (ProjectError("no such run"), 1, "error: no such run"),
        (Interrupted("stopped; go on with: x"), 130, "stopped; go on with: x"),
        (KeyboardInterrupt(), 130, "stopped"),
        (
            OSError(errno.ENOSPC, "No space left on device", "a"),
            1,
            "error: [Errno 28] No space left on device: 'a'",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "b"),
            1,
            "error: [Errno 13] Permission denied: 'b'",
        ),
        (
            OutOfMemoryError("CUDA out of memory"),
            1,
            "error: the memory is full: choose a smaller --batch-size or a smaller network",
        ),
    ],
)
def test_what_a_person_can_act_on_ends_in_one_line(capsys, problem, status, told):
    def body():
        raise problem

    with pytest.raises(SystemExit) as ended:
        run_program(body)
    assert (ended.value.code, capsys.readouterr().err) == (status, told + "\n")


def test_a_reader_who_leaves_ends_the_program_quietly():
    code = (
        "from your_project.errors import run_program\n"
        "run_program(lambda: [print('x' * 1000, flush=True) for _ in range(1000)])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(errors.__file__).parents[1])}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=pipe, stderr=pipe) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 141


def test_a_mistake_in_the_program_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        run_program(lambda: 1 / 0)
    with pytest.raises(FileNotFoundError):
        run_program(lambda: Path("nowhere").read_text())
