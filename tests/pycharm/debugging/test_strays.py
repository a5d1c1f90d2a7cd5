"""What of a debugged program is ended on each system, and what is left alone."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from scaffold.pycharm.debugging.strays import end_strays
from tests.pycharm.registration.machine import Machine

RANK = "/p/.venv/bin/python /e/pydevd.py --client 127.0.0.1 --port 40123 --file train.py"


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda process, what: told.append((process, what)))
    return told


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("system", ["linux", "macos"])
def test_posix(tmp_path: Path, system: str, ended: list[tuple[int, int]]) -> None:
    listed = {7: RANK.replace(" ", "\0"), 8: "/usr/bin/vim\0/e/pydevd.py", 9: "/usr/bin/nc\x0040123"}
    machine = Machine(tmp_path, os=system, processes=listed if system == "linux" else {})  # type: ignore[arg-type]
    if system == "macos":
        machine.commands = {
            f"ps -ww -p {number} -o command=": text.replace("\0", " ") + "\n"
            for number, text in listed.items()
        }
    end_strays((7, 8, 9, 10), 40123, machine)
    assert ended == [(7, signal.SIGKILL)]


def test_windows(tmp_path: Path, ended: list[tuple[int, int]]) -> None:
    ended_trees: list[str] = []

    class Windows(Machine):
        def run(self, argv, **more):  # type: ignore[no-untyped-def]
            ended_trees.extend([argv[-1]] if argv[0] == "taskkill" else [])
            return super().run(argv, **more)

    ask = 'powershell -NoProfile -NonInteractive -Command (Get-CimInstance Win32_Process -Filter "ProcessId={}")'
    told = {ask.format(7): RANK + "\r\n", ask.format(8): "notepad.exe pydevd.py\r\n"}
    end_strays((7, 8), 40123, Windows(tmp_path, os="windows", commands=told))
    assert (ended_trees, ended) == (["7"], [])
    end_strays((7, 8), 40123, Windows(tmp_path, os="windows"))  # PowerShell is forbidden
    assert ended_trees == ["7"]
