"""Tiny wheels in a folder, and plans that are made of nothing else: no network, seconds for an environment."""

from __future__ import annotations

import base64
import hashlib
import platform
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from scaffold.builds.model import BuildPlan
from scaffold.environments.layout import Place
from scaffold.environments.model import EnvironmentPlan
from scaffold.environments.plan import plan_environment
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.settings import DEFAULT_INDEX
from scaffold.system import HostSystem

#: A build backend in twenty lines (PEP 517, PEP 660): editable wheels of one module folder.
TINY_BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    files = {
        "thing.pth": str(pathlib.Path.cwd()),
        "thing-0.1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: thing\\nVersion: 0.1\\n",
        "thing-0.1.dist-info/WHEEL":
            "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = "".join(name + ",,\\n" for name in files) + "thing-0.1.dist-info/RECORD,,\\n"
    name = "thing-0.1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as archive:
        for path, text in {**files, "thing-0.1.dist-info/RECORD": record}.items():
            archive.writestr(path, text)
    return name

build_wheel = build_editable
"""

PlanFactory = Callable[..., EnvironmentPlan]


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, str],
    *,
    requires: Sequence[str] = (),
    tag: str = "py3-none-any",
) -> Path:
    """A wheel as PEP 427 wants it."""
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Requires-Dist: {one}" for one in requires]
    everything = {
        **files,
        f"{stem}.dist-info/METADATA": "\n".join(metadata) + "\n",
        f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    target = folder / f"{stem}-{tag}.whl"
    record = ""
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in everything.items():
            data = text.encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(data)}\n"
            archive.writestr(path, data)
        archive.writestr(f"{stem}.dist-info/RECORD", record + f"{stem}.dist-info/RECORD,,\n")
    return target


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels of alpha 1.0 and 2.0, beta 1.0 (needs alpha), many 1.0 (400 files), stone 1.0 (another platform's), stand-ins for frameworks."""
    folder = tmp_path_factory.mktemp("wheels")
    make_wheel(folder, "alpha", "1.0", {"alpha.py": "version = 1\n"})
    make_wheel(folder, "alpha", "2.0", {"alpha.py": "version = 2\n"})
    make_wheel(folder, "beta", "1.0", {"beta/__init__.py": "import alpha\n"}, requires=["alpha>=1"])
    make_wheel(folder, "many", "1.0", {f"many/part_{n}.py": f"number = {n}\n" * 200 for n in range(400)})
    make_wheel(folder, "tiny-backend", "1.0", {"tiny_backend.py": TINY_BACKEND})
    make_wheel(folder, "stone", "1.0", {"stone.py": ""}, tag="cp34-cp34m-win32")
    for name in ("tensorflow", "tensorflow-cpu"):  # which own the same files
        make_wheel(folder, name, "2.21.0", {"tensorflow.py": ""})
    make_wheel(folder, "torch", "2.13.0+cpu", {"torch.py": "version = '2.13.0+cpu'\n"})
    make_wheel(folder, "torch", "2.15.0", {"torch.py": "version = '2.15.0'\n"})
    return folder


@pytest.fixture
def system(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> HostSystem:
    """This machine, without the user's settings; uv's cache is the test session's."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "uv-cache"))
    return HostSystem()


@pytest.fixture
def interpreter() -> Interpreter:
    """The Python that these tests run with, outside of any environment."""
    return Interpreter(
        path=Path(getattr(sys, "_base_executable", sys.executable)),
        version=platform.python_version(),
        implementation="CPython",
        machine=platform.machine(),
        bits=64,
        origin="tests",
    )


@pytest.fixture
def air_gap(wheelhouse: Path) -> SourceSettings:
    """No index; the folder of tiny wheels."""
    return SourceSettings(
        index=DEFAULT_INDEX,
        find_links=(Setting(value=str(wheelhouse), origin="tests"),),
        no_index=Setting(value="1", origin="tests"),
    )


@pytest.fixture
def plan_for(system: HostSystem, interpreter: Interpreter, air_gap: SourceSettings) -> PlanFactory:
    """``plan_for(root, "alpha", ...)``: a plan made from the tiny wheels."""

    def make(
        root: Path, *requirements: str, builds: tuple[BuildPlan, ...] = (), backend: str = "auto"
    ) -> EnvironmentPlan:
        root.mkdir(parents=True, exist_ok=True)
        return plan_environment(
            system,
            place=Place(root),
            interpreter=interpreter,
            builds=builds,
            requirements=requirements,
            settings=air_gap,
            backend=backend,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def torch_build(wheelhouse: Path) -> BuildPlan:
    """A stand-in for a CPU build of torch in a find-links folder."""
    return BuildPlan(
        framework="pytorch",
        package="torch",
        version="2.13.0",
        variant="cpu",
        requirement="torch==2.13.0+cpu",
        device="cpu",
        source=str(wheelhouse),
        source_kind="find-links",
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project folder; ``tmp_path`` itself holds the home folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder
