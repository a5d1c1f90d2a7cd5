"""The whole conversation, with a small engine of the tests' own: no download, real processes and sockets."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.errors import LaunchFailed
from scaffold.pycharm.debugging.check import carry_out, debug_environment
from scaffold.pycharm.debugging.model import variables_by_name
from scaffold.pycharm.debugging.protocol import Breakpoint
from scaffold.system import HostSystem
from tests.pycharm.debugging.conftest import SMALL, MakePlan
from tests.pycharm.projects_on_disk import Host

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


def test_what_a_program_started_ends_with_it(make_plan: MakePlan, tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("asks for process groups")
    text = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(600)  # stop\n"
    )
    from scaffold import processes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "GRACE", 0.2)
        report = carry_out(make_plan(text, to_end=False), HostSystem(), after_hit=0.0)
    assert report.ending == "hit"
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if _is_gone(child):
            break
        time.sleep(0.05)
    assert _is_gone(child)


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_the_environment_is_pycharms(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan("print()\n", environment={"PYTHONPATH": "/p/src"})
    added = debug_environment(plan, Host())
    assert added["PYTHONPATH"] == os.pathsep.join([str(plan.engine.script.parent), "/p/src", str(tmp_path)])
    inherited = plan.launch.environment
    assert {name: value for name, value in added.items() if inherited.get(name) != value} == {
        "PYTHONPATH": added["PYTHONPATH"],
        "IDE_PROJECT_ROOTS": "",
        "LIBRARY_ROOTS": "",
        "IPYTHONENABLE": "True",
        "ASYNCIO_DEBUGGER_ENV": "True",
        "HALT_VARIABLE_RESOLVE_THREADS_ON_STEP_RESUME": "True",
        "USE_LOW_IMPACT_MONITORING": "True",
    }


def test_every_place_is_waited_for_where_all_are_wanted(make_plan: MakePlan) -> None:
    text = (
        "import time\nprint()  # stop\ntime.sleep(0.5)\nprint()  # stop\ntime.sleep(600)\nprint()  # stop\n"
    )
    report = carry_out(replace(make_plan(text, to_end=False), enough=2), HostSystem(), after_hit=0.0)
    assert ([hit.point.line for hit in report.hits], report.ending) == ([2, 4], "hit")
    assert [place.point.line for place in report.missed] == [6]
