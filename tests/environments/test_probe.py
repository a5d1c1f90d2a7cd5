"""The proof, with stand-ins for frameworks that fail in every way that real ones do."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from scaffold.environments.condition.inspect import inspect
from scaffold.environments.layout import site_packages_of
from scaffold.environments.model import Environment
from scaffold.environments.proving.probe import prove_all, prove_one
from scaffold.environments.proving.probe_answers import parse_answer
from scaffold.errors import ProofFailed
from tests.environments.standins import KERAS, TENSORFLOW, TORCH


@pytest.fixture
def environment(root: Path, system, interpreter) -> Environment:
    location = root / ".venv"
    subprocess.run([interpreter.path, "-m", "venv", "--without-pip", location], check=True)
    found = inspect(location, system)
    assert found is not None
    return found


def put(environment: Environment, module: str, text: str) -> None:
    packages = site_packages_of(environment.location)
    assert packages is not None
    (packages / f"{module}.py").write_text(text)


@pytest.mark.parametrize(
    ("torch", "code", "said"),
    [
        (
            "raise ImportError('libcudnn.so.9: cannot open shared object file')",
            "proof-no-import",
            "libcudnn.so.9",
        ),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "proof-cpu-too-old", "SIGILL"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "proof-crash", "SIGSEGV"),
        ("import time; time.sleep(60)", "proof-hang", "within 1 s"),
        ("__version__ = '2.13.0'", "proof-failed", "AttributeError"),
        ("import sys; sys.exit(0)", "proof-failed", "printed no result"),
    ],
)
def test_what_can_go_wrong(torch, code, said, environment, system) -> None:
    put(environment, "torch", torch)
    with pytest.raises(ProofFailed) as caught:
        prove_one(environment, "pytorch", "cpu", system, timeout=1 if code == "proof-hang" else 60)
    assert caught.value.code == code
    assert said in "\n".join([caught.value.message, *caught.value.detail])


@pytest.mark.parametrize(
    ("operation", "values", "said"),
    [
        ("matmul", "[n * 1.5 for n in values]", "computes wrongly on CPU: matrix product is "),
        ("matmul", "[float('nan'), *values[1:]]", "matrix product is nan"),
        ("conv2d", "values[1:]", "convolution is 799, right is 800"),
        ("grad", "[n + 1 for n in values]", "gradient of a convolution is "),
        ("cross_entropy", "[0.0 for n in values]", "loss is 0, right is "),
    ],
)
def test_wrong_numbers(operation, values, said, environment, system) -> None:
    """Frameworks that import and train and yet compute wrongly."""
    titles = {"matmul": "matrix product", "conv2d": "convolution", "grad": "gradient of a convolution"}
    wrong = (
        f"\ndef tolist(self, right=Answer.tolist):\n    values = right(self)\n"
        f"    return {values} if self.operation == {titles.get(operation, 'loss')!r} else values\n"
        "Answer.tolist = tolist\n"
    )
    put(environment, "torch", TORCH + wrong)
    with pytest.raises(ProofFailed) as caught:
        prove_one(environment, "pytorch", "cpu", system)
    assert caught.value.code == "proof-wrong-result"
    assert said in caught.value.message
    assert "(float32) against the exact values: " in caught.value.detail[0]
    assert caught.value.hint.startswith("the processor's own values are wrong")


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
def test_right_numbers(framework, environment, system) -> None:
    for module, text in (("torch", TORCH), ("keras", KERAS), ("tensorflow", TENSORFLOW)):
        put(environment, module, text)
    proof = prove_one(environment, framework, "cpu", system)
    (device,) = proof.devices
    assert (device.name, device.memory) == ("CPU", None)
    assert [(one.operation, one.against, one.difference) for one in device.comparisons] == [
        ("matrix product", "float64", 0),
        ("convolution", "float64", 0),
        ("gradient of a convolution", "float64", 0),
        ("loss", "float64", 0),
    ]


def test_a_framework_that_is_not_there(environment, system) -> None:
    with pytest.raises(ProofFailed) as caught:
        prove_one(environment, "keras", "cpu", system)
    assert caught.value.code == "proof-no-import"
    assert caught.value.detail[-1] == "ModuleNotFoundError: No module named 'keras'"


def test_an_interpreter_that_is_gone(environment, system) -> None:
    environment.python.unlink()
    with pytest.raises(ProofFailed) as caught:
        prove_one(environment, "pytorch", "cpu", system)
    assert caught.value.code == "proof-no-interpreter"


def test_the_last_json_line_is_the_answer() -> None:
    assert parse_answer('{"a": 1}\n{broken\nbye\n') == {"a": 1}
    assert parse_answer("") is None


#: Waits for its neighbour: an import that comes after the other one's end never ends well.
MEETS = """
import pathlib, sys, time
here = pathlib.Path(sys.prefix)
(here / "{own}").touch()
for _ in range(600):
    if (here / "{other}").exists():
        break
    time.sleep(0.1)
raise ImportError("met " + str((here / "{other}").exists()))
"""


def test_all_frameworks_are_tried_at_the_same_time(environment, system) -> None:
    put(environment, "torch", MEETS.format(own="torch", other="keras"))
    put(environment, "keras", MEETS.format(own="keras", other="torch"))
    with pytest.raises(ProofFailed) as caught:
        prove_all(environment, {"pytorch": "cpu", "keras": "cpu"}, system)
    assert caught.value.code == "proof-no-import"
    assert caught.value.message.startswith("PyTorch does not run")
    *evidence, also = caught.value.detail
    assert evidence[-1] == "ImportError: met True"
    assert also.startswith("also: Keras does not run")


HANGS = """
import os, pathlib, sys, time
place = pathlib.Path(sys.prefix, __name__ + ".pid")
place.with_suffix(".new").write_text(str(os.getpid()))
place.with_suffix(".new").replace(place)
time.sleep(600)
"""


@pytest.mark.skipif(os.name != "posix", reason="a signal to one thread")
def test_ctrl_c_ends_every_trial(environment, system) -> None:
    notes = [environment.location / f"{module}.pid" for module in ("torch", "keras")]
    for module in ("torch", "keras"):
        put(environment, module, HANGS)

    def press_ctrl_c() -> None:
        while not all(note.exists() for note in notes):
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=press_ctrl_c, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        prove_all(environment, {"pytorch": "cpu", "keras": "cpu"}, system)
    for note in notes:
        while is_alive(int(note.read_text())):  # a failure is a test that never ends
            time.sleep(0.01)


def is_alive(number: int) -> bool:
    """Not one that has ended and that nobody has asked how: a container's first process may never do that."""
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
    )
    return said.stdout.strip()[:1] not in ("", "Z")
