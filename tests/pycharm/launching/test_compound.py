"""What a compound starts, that it starts at once, and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scaffold import processes
from scaffold.errors import LaunchFailed
from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.launching import side_by_side
from scaffold.pycharm.launching.compound import members_of, resolve_members, steps_of
from scaffold.pycharm.launching.side_by_side import run_first, run_side_by_side
from scaffold.pycharm.model import ConfigurationFile, Launch
from scaffold.pycharm.reading.configurations import configurations, find
from tests.pycharm.projects_on_disk import RUNS, Host, add_environment, make_project

SAVES = """
import time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("saved")
"""

BOTH = RunConfiguration(name="both", kind="compound", members=("train (PyTorch)", "tests"))
PYTHON, COMPOUND = "PythonConfigurationType", "CompoundRunConfigurationType"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "cnn-project", (*RUNS, BOTH))


def compound(name: str, *members: tuple[str, str]) -> ConfigurationFile:
    return ConfigurationFile(path=Path(f"{name}.run.xml"), name=name, type=COMPOUND, members=members)


def test_the_launches_of_its_members(project: Path, host: Host) -> None:
    python = str(add_environment(project))
    found = configurations(project)
    launches = resolve_members(project, find(found, "both"), found, system=host)
    assert [(one.name, one.argv[:3]) for one in launches] == [
        ("train (PyTorch)", (python, "-m", "cnn_project.train")),
        ("tests", (python, "-m", "pytest")),
    ]


def test_compounds_in_compounds_and_in_circles() -> None:
    one, two = (ConfigurationFile(path=Path(name), name=name, type=PYTHON) for name in ("one", "two"))
    inner = compound("inner", ("two", PYTHON), ("outer", COMPOUND))
    outer = compound("outer", ("one", PYTHON), ("inner", COMPOUND), ("two", PYTHON))
    assert members_of(outer, [one, two, inner, outer]) == (one, two)


def test_what_is_not_there_is_an_error(project: Path) -> None:
    found = configurations(project)
    with pytest.raises(LaunchFailed) as refused:
        members_of(compound("both", ("train (PyTorch)", PYTHON), ("gone", PYTHON)), found)
    assert refused.value.message == "'both' starts 'gone', and there is no such run configuration"
    assert refused.value.detail == (
        "both.run.xml",
        "there are: train (PyTorch), prepare data, tests",
    )
    with pytest.raises(LaunchFailed, match=f"no such run configuration of type {PYTHON}"):
        members_of(compound("both", ("tests", PYTHON)), found)
    with pytest.raises(LaunchFailed, match="'nothing' starts nothing"):
        members_of(compound("nothing"), found)


def test_what_runs_first_in_order_and_each_once() -> None:
    def named(name: str, *before: str) -> ConfigurationFile:
        return ConfigurationFile(path=Path(name), name=name, type=PYTHON, before=before)

    data, clean, train = named("data", "clean"), named("clean"), named("train", "data", "clean")
    found = [data, clean, train]
    assert steps_of(train, found) == (clean, data)
    assert steps_of(clean, found) == ()
    both = compound("both", ("train", PYTHON), ("data", PYTHON))
    assert steps_of(both, [*found, both]) == (clean, data)
    with pytest.raises(LaunchFailed, match="'train' runs 'gone' first, and there is no such run") as refused:
        steps_of(named("train", "gone"), found)
    assert refused.value.detail == ("train", "there are: data, clean, train")
    circle = [named("a", "b"), named("b", "a")]
    with pytest.raises(LaunchFailed, match="'a' would have to run before itself") as refused:
        steps_of(circle[0], circle)
    assert refused.value.detail == ("a → b → a",)


def test_a_step_that_fails_stops_the_rest(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    good = launch("good", f"open({str(mark)!r}, 'w').close()")
    run_first([good], lambda *_: None)
    assert mark.exists()
    mark.unlink()
    with pytest.raises(LaunchFailed, match="'bad' runs before it, and ended with status 2"):
        run_first([launch("bad", "raise SystemExit(2)"), good], lambda *_: None)
    assert not mark.exists()


def launch(name: str, code: str) -> Launch:
    return Launch(name=name, argv=(sys.executable, "-c", code), cwd=Path.cwd(), environment=dict(os.environ))


def test_all_run_at_once_and_the_worst_status_counts(tmp_path: Path) -> None:
    """Each waits for the other's file: one after the other, the first would wait for ever."""
    code = """
import pathlib, sys, time
own, other = (pathlib.Path(one) for one in {paths})
own.touch()
while not other.exists():
    time.sleep(0.01)
print("met", other.name)
sys.exit({status})
"""
    files = [str(tmp_path / "one"), str(tmp_path / "two")]
    said: list[tuple[str, str]] = []
    status = run_side_by_side(
        [
            launch("one", code.format(paths=files, status=0)),
            launch("two", code.format(paths=files[::-1], status=3)),
        ],
        lambda name, line: said.append((name, line)),
    )
    assert status == 3
    assert {("one", "met two"), ("two", "met one")} <= set(said)
    ends = [line for _, line in said if line.startswith("[ended with status")]
    assert len(ends) == 2


def test_one_that_cannot_be_started_ends_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []

    @contextlib.contextmanager
    def beside(*given: Any, **more: Any) -> Iterator[subprocess.Popen[str]]:
        with processes.beside(*given, **more) as child:
            started.append(child)
            yield child

    monkeypatch.setattr(side_by_side, "beside", beside)
    lasting = launch("lasting", "import time; time.sleep(600)")
    missing = Launch(name="missing", argv=(str(tmp_path / "no python"),), cwd=tmp_path)
    with pytest.raises(LaunchFailed, match="'missing' cannot be started"):
        run_side_by_side([lasting, missing], lambda *_: None)
    (one,) = started
    assert one.returncode not in (None, 0)  # it was ended, and did not come to its end


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_reaches_all_of_them() -> None:
    """Both get it as a KeyboardInterrupt, not as a kill, and may say good-bye."""
    said: list[tuple[str, str]] = []
    ready = threading.Semaphore(0)

    def say(name: str, line: str) -> None:
        said.append((name, line))
        if line == "ready":
            ready.release()

    def press() -> None:
        ready.acquire()
        ready.acquire()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    assert run_side_by_side([launch("one", SAVES), launch("two", SAVES)], say) == 130
    told = ["[interrupted; Ctrl-C again ends it at once]", "ready", "saved"]
    assert sorted(said) == [(name, line) for name in ("one", "two") for line in told]


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_a_second_ctrl_c_ends_what_ignores_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("no", flush=True))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    time.sleep(60)
"""
    monkeypatch.setattr(processes, "GRACE", 0.1)
    heard = threading.Semaphore(0)

    def say(_: str, line: str) -> None:
        if line in {"ready", "no"}:
            heard.release()

    def press() -> None:
        for _ in range(2):
            heard.acquire()
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    assert run_side_by_side([launch("deaf", code)], say) == 130


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_while_the_second_is_started_reaches_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ctrl-C between the start of a program and our note of it must not leave that program to be killed."""
    said: list[tuple[str, str]] = []
    ready = threading.Semaphore(0)
    start = side_by_side.beside

    def say(name: str, line: str) -> None:
        said.append((name, line))
        if line == "ready":
            ready.release()

    @contextlib.contextmanager
    def slow(*arguments: Any, **options: Any) -> Iterator[Any]:
        with start(*arguments, **options) as process:
            ready.acquire()  # it runs, and nobody has noted it yet
            os.kill(os.getpid(), signal.SIGINT)
            yield process

    monkeypatch.setattr(side_by_side, "beside", slow)
    assert run_side_by_side([launch("one", SAVES), launch("two", SAVES)], say) == 130
    told = ["[interrupted; Ctrl-C again ends it at once]", "ready", "saved"]
    assert sorted(said) == [(name, line) for name in ("one", "two") for line in told]
