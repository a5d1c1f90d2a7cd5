"""Fixtures for every test: an isolated home, so that no test reads or writes the user's own settings."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from scaffold.builds import tables

#: A test never writes into the PyCharm of whoever runs it; those of registration have a home of their own.
os.environ["SCAFFOLD_NO_REGISTER"] = "1"

#: Output is as wide as a test says, and not as the terminal of whoever runs it: its parallel workers know that.
os.environ.pop("COLUMNS", None)
#: pytest imports readline, which sets it for child processes alone: `os.environ` never learns of it.
os.unsetenv("COLUMNS")

#: Nor does one write the key that seals journals beside the user's own; parallel workers share one.
if "scaffold-tests-state-" not in os.environ.get("XDG_STATE_HOME", ""):
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="scaffold-tests-state-")
    atexit.register(shutil.rmtree, os.environ["XDG_STATE_HOME"], ignore_errors=True)

FROZEN = Path(__file__).parent / "builds" / "tables"
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, with every variable that points into the real one redirected."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [n for n in os.environ if n.startswith(("PIP_", "UV_", "XDG_", "VIRTUALENV_", "SCAFFOLD_"))]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture(scope="module")
def frozen_tables() -> Iterator[None]:
    """The tables as of one day, for tests whose answers no new release shall change.

    Once a module, for the sake of speed: nothing of a module that uses it may read tables while it is imported.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_DATA", FROZEN)
        tables.overlay(None)  # what was read before is forgotten
        yield
    tables.overlay(None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; tests that read it skip where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the corpora are not on this machine")
    return SHARED


@dataclass(frozen=True)
class MadeProject:
    """A project that the installed command made on this machine, with a real environment."""

    root: Path
    template: str
    output: str  # what `scaffold new` printed

    @property
    def python(self) -> Path:
        return self.root / (".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python")

    def run(self, *command: str | Path, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a program in the project's folder, with one thread for numerics."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=one_thread(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def scaffold(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "scaffold", *arguments, timeout=timeout)


def one_thread() -> dict[str, str]:
    """More threads than cores make small networks many times slower, above all with parallel tests."""
    repository = str(Path(__file__).resolve().parents[1])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
    return {**os.environ, **threads, "PYTHONPATH": repository}


@pytest.fixture(scope="session")
def made_project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> MadeProject:
    """`scaffold new cnn-project` for real, once a session for all workers; a parameter names another template.

    Skips where no build of the frameworks can be had without gigabytes of CUDA.
    """
    template: str = getattr(request, "param", "cnn")
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / f"made-{template}"
    with FileLock(f"{folder}.lock"):
        log = folder / "output.txt"
        if not log.exists():
            folder.mkdir(exist_ok=True)
            made = subprocess.run(
                [sys.executable, "-m", "scaffold", "new", f"{template}-project", "-t", template, "--yes"],
                cwd=folder,
                env=one_thread(),
                capture_output=True,
                text=True,
                timeout=1800,
                check=False,
            )
            log.write_text(f"{made.returncode}\n{made.stdout}{made.stderr}", encoding="utf-8")
        status, output = log.read_text(encoding="utf-8").split("\n", 1)
    if any(
        code in output for code in ("error[consent-needed]", "error[no-build]", "error[source-unreachable]")
    ):
        pytest.skip("this machine cannot have both frameworks without gigabytes of CUDA")
    assert status == "0", output
    return MadeProject(root=folder / f"{template}-project", template=template, output=output)
