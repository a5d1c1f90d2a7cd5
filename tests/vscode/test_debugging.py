"""Entries of ``launch.json`` under the real debugger: a breakpoint stops the program, and its locals are seen."""

from __future__ import annotations

import pytest

from scaffold.projects.model import RunConfiguration
from scaffold.vscode.launch import configuration
from tests.pycharm.projects_on_disk import add_environment, lay, make_project
from tests.vscode.adapter import Adapter
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
        source = {"path": str(root / "src/cnn_project/step.py")}
        (breakpoint_,) = adapter.ask("setBreakpoints", {"source": source, "breakpoints": [{"line": 4}]})[
            "breakpoints"
        ]
        assert breakpoint_["verified"]
        adapter.request("configurationDone")
        thread = adapter.event("stopped")["threadId"]
        (frame, *_) = adapter.ask("stackTrace", {"threadId": thread})["stackFrames"]
        assert (frame["name"], frame["line"]) == ("step", 4)
        (scope, *_) = adapter.ask("scopes", {"frameId": frame["id"]})["scopes"]
        found = adapter.ask("variables", {"variablesReference": scope["variablesReference"]})["variables"]
        seen = {one["name"]: one["value"] for one in found}
        adapter.ask("continue", {"threadId": thread})
        assert adapter.event("exited")["exitCode"] == 0
        assert adapter.terminal is not None
        output = adapter.terminal.communicate(timeout=60)[0]
    assert (seen["loss"], seen["half"]) == (loss, str(float(loss) / 2))
    assert ("1 passed" if kind == "pytest" else "ended with 1.5") in output
    assert str(python) in adapter.terminal_argv[0]
