"""`scaffold env create`, stopped by every signal that a terminal, a batch system or an IDE sends."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_env import create, root, shown  # noqa: F401 - a fixture
from tests.cli.typed import command
from tests.environments.standins import PYTHON, make_project, set_backend

pytestmark = [
    pytest.mark.usefixtures("isolated"),
    pytest.mark.skipif(os.name != "posix", reason="Windows has no signal to one process alone"),
]

#: A word of the output at which the signal comes, for each step of the work.
STEPS = {
    "looking": "looking at the machine",
    "creating": "Creating an environment",
    "installing": "Installing",
    "verifying": "Verifying",
    "proving": "Proving",
}


def stopped_at(word: str, signals: list[int], folder: Path, index: Path, *prefix: str) -> tuple[int, str]:
    """Status and standard error of a run that gets signals once it has said a word."""
    child = subprocess.Popen(
        [*prefix, *command("create", "--python", PYTHON, "--index", index)],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stderr is not None
    said = []
    for line in child.stderr:
        said.append(line)
        if word in line:
            for number in signals:
                child.send_signal(number)
            signals = []
    return child.wait(timeout=60), "".join(said)


def state_of(folder: Path) -> dict[str, object] | None:
    path = folder / ".scaffold" / "environment.json"
    found: dict[str, object] | None = json.loads(path.read_text()) if path.exists() else None
    return found


@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_at_each_step(step, root, wheels) -> None:  # noqa: F811
    """A machine may be so fast that all is done when the signal arrives: then it is done."""
    status, said = stopped_at(STEPS[step], [signal.SIGINT], root, wheels)
    if status == 0:
        assert shown(root)["torch"] == "2.13.0+cpu"
        return
    assert status == 130, said
    assert "Traceback" not in said
    if step == "looking":
        assert said.endswith("Stopped: nothing was changed.\n")
    else:
        assert "error[interrupted]: stopped while the environment was being made" in said
        assert "hint: go on with: scaffold env create" in said
        assert "the project's files are complete; it has no environment" in said
    assert (state_of(root), (root / ".venv").exists()) == (None, False)
    left = {one.name for one in (root / ".scaffold").iterdir()}
    assert left <= {"project.json", "environment.lock"}


@pytest.mark.parametrize(
    "signals",
    [[signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT] * 3],
    ids=["batch system", "terminal closed", "three times Ctrl-C"],
)
def test_an_old_environment_comes_back(signals, root, wheels) -> None:  # noqa: F811
    assert create(root, wheels).returncode == 0
    before, packages = state_of(root), shown(root)
    set_backend(root, "sleepy-backend")  # it installs itself for ever
    status, said = stopped_at("itself, editable", signals, root, wheels)
    assert status == 130, said
    assert "Traceback" not in said
    if len(signals) == 1:
        assert f"the environment in {root / '.venv'} is as it was before" in said
        assert (state_of(root), shown(root)) == (before, packages)
    # Impatient users may come between two steps of the way back: the next run goes on with it.
    set_backend(root, "tiny-backend")
    assert create(root, wheels).returncode == 0
    assert shown(root) == packages
    assert {one.name for one in (root / ".scaffold").iterdir()} >= {"environment.json", "project.json"}


def test_under_nohup_a_closed_terminal_stops_nothing(root, wheels) -> None:  # noqa: F811
    status, said = stopped_at(STEPS["creating"], [signal.SIGHUP], root, wheels, "nohup")
    assert status == 0, said


def test_a_terminal_that_is_really_closed(root, wheels, tmp_path) -> None:  # noqa: F811
    """The kernel sends SIGHUP, and from then on every word that we would say is an error of its own."""
    import pty

    assert create(root, wheels).returncode == 0
    before = state_of(root)
    set_backend(root, "sleepy-backend")
    (tmp_path / "tmp").mkdir()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(root)
        argv = command("create", "--python", PYTHON, "--index", wheels)
        os.execve(argv[0], argv, {**os.environ, "TMPDIR": str(tmp_path / "tmp")})
    while not (root / "building").exists():
        if select.select([terminal], [], [], 0.05)[0]:
            os.read(terminal, 4096)  # what is not read would make it wait
    os.close(terminal)
    assert os.waitpid(child, 0)[1] != 0
    assert state_of(root) == before
    assert "tiny-backend" in shown(root)
    assert [one.name for one in (tmp_path / "tmp").glob("scaffold-error*")] == []


def test_two_at_once(tmp_path, wheels) -> None:
    """Both are done, or one of them says that the other one is at work."""
    folder = make_project(tmp_path / "both", "pytorch")
    children = [
        subprocess.Popen(
            command("create", "--python", PYTHON, "--index", wheels),
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    said = [child.communicate(timeout=120)[0] for child in children]
    endings = sorted(child.returncode for child in children)
    assert endings[0] == 0, said
    for child, text in zip(children, said, strict=True):
        assert child.returncode == 0 or "error[environment-busy]: Another process is working" in text
    assert shown(folder)["torch"] == "2.13.0+cpu"
