"""Programs that outlive a killed run, or its environment: what they still write loses nobody's work."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.environments.condition.inspect import inspect
from scaffold.environments.create import create
from scaffold.environments.gc import freeable_of
from scaffold.environments.installers import guard as guard_module
from scaffold.environments.layout import Place
from scaffold.environments.model import Progress
from scaffold.environments.refusals import refuse_place
from scaffold.environments.remove import plan_removal, remove
from scaffold.environments.state import State, is_ready, recover, write_state
from scaffold.environments.survivors import wait_for_survivors
from scaffold.errors import EnvironmentOccupied
from scaffold.system import HostSystem
from tests.environments.test_interruptions import REPOSITORY
from tests.environments.unpacked import make_environment, make_ready, make_unfinished

GUARD = guard_module.__file__
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows moves no folder that is in use")

#: Writes byte code as `importlib` does: the folders, a file with digits, its name. By path, for ever.
WRITER = """
import os, sys
folder = os.path.join(sys.argv[1], "lib/python3.12/site-packages/torch/__pycache__")
number = 0
print("working", flush=True)
while True:
    number += 1
    path = f"{folder}/module_{number % 50}.cpython-312.pyc"
    try:
        os.makedirs(folder, exist_ok=True)
        with open(f"{path}.{number}", "wb") as stream:
            stream.write(b"x" * 500)
        os.replace(f"{path}.{number}", path)
    except OSError:
        pass
