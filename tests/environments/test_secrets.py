"""A password in the index's address: it works, and stands nowhere afterwards but where only its owner reads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.builds.model import BuildPlan
from scaffold.environments.create import create as create_environment
from scaffold.environments.layout import Place
from scaffold.environments.locking.download import fill
from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.plan import plan_environment
from scaffold.sources.model import Setting, SourceSettings
from scaffold.system import Completed, HostSystem

from .flaky_index import FlakyIndex, flaky_index, status
from .standins import PYTHON, make_project, make_wheels

PASSWORD = "correct-horse-battery"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[FlakyIndex]:
    """Frameworks that take no room, in an ordinary index; PyTorch's mirror has its build."""
    with flaky_index(make_wheels(tmp_path / "wheels")) as served:
        ordinary = served.answer
        served.answer = lambda path: ordinary(path.replace("/whl/cpu/", "/simple/"))  # type: ignore[method-assign]
        yield served


def holders(*folders: Path) -> dict[str, int]:
    """Every file that holds the password, by its place, with its permissions."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and PASSWORD.encode() in path.read_bytes()
    }


def test_a_password_is_neither_printed_nor_kept(index, home: Path, tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    secret = index.url.replace("//", f"//ada:{PASSWORD}@")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))},
        "UV_DEFAULT_INDEX": f"{secret}/simple",
        "SCAFFOLD_PYTORCH_INDEX": f"{secret}/whl",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_HTTP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }

    def create(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "scaffold", "env", "create", "--python", PYTHON, "--yes", *arguments]
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    for arguments in (("--dry-run",), ("--dry-run", "--json"), ("--json",)):
        code, output = create(*arguments)
        assert (code, PASSWORD in output) == (0, False), output
    # pip needs it to upgrade what came from a mirror that wants it; nobody else may read it.
    assert holders(root, home) == {".venv/pip.conf": 0o600}
    for fault in (status(401), status(403)):
        index.spoil("/(simple|whl)/", fault)
        code, output = create()
        assert (code, PASSWORD in output) == (1, False), output
    assert holders(root, home) == {".venv/pip.conf": 0o600}


class Recording(HostSystem):
    """This machine; knows every command line afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, ...]] = []

    def run(self, argv, **options) -> Completed:  # type: ignore[no-untyped-def,override]
        self.calls.append(tuple(map(str, argv)))
        return super().run(argv, **options)


@pytest.mark.parametrize("kind", ["pytorch", "find-links"])
@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_no_command_line_holds_a_password(
    backend, kind, index, home: Path, interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody on a shared machine reads them; PyTorch's build comes from where it takes one to get in."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    secret = index.url.replace("//", f"//ada:{PASSWORD}@")
    torch = BuildPlan(
        framework="pytorch",
        package="torch",
        version="2.13.0",
        variant="cpu",
        requirement="torch==2.13.0+cpu",
        device="cpu",
        source=f"{secret}/whl/cpu" if kind == "pytorch" else f"{secret}/flat/",
        source_kind=kind,
    )
    system, place = Recording(), Place(tmp_path / "project")
    place.root.mkdir()
    plan = plan_environment(
        system,
        place=place,
        interpreter=interpreter,
        builds=(torch,),
        requirements=("alpha",),
        settings=SourceSettings(index=Setting(value=f"{secret}/simple", origin="tests")),
        backend=backend,
    )
    made = create_environment(plan, system, lambda progress: None)
    assert made.packages["torch"] == "2.13.0+cpu"
    wheels = tmp_path / "wheelhouse"
    fill(plan, wheels, (LockedPackage(name="torch", version="2.13.0+cpu"),), system, lambda progress: None)
    assert [one.name for one in wheels.glob("*.whl")] == ["torch-2.13.0+cpu-py3-none-any.whl"]
    assert len(system.calls) > 3
    assert [call for call in system.calls if PASSWORD in " ".join(call)] == []
