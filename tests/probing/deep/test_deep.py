"""Packages that are started in processes of their own: how far they come, and how they die."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.machine.model import Machine
from scaffold.probing.deep.model import DeepFacts, DeviceRun, Run
from scaffold.probing.deep.probe import probe, run_of
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.system import Completed, HostSystem
from tests.hosts import plain_host

HOST = plain_host(
    os_version="Debian 12",
    kernel="6.1",
    libc="glibc 2.36",
    cpu="Core 2 Quad",
    cpu_count=4,
    memory_total=8 << 30,
    memory_available=4 << 30,
    disk_free=1 << 40,
)
MACHINE = Machine(host=HOST)
PYTHON = Path(sys.executable)

#: A torch that computes, as far as the probe asks.
TORCH = """
__version__ = "9.9.9+cpu"
class version: cuda = hip = None
class cuda:
    is_available = staticmethod(lambda: False)
class backends: pass
class _Sum:
    def item(self): return 1.0
class _Tensor:
    def sum(self): return _Sum()
def ones(shape, device): return _Tensor()
def neg(x): return x
def matmul(x, y): return x
class nn:
    class functional:
        conv2d = staticmethod(lambda x, w: x)
"""


def started(tmp_path: Path, *, limit: float = 60, **modules: str) -> DeepFacts:
    """The packages of an interpreter that has these modules, started."""
    for name, source in modules.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    system = HostSystem()
    system.environment = {**system.environment, "PYTHONPATH": str(tmp_path)}
    scene = Scene(system=system, machine=MACHINE, target=Target(folder=tmp_path, python=PYTHON))
    distributions = tuple(Package(name=name) for name in modules)
    return probe(scene, PackageFacts(packages=distributions), limit=limit)


def outcome(run: Run | None) -> tuple[str, str, str, str]:
    assert run is not None
    return run.outcome, run.stage, run.signal, run.error


def test_a_framework_that_computes(tmp_path: Path) -> None:
    run = started(tmp_path, torch=TORCH).of("torch")
    assert run is not None
    assert run == Run(
        subject="torch",
        outcome="ended",
        stage="end",
        status=0,
        version="9.9.9+cpu",
        file=str(tmp_path / "torch.py"),
        devices=(DeviceRun(name="CPU", place="cpu", step="convolution"),),
        libraries=run.libraries,
        seconds=run.seconds,
    )


def test_a_device_that_cannot_compute(tmp_path: Path) -> None:
    broken = TORCH.replace(
        "def matmul(x, y): return x", "def matmul(x, y): raise RuntimeError('no such kernel')"
    )
    run = started(tmp_path, torch=broken).of("torch")
    assert run is not None
    assert (run.outcome, run.devices) == (
        "ended",
        (DeviceRun(name="CPU", place="cpu", step="kernel", problem="RuntimeError: no such kernel"),),
    )


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["SIGILL", "SIGSEGV", "SIGABRT", "SIGKILL"])
def test_signals(name: str, tmp_path: Path) -> None:
    source = f"import os, signal; os.kill(os.getpid(), signal.{name})"
    run = started(tmp_path, tensorflow=source).of("tensorflow")
    assert run is not None
    assert (run.outcome, run.stage, run.signal) == ("crashed", "import", name)


def test_a_hang_is_ended(tmp_path: Path) -> None:
    run = started(tmp_path, limit=1, torch="import time; time.sleep(600)").of("torch")
    assert outcome(run) == ("hung", "import", "", "it did not end within 1 s")


def test_an_import_that_fails(tmp_path: Path) -> None:
    run = started(tmp_path, jax="raise ImportError('libthing.so.9: cannot open')").of("jax")
    assert outcome(run) == ("failed", "import", "", "ImportError: libthing.so.9: cannot open")


def test_each_is_started_by_itself(tmp_path: Path) -> None:
    found = started(tmp_path, tensorflow="import os; os.abort()", torch=TORCH, triton="__version__ = '3'")
    assert [(one.subject, one.outcome) for one in found.runs] == [
        ("torch", "ended"),
        ("tensorflow", "crashed"),
        ("triton", "ended"),
    ]


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    scene = Scene(
        system=HostSystem(), machine=MACHINE, target=Target(folder=tmp_path, python=tmp_path / "bin/python")
    )
    found = probe(scene, PackageFacts(packages=(Package(name="torch"),)), limit=5)
    assert [one.outcome for one in found.runs] == ["not-started"]


def test_a_windows_exception_has_its_number() -> None:
    done = Completed(argv=(), outcome="exited", status=0xC000001D, stdout='{"stage": "import"}\n')
    run = run_of("tensorflow", done, 60)
    assert (run.outcome, run.signal) == ("crashed", "0xC000001D")


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="needs a C compiler")
def test_cuinit_is_asked_through_libcuda(tmp_path: Path) -> None:
    source = tmp_path / "cuda.c"
    source.write_text(
        "int cuInit(unsigned f) { return 999; }\n"
        'int cuGetErrorName(int e, const char **s) { *s = "CUDA_ERROR_UNKNOWN"; return 0; }\n'
        "int cuDriverGetVersion(int *v) { *v = 12040; return 0; }\n"
    )
    library = tmp_path / "libcuda.so.1"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    system = HostSystem()
    system.environment = {**system.environment, "LD_LIBRARY_PATH": str(tmp_path)}
    scene = Scene(system=system, machine=MACHINE, target=Target(folder=tmp_path, python=PYTHON))
    cuda = probe(scene, None).cuda
    assert cuda is not None
    assert (cuda.status, cuda.name, cuda.version, cuda.library) == (
        999,
        "CUDA_ERROR_UNKNOWN",
        12040,
        str(library),
    )


# What doctor makes of it.


def said(*runs: Run) -> list[tuple[str, str, str]]:
    facts = Facts(machine=MACHINE, deep=DeepFacts(limit=180, runs=runs))
    return [(one.level, one.id, one.title) for one in examine(facts) if one.id.startswith(("run.", "cpu."))]


def test_findings() -> None:
    ended = Run(subject="torch", outcome="ended", version="2.13.0", stage="end", status=0)
    computed = replace(ended, devices=(DeviceRun(name="CPU", place="cpu", step="convolution"),))
    stuck = replace(ended, devices=(DeviceRun(name="L4", place="cuda:0", problem="RuntimeError: odd"),))
    died = Run(subject="tensorflow", outcome="crashed", stage="import", status=-4, signal="SIGILL")
    assert said(computed) == [("ok", "run.device", "torch 2.13.0 computed on CPU (cpu)")]
    assert said(stuck) == [("error", "run.device", "torch 2.13.0 finds L4 (cuda:0) and cannot compute on it")]
    assert said(replace(ended, subject="triton")) == [("ok", "run.import", "triton 2.13.0 can be imported")]
    assert said(died) == [
        ("error", "cpu.isa", "tensorflow was ended by SIGILL: it needs more than Core 2 Quad can"),
    ]
    assert said(replace(died, signal="SIGSEGV")) == [
        ("error", "run.crashed", "tensorflow crashed (SIGSEGV) at import"),
    ]
    assert said(replace(died, signal="SIGKILL")) == [
        ("error", "run.killed", "The system ended tensorflow: out of memory")
    ]
    assert said(replace(died, outcome="hung", signal="")) == [
        ("error", "run.hung", "tensorflow stood at import for 180 s")
    ]
    assert said(replace(died, outcome="failed", signal="", error="ValueError: x")) == [
        ("error", "run.import-failed", "tensorflow does not run: ValueError: x"),
    ]
