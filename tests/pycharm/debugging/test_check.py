"""The whole conversation, with a small engine of the tests' own: no download, real processes and sockets."""

from __future__ import annotations

import json
import os
import select
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold import processes
from scaffold.errors import LaunchFailed
from scaffold.pycharm.debugging.check import carry_out, debug_environment
from scaffold.pycharm.debugging.model import variables_by_name
from scaffold.pycharm.debugging.protocol import Breakpoint
from scaffold.system import HostSystem
from tests.pycharm.debugging.conftest import SMALL, MakePlan
from tests.pycharm.registration.machine import Machine

STEPS = """\
print("begins")  # start
for step in range(5):
    loss = 1 / (step + 1)
    name = 'a "b" <c> & %41 \\u4e2d'
    print(step)  # stop
"""


def test_a_program_is_stopped_read_and_let_go(make_plan: MakePlan, tmp_path: Path) -> None:
    printed: list[str] = []
    plan = make_plan(STEPS)
    report = carry_out(plan, HostSystem(), on_line=printed.append)
    assert [hit.point for hit in report.hits] == [Breakpoint(file=str(tmp_path / "program.py"), line=5)] * 3
    seen = variables_by_name(report.hits[1])
    assert (seen["step"], seen["loss"], seen["name"]) == ("1", "0.5", repr('a "b" <c> & %41 中'))
    assert (report.was_hit, report.reached_start, report.connections) == (True, True, 1)
    assert (report.ending, report.status, report.problems, report.reason) == ("itself", 0, (), "")
    assert report.output == ("begins", "0", "1", "2", "3", "4") == tuple(printed)
    assert len({hit.process for hit in report.hits} | {os.getpid()}) == 2


def test_a_path_that_only_a_machine_reads_easily(make_plan: MakePlan) -> None:
    report = carry_out(make_plan(STEPS, name='项目 %41/it\'s & "this".py'), HostSystem())
    assert (len(report.hits), report.status) == (3, 0)


def test_a_line_that_is_never_reached(make_plan: MakePlan) -> None:
    report = carry_out(
        make_plan("print(1)  # start\nif 0 > 1:\n    print(2)\n    print(3)  # stop\n"), HostSystem()
    )
    assert (report.was_hit, report.reached_start, report.status) == (False, True, 0)
    assert report.reason == "the program ended without reaching program.py:4"


def test_a_program_that_fails_before(make_plan: MakePlan) -> None:
    report = carry_out(make_plan("import sys\nsys.exit('no data')\nprint()  # stop\n"), HostSystem())
    assert report.reason == "the program failed (status 1) before it reached program.py:3"
    assert report.output == ("no data",)


def test_an_engine_that_cannot_be_run(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan("print()  # stop\n", environment={"SMALL_ENGINE": "silent"}, timeout=1.0)
    report = carry_out(plan, HostSystem())
    assert (report.ending, report.status, report.connections) == ("connect-timeout", None, 0)
    assert report.reason == "the debugger did not connect within 1 seconds"
    broken = make_plan("print()  # stop\n", python=tmp_path / "no-python")
    with pytest.raises(LaunchFailed, match=r"'program\.py' cannot be started"):
        carry_out(broken, HostSystem())


def test_an_engine_that_ends_without_a_word(make_plan: MakePlan, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import _pydevd_bundle.tables")
    engine = type(SMALL)(version="251", script=tmp_path / "broken.py", where="here")
    report = carry_out(make_plan("print()  # stop\n", engine=engine), HostSystem())
    assert report.reason == "the program ended (status 1) before the debugger connected"
    assert report.output[-1] == "ModuleNotFoundError: No module named '_pydevd_bundle'"


def test_garbage_is_passed_over(make_plan: MakePlan) -> None:
    report = carry_out(make_plan(STEPS, environment={"SMALL_ENGINE": "garbage"}), HostSystem())
    assert (len(report.hits), report.status, report.problems) == (3, 0, ())


def test_a_message_without_end_is_not_kept(make_plan: MakePlan) -> None:
    report = carry_out(make_plan(STEPS, environment={"SMALL_ENGINE": "endless"}), HostSystem())
    assert report.problems == ("the debugger sent a message without end and was left alone",)
    assert not report.was_hit


def test_a_program_that_goes_on_for_ever_is_ended_behind_its_hit(make_plan: MakePlan) -> None:
    endless = "import time\ntry:\n    while True:\n        time.sleep(0.01)  # stop\nfinally:\n    print(1)\n"
    report = carry_out(make_plan(endless, to_end=False), HostSystem(), after_hit=0.1)
    assert (report.ending, report.status, len(report.hits)) == ("hit", None, 3)


@pytest.mark.skipif(os.name != "posix", reason="asks for process groups")
def test_what_a_program_started_ends_with_it(
    make_plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its child holds a pipe open, whose end is told once the last who holds it is gone."""
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    text = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pipe = open('pipe', 'w')\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'], stdout=pipe)\n"
        "print(child.pid, file=pipe, flush=True)\n"
        "time.sleep(600)  # stop\n"
    )
    monkeypatch.setattr(processes, "GRACE", 0.2)
    try:
        report = carry_out(make_plan(text, to_end=False), HostSystem(), after_hit=0.0)
        assert report.ending == "hit"
        assert int(os.read(reading, 100)) > 0
        assert select.select([reading], [], [], 60.0)[0]
        assert os.read(reading, 1) == b""
    finally:
        os.close(reading)


ASKS = """
import json, os, sys
names = ("PYTHONPATH", "IDE_PROJECT_ROOTS", "LIBRARY_ROOTS", "PYDEVD_LOAD_VALUES_ASYNC", "MINE")
print(json.dumps([os.environ.get(name) for name in names]))  # stop
"""


def test_what_the_program_sees_of_the_debugger(make_plan: MakePlan, tmp_path: Path) -> None:
    """The engine before the program's own folders, which stay; what is the user's code, and what is not."""
    plan = replace(
        make_plan(ASKS, environment={"PYTHONPATH": "/p/src", "MINE": "yes"}),
        content_roots=(tmp_path, tmp_path / "b"),
        library_roots=(Path("/lib/python"),),
    )
    (said,) = carry_out(plan, HostSystem()).output
    engine = str(plan.engine.script.parent)
    assert json.loads(said) == [
        os.pathsep.join([engine, "/p/src", str(tmp_path)]),
        os.pathsep.join([str(tmp_path), str(tmp_path / "b")]),
        "/lib/python",
        None,
        "yes",
    ]


def test_windows_separates_its_folders_otherwise(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = replace(make_plan("print()\n"), content_roots=(tmp_path, tmp_path / "b"))
    added = debug_environment(plan, Machine(tmp_path, os="windows"))
    assert added["IDE_PROJECT_ROOTS"] == f"{tmp_path};{tmp_path / 'b'}"
    assert added["PYTHONPATH"].split(";")[0] == str(plan.engine.script.parent)


def test_every_place_is_waited_for_where_all_are_wanted(make_plan: MakePlan) -> None:
    text = (
        "import time\nprint()  # stop\ntime.sleep(0.5)\nprint()  # stop\ntime.sleep(600)\nprint()  # stop\n"
    )
    report = carry_out(replace(make_plan(text, to_end=False), enough=2), HostSystem(), after_hit=0.0)
    assert ([hit.point.line for hit in report.hits], report.ending) == ([2, 4], "hit")
    assert [place.point.line for place in report.missed] == [6]