"""


def silent(progress: Progress) -> None:
    """Nobody looks."""


@pytest.fixture
def interrupted(root: Path) -> Place:
    """A good environment that waits, and a half-made one in its place."""
    place = Place(root)
    make_environment(place.own_location)
    make_ready(place)
    (place.own_location / "good").touch()
    before = State(status="ready", location=str(place.own_location), digest="0")
    place.own_location.rename(place.restore_folder)
    for number in range(2000):  # what takes a while to delete
        if number % 100 == 0:
            (folder := place.own_location / f"lib/python3.12/site-packages/part_{number}").mkdir(parents=True)
        (folder / f"{number}.py").touch()
    make_unfinished(place)
    (place.own_location / "pyvenv.cfg").touch()
    creating = State(status="creating", location=str(place.own_location), digest="1", previous=before)
    write_state(place, creating)
    return place


@pytest.fixture
def survivor(interrupted: Place) -> Iterator[None]:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, interrupted.own_location], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    yield
    assert child.poll() is None  # it was there all the time
    child.kill()
    child.communicate()


@posix_only
def test_the_good_one_comes_back_while_somebody_writes(interrupted: Place, survivor: None) -> None:
    recover(interrupted)
    assert (interrupted.own_location / "good").exists()
    assert is_ready(interrupted)
    assert not interrupted.restore_folder.exists()


@pytest.mark.usefixtures("survivor")
@posix_only
def test_it_is_removed_while_somebody_writes(interrupted: Place) -> None:
    remove(plan_removal(interrupted, foreign=False))
    assert not (interrupted.own_location / "good").exists()
    assert not interrupted.restore_folder.exists()


@pytest.fixture
def stranded(interrupted: Place) -> Place:
    """What was left where recovering had failed: byte code in the way of the good one."""
    import shutil

    shutil.rmtree(interrupted.own_location)
    byte_code = interrupted.own_location / "lib/python3.12/site-packages/torch/__pycache__"
    byte_code.mkdir(parents=True)
    for name in ("__init__.cpython-312.pyc", "nn.cpython-312.pyc.140234"):
        (byte_code / name).touch()
    return interrupted


def test_byte_code_is_in_nobodys_way(stranded: Place) -> None:
    refuse_place(stranded)
    (found,) = freeable_of(stranded.root)
    assert (found.kind, found.path, found.ours) == ("waiting", stranded.restore_folder, False)
    assert found.command == ("scaffold", "env", "create")
    recover(stranded)
    assert (stranded.own_location / "good").exists()
    assert (is_ready(stranded), freeable_of(stranded.root)) == (True, ())


def test_a_file_of_the_users_is(stranded: Place) -> None:
    """And every message says where the good one is."""
    (stranded.own_location / "lib/notes.txt").touch()
    waits = str(stranded.restore_folder)
    with pytest.raises(EnvironmentOccupied) as refused:
        refuse_place(stranded)
    assert waits in refused.value.detail[0]
    with pytest.raises(EnvironmentOccupied) as refused:
        recover(stranded)
    assert waits in refused.value.detail[0]
    with pytest.raises(EnvironmentOccupied) as refused:
        plan_removal(stranded, foreign=True)
    assert (waits in refused.value.detail[0], refused.value.hint.partition(",")[0]) == (True, "move it away")
    (stranded.own_location / "lib/notes.txt").rename(stranded.root / "notes.txt")
    recover(stranded)
    assert is_ready(stranded)


def test_byte_code_alone_is_made_an_environment(root: Path, plan_for, system) -> None:
    """A training outlived `rm -rf .venv`. What it wrote is never kept as the environment of before."""
    plan = plan_for(root, "alpha")
    (plan.location / "lib/__pycache__").mkdir(parents=True)
    (plan.location / "lib/__pycache__/a.cpython-312.pyc").touch()
    create(plan, system, silent)
    assert is_ready(plan.place)
    assert sorted(one.name for one in root.iterdir()) == [".scaffold", ".venv"]


PROVES = """
import sys
from pathlib import Path
from scaffold.environments.condition.inspect import inspect
from scaffold.environments.proving.probe import prove_one
from scaffold.system import HostSystem
system = HostSystem()
prove_one(inspect(Path(sys.argv[1]), system), "pytorch", "cpu", system)
"""

#: Tells who it is, through a pipe that ends with it.
HANGS = (
    "import os, time\nos.write(os.open({pipe!r}, os.O_WRONLY), str(os.getpid()).encode())\ntime.sleep(600)\n"
)


@pytest.mark.skipif(os.name != "posix", reason="Windows is not guarded")
def test_a_proof_dies_with_who_asked_for_it(root: Path, tmp_path: Path, system, interpreter) -> None:
    location, pipe = root / ".venv", tmp_path / "pipe"
    subprocess.run([interpreter.path, "-m", "venv", "--without-pip", location], check=True)
    os.mkfifo(pipe)
    found = inspect(location, system)
    assert found is not None
    (packages,) = location.glob("lib/python3*/site-packages")
    (packages / "torch.py").write_text(HANGS.format(pipe=str(pipe)))
    child = subprocess.Popen(
        [sys.executable, "-c", PROVES, location], env={**os.environ, "PYTHONPATH": str(REPOSITORY)}
    )
    with pipe.open("rb") as stream:
        assert stream.read(1)
        child.send_signal(signal.SIGKILL)
        child.wait()
        while stream.read(100):  # ends with the last one that holds the other end
            continue


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells which processes there are")
def test_what_a_dead_run_started_is_waited_for(tmp_path) -> None:
    location = tmp_path / "project" / ".venv"
    script = "import sys, time; print('here', flush=True); time.sleep(0.3)"
    guard = [sys.executable, "-I", "-S", GUARD, str(os.getpid()), sys.executable, "-c", script, location]
    child = subprocess.Popen(guard, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"here\n"
    threading.Thread(target=child.wait, daemon=True).start()  # or it stays as a zombie
    wait_for_survivors(location, HostSystem())
    assert not list(processes_of(location))
    wait_for_survivors(tmp_path / "another", HostSystem())


def processes_of(location: Path) -> Iterator[str]:
    for one in Path("/proc").iterdir():
        if one.name.isdecimal():
            with contextlib.suppress(OSError):
                words = (one / "cmdline").read_text()
                if "guard.py" in words and str(location) in words:
                    yield words
