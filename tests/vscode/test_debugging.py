"""Entries of ``launch.json`` under the real debugger: a breakpoint stops the program, and its locals are seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.projects.model import RunConfiguration
from scaffold.vscode.launch import configuration
from tests.pycharm.projects_on_disk import add_environment, lay, make_project
from tests.vscode.adapter import Adapter, Session, child
from tests.vscode.started import substituted

pytest.importorskip("debugpy")

STEP = """
def step(loss):
    half = loss / 2
    return half  # line 4

if __name__ == "__main__":
    print("ended with", step(3.0))
"""

TEST = "from cnn_project.step import step\n\ndef test_step():\n    assert step(1.0) == 0.5\n"

RUNS = {
    "module": RunConfiguration(name="module", kind="module", target="cnn_project.step"),
    "script": RunConfiguration(name="script", kind="script", target="src/cnn_project/step.py"),
    "pytest": RunConfiguration(name="tests", kind="pytest", target="tests/test_step.py", arguments=("-q",)),
}


CHILDREN = """
import subprocess, sys

done = subprocess.run([sys.executable, "-m", "cnn_project.step"])
print("child ended with", done.returncode)
"""


def stopped_at(session: Session, path: Path, line: int) -> tuple[int, dict[str, str]]:
    """Set a breakpoint, let the program go, and wait for it: the thread, and the locals there."""
    wanted = {"source": {"path": str(path)}, "breakpoints": [{"line": line}]}
    (told,) = session.ask("setBreakpoints", wanted)["breakpoints"]
    assert told["verified"]
    session.request("configurationDone")
    thread = session.event("stopped")["threadId"]
    (frame, *_) = session.ask("stackTrace", {"threadId": thread})["stackFrames"]
    assert (frame["name"], frame["line"]) == ("step", line)
    (scope, *_) = session.ask("scopes", {"frameId": frame["id"]})["scopes"]
    found = session.ask("variables", {"variablesReference": scope["variablesReference"]})["variables"]
    return thread, {one["name"]: one["value"] for one in found}


@pytest.mark.parametrize(("kind", "loss"), [("module", "3.0"), ("script", "3.0"), ("pytest", "1.0")])
def test_a_breakpoint_stops_it_and_its_locals_are_seen(root, kind, loss):
    make_project(root, ())
    lay(root, {"src/cnn_project/step.py": STEP, "tests/test_step.py": TEST})
    python = add_environment(root)
    entry = substituted(configuration(RUNS[kind], ("src",)), root)
    with Adapter() as adapter:
        adapter.ask("initialize", {"adapterID": "debugpy", "supportsRunInTerminalRequest": True})
        adapter.request("launch", {"python": str(python), **entry})
        adapter.event("initialized")
        thread, seen = stopped_at(adapter, root / "src/cnn_project/step.py", 4)
        adapter.ask("continue", {"threadId": thread})
        assert adapter.event("exited")["exitCode"] == 0
        assert adapter.terminal is not None
        output = adapter.terminal.communicate(timeout=60)[0]
    assert (seen["loss"], seen["half"]) == (loss, str(float(loss) / 2))
    assert ("1 passed" if kind == "pytest" else "ended with 1.5") in output
    assert str(python) in adapter.terminal_argv[0]


def test_a_child_process_stops_there_too(root):
    make_project(root, ())
    lay(root, {"src/cnn_project/step.py": STEP, "src/cnn_project/children.py": CHILDREN})
    python = add_environment(root)
    run = RunConfiguration(name="children", kind="module", target="cnn_project.children")
    with Adapter() as adapter:
        adapter.ask("initialize", {"adapterID": "debugpy", "supportsRunInTerminalRequest": True})
        entry = substituted(configuration(run, ("src",)), root)
        adapter.request("launch", {"python": str(python), **entry})
        adapter.event("initialized")
        adapter.request("configurationDone")
        with child(adapter.event("debugpyAttach")) as session:
            thread, seen = stopped_at(session, root / "src/cnn_project/step.py", 4)
            session.ask("continue", {"threadId": thread})
            assert adapter.event("exited")["exitCode"] == 0
        assert adapter.terminal is not None
        output = adapter.terminal.communicate(timeout=60)[0]
    assert (seen["loss"], seen["half"]) == ("3.0", "1.5")
    assert "child ended with 0" in output
