"""How much is printed, and for whom: --quiet, --json, --json-lines, bars and lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scaffold.cli.events import emit
from scaffold.cli.output import Output, output_of
from scaffold.cli.progress import ProgressDisplay, amount, words
from scaffold.environments.model import Progress
from scaffold.errors import OptionRefused
from tests.cli.typed import typed
from tests.environments.standins import PYTHON, make_project

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    return make_project(tmp_path / "项目 ☃", "pytorch")


def scaffold(root: Path, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *map(str, arguments)],
        cwd=root, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


def create(root: Path, wheels: Path, *more: object) -> subprocess.CompletedProcess[bytes]:
    return scaffold(root, "env", "create", "--python", PYTHON, "--index", wheels, *more)


def events(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    """Every line of standard output: UTF-8, complete, and of our schema."""
    assert done.stdout.endswith(b"\n")
    assert b"\x1b" not in done.stdout
    found = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert {one["schema"] for one in found} == {"scaffold/events/1"}
    return found


def test_an_event_a_line(root, wheels) -> None:
    done = create(root, wheels, "--json-lines")
    assert (done.returncode, done.stderr) == (0, b"")
    *before, last = events(done)
    assert [one.get("text") for one in before if one["event"] == "step"] == [
        "looking at the machine", "asking which builds can be had",
        "working out what has to be downloaded", "making the folder ready for PyCharm",
    ]  # fmt: skip
    progress = [one for one in before if one["event"] == "progress"]
    assert list(dict.fromkeys(one["step"] for one in progress)) == ["create", "install", "verify", "prove"]
    assert all(
        list(one)
        == ["schema", "event", "step", "text", "done", "total", "unit", "packages", "estimated", "speed", "remaining"]
        for one in progress
    )  # fmt: skip
    assert (last["event"], last["result"]["schema"], last["result"]["done"]) == (
        "result",
        "scaffold/env/1",
        True,
    )
    assert last["result"]["environments"][0]["location"] == str(root / ".venv")


def test_an_error_is_the_last_event(root, wheels, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    done = create(root, tmp_path / "empty", "--json-lines")
    last = events(done)[-1]
    assert (last["event"], last["exit_status"], done.returncode) == ("error", 1, 1)
    assert sorted(last["error"]) == ["code", "detail", "hint", "message"]
    assert done.stderr == b""


def test_a_command_line_that_makes_no_sense(root) -> None:
    done = scaffold(root, "env", "create", "--json-lines", "--no-such-option")
    (only,) = events(done)
    assert (only["event"], only["error"]["code"], only["exit_status"]) == ("error", "usage", 2)
    done = scaffold(root, "env", "create", "--json-lines", "--quiet")
    (only,) = events(done)
    assert (only["error"]["code"], done.returncode) == ("option-refused", 2)
    assert only["error"]["message"] == "--quiet and --json-lines exclude each other"


def test_a_mistake_of_ours_is_an_event_too(root) -> None:
    code = "import scaffold.env.create as e; e.plan_for_project = None; from scaffold.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "env", "create", "--json-lines"],
        cwd=root, capture_output=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    (only,) = events(done)
    assert (only["error"]["code"], only["exit_status"], done.returncode) == ("internal", 70, 70)


def test_quiet_is_one_line(root, wheels) -> None:
    done = create(root, wheels, "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = done.stdout.decode("gbk").splitlines()
    assert line.startswith("Made")
    assert "项目 ?" in line  # a snowman is not in GBK
    planned = create(root, wheels, "--quiet", "--dry-run").stdout.decode("gbk")
    assert planned == f"Planned: the environment of {root}\n".replace("☃", "?")


def test_quiet_errors_are_said(root) -> None:
    done = scaffold(root, "env", "adopt", root / "nothing", "-q")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode("gbk").startswith("error[adopt-no-environment]: ")


def test_new_speaks_the_same(root, wheels, tmp_path) -> None:
    done = scaffold(
        tmp_path, "new", "cnn-project", "--framework", "pytorch", "--no-env", "--python", PYTHON,
        "--index", wheels, "--json-lines",
    )  # fmt: skip
    last = events(done)[-1]
    assert (last["event"], last["result"]["schema"]) == ("result", "scaffold/new/1")
    quiet = scaffold(
        tmp_path, "new", "my-cnn-project", "--framework", "pytorch", "--no-env", "--python", PYTHON,
        "--index", wheels, "--quiet",
    )  # fmt: skip
    assert quiet.stdout.decode("gbk") == f"Written: {tmp_path / 'my-cnn-project'}\n"


def test_half_a_character_in_a_name_is_valid_json(capfdbinary) -> None:
    emit("notice", text="caf\udce9")
    assert json.loads(capfdbinary.readouterr().out) == {
        "schema": "scaffold/events/1", "event": "notice", "text": "caf\udce9",
    }  # fmt: skip


def test_modes_exclude_each_other() -> None:
    assert output_of(quiet=False, as_json=False, json_lines=False) == Output("text")
    with pytest.raises(OptionRefused, match="--json and --json-lines exclude each other"):
        output_of(quiet=False, as_json=True, json_lines=True)
    assert [Output(mode).asks for mode in ("text", "quiet", "json", "lines")] == [True, False, False, False]


def downloading(done: int) -> Progress:
    return Progress(
        step="download", message="Downloading", done=done, total=100_000_000, unit="bytes",
        packages=("torch", "numpy", "scipy", "sympy"), estimated=True,
    )  # fmt: skip


def test_a_log_gets_a_line_now_and_then(capsys) -> None:
    now = 0.0
    display = ProgressDisplay(Output("text"), clock=lambda: now)
    with display:
        for second in range(13):
            now = float(second)
            display.report(downloading(second * 5_000_000))
        display.report(Progress(step="install", message="Installing", done=0, total=4, unit="packages"))
        display.report(Progress(step="install", message="Installing", done=2, total=4, unit="packages"))
        display.report(Progress(step="install", message="Installing", done=4, total=4, unit="packages"))
    many = "Downloading torch, numpy, scipy and 1 more about"
    assert capsys.readouterr().err.splitlines() == [
        f"  {many} 0 bytes of 100 MB",
        f"  {many} 25 MB of 100 MB, 5 MB/s, 15 s left",
        f"  {many} 50 MB of 100 MB, 5 MB/s, 10 s left",
        "  Installing 0 of 4 packages",
        "  Installing 4 of 4 packages",
    ]


def test_events_come_twice_a_second_at_most(capsys) -> None:
    now = 0.0
    display = ProgressDisplay(Output("lines"), clock=lambda: now)
    for tenth in range(31):
        now = tenth / 10
        display.report(downloading(tenth * 1_000_000))
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["done"] for one in found] == [
        0,
        5_000_000,
        10_000_000,
        15_000_000,
        20_000_000,
        25_000_000,
        30_000_000,
    ]
    assert (found[-1]["speed"], found[-1]["remaining"]) == (10_000_000, 7.0)
    assert (found[0]["speed"], found[0]["remaining"]) == (None, None)


@pytest.mark.parametrize("mode", ["quiet", "json"])
def test_nothing_is_shown_on_the_way(mode, capsys) -> None:
    with ProgressDisplay(Output(mode)) as display:
        display.announce("looking")
        display.report(downloading(1))
    assert capsys.readouterr() == ("", "")


def test_words_of_a_progress() -> None:
    assert amount(Progress(step="verify", message="Verifying")) == ""
    assert words(Progress(step="verify", message="Verifying"), None, None) == "Verifying"
    assert amount(Progress(step="verify", message="", done=3, unit="bytes")) == "3 bytes"


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_bar_on_a_terminal(root, wheels) -> None:
    screen = {"TERM": "xterm-256color", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    ended, text = typed(
        root, "", "create", "--yes", "--python", PYTHON, "--index", wheels, environment=screen
    )
    assert ended == 0, text
    assert "\x1b[" in text
    assert "Proving PyTorch: one training step" in text
