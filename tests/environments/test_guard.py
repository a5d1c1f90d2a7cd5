"""Nothing that works on an environment outlives a scaffold that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.environments.installers import guard

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows is not guarded")

#: Starts the guarded program in a session of its own, as `scaffold.processes` does, and waits for the kill.
PARENT = """
import os, subprocess, sys
code = "import sys; from scaffold.environments.installers.guard import main; main(int(sys.argv[1]), sys.argv[3:], can_be_tied=sys.argv[2] == 'True')"
subprocess.Popen([sys.executable, "-c", code, str(os.getpid()), *sys.argv[1:]], start_new_session=True).wait()
"""

#: Would stay for ever, and so would its child, as pip and uv have one while they build. Standard output is
#: open for as long as one of them lives.
INSTALLER = "import subprocess; print('working', flush=True); subprocess.run(['sleep', '600'])"

WAYS = [False, True] if sys.platform == "linux" else [False]


@pytest.mark.parametrize("can_be_tied", WAYS)
def test_it_dies_with_its_parent(can_be_tied: bool) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(can_be_tied), sys.executable, "-c", INSTALLER],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"working\n"
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == b""  # ends when nobody holds the other end any more


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.abort()", -signal.SIGABRT),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
    ],
)
def test_it_ends_as_the_program_ends(code: str, status: int) -> None:
    assert guard.watch_over(os.getppid(), [sys.executable, "-c", code]) == status
    assert guarded(sys.executable, "-c", code).returncode == status


def guarded(*program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", guard.__file__, str(os.getpid()), *program]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    done = guarded(str(tmp_path / "gone"))
    said = f"{tmp_path / 'gone'}: No such file or directory\n"
    assert (done.returncode, done.stderr) == (guard.NOT_STARTED, said)
