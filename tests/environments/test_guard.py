"""No installer outlives a scaffold that was killed."""

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

#: Says that it works, and would stay for ever; its standard output is open for as long as it lives.
TIED = "import time; print('working', flush=True); time.sleep(600)"

#: The same with a child, as pip has one while it builds. The kernel's tie does not reach that far.
WATCHED = "import subprocess; print('working', flush=True); subprocess.run(['sleep', '600'])"

WAYS = [(False, WATCHED)]
if sys.platform == "linux":
    WAYS.append((True, TIED))


@pytest.mark.parametrize(("can_be_tied", "installer"), WAYS)
def test_it_dies_with_its_parent(can_be_tied: bool, installer: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(can_be_tied), sys.executable, "-c", installer],
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
    [("pass", 0), ("raise SystemExit(3)", 3), ("import os; os.abort()", 128 + signal.SIGABRT)],
)
def test_what_is_watched_over_tells_its_status(code: str, status: int) -> None:
    assert guard.watch_over(os.getppid(), [sys.executable, "-c", code]) == status


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        guard.main(os.getppid(), [str(tmp_path / "gone")], can_be_tied=False)
    assert ended.value.code == f"{tmp_path / 'gone'}: No such file or directory"
