"""Programs that nobody trusts: ended with all that they started."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from scaffold.watched import run_watched

ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")}


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def run(code: str, folder: Path, **more: object) -> object:
    return run_watched(
        [sys.executable, "-I", "-c", code], environment=ENVIRONMENT, cwd=folder, output=folder / "said",
        **{"seconds": 60.0, **more},
    )  # fmt: skip


def test_one_that_ends_by_itself(tmp_path: Path) -> None:
    done = run("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (done.status, done.stopped) == (3, "")
    assert sorted((tmp_path / "said").read_text().split()) == ["err", "out"]


def test_what_it_complains_of_can_be_kept_apart(tmp_path: Path) -> None:
    run("import sys; print('out'); print('err', file=sys.stderr)", tmp_path, errors=tmp_path / "errors")
    assert [(tmp_path / name).read_text().split() for name in ("said", "errors")] == [["out"], ["err"]]


def test_it_can_ask_nobody(tmp_path: Path) -> None:
    assert run("input()", tmp_path).status == 1


def test_one_that_never_ends(tmp_path: Path) -> None:
    done = run("while True: pass", tmp_path, seconds=0.3)
    assert (done.status, done.stopped) == (None, "it was not done within 0.3 seconds")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")
def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        " print(child.pid)"
    )
    assert run(code, tmp_path).status == 0
    number = int((tmp_path / "said").read_text())
    deadline = time.monotonic() + 30
    while alive(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(number)


def test_one_that_does_what_it_must_not(tmp_path: Path) -> None:
    done = run(
        "open('wrong', 'w').close(); import time; time.sleep(600)",
        tmp_path,
        wrong=lambda: "it made a file" if (tmp_path / "wrong").exists() else "",
    )
    assert (done.status, done.stopped) == (None, "it made a file")
