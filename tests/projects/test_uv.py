"""uv itself reads the generated metadata and comes to the build that was chosen, from indexes that are made here."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scaffold.projects.names import project_name
from scaffold.projects.render import render
from scaffold.projects.write import write_project
from scaffold.toml import loads

from .conftest import torch_build

uv = pytest.importorskip("uv")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def wheel(folder: Path, name: str, version: str) -> None:
    """The smallest thing that an index can serve."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        info = f"{name}-{version}.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def index(root: Path, **projects: tuple[str, ...]) -> None:
    """A simple index (PEP 503) as files."""
    for name, versions in projects.items():
        for version in versions:
            wheel(root / name, name.replace("-", "_"), version)
        links = (
            f'<a href="{file.name.replace("+", "%2B")}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}">{file.name}</a>'
            for file in sorted((root / name).glob("*.whl"))
        )
        (root / name / "index.html").write_text("\n".join(links))


@pytest.fixture
def server(tmp_path):
    root = tmp_path / "server"
    index(root / "pypi", torch=("2.15.0", "2.14.1"), alpha=("1.0",), beta=("1.0",), pytest=("9.0",))
    index(root / "pypi", **{"flit-core": ("3.12.0",)})
    index(root / "cu126", torch=("2.14.1+cu126",))
    index(root / "cpu", torch=("2.14.1+cpu",))
    wheel(tmp_path / "wheels", "torch", "2.13.0+cpu")
    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=root))
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def call(folder: Path, server: str, *arguments: str, **more: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
    environment = {
        **kept,
        "UV_CACHE_DIR": str(folder.parent / "cache"),
        "UV_DEFAULT_INDEX": f"{server}/pypi",
        "UV_INDEX": f"pytorch-cu126={server}/cu126 pytorch-cpu={server}/cpu",
        "UV_NO_PROGRESS": "1",
        **more,
    }
    done = subprocess.run(
        [uv.find_uv_bin(), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def chosen(folder: Path, server: str, *arguments: str, **more: str) -> str:
    """The build of torch that a bare `uv sync` would install."""
    text = call(folder, server, "export", "-q", "--no-hashes", "--no-emit-project", *arguments, **more)
    lines = [line.partition(";")[0].strip() for line in text.splitlines()]
    return " ".join(line for line in lines if line.startswith("torch=="))


def make(tiny, target: Path, build) -> Path:
    files = render(tiny, project_name("cat-dog"), ("pytorch",), (build,), "3.12", {})
    write_project(target, files)
    return target


def test_the_default_group_brings_this_machines_build_and_another_can_be_chosen(tiny, tmp_path, server):
    project = make(tiny, tmp_path / "cat-dog", torch_build("cu126"))
    assert chosen(project, server) == "torch==2.14.1+cu126"
    assert chosen(project, server, "--no-default-groups", "--group", "cpu") == "torch==2.14.1+cpu"
    locked = loads((project / "uv.lock").read_text())["package"]
    assert {one["source"]["registry"] for one in locked if one["name"] == "pytest"} == {f"{server}/pypi"}


def test_a_build_from_a_folder_of_wheels_never_turns_into_the_indexs_cuda_build(tiny, tmp_path, server):
    project = make(tiny, tmp_path / "cat-dog", torch_build("cpu", "find-links", "2.13.0"))
    index(tmp_path / "server/pypi", torch=("2.13.0",))
    found = chosen(project, server, UV_INDEX="", UV_FIND_LINKS=str(tmp_path / "wheels"))
    assert "torch==2.13.0+cpu" in found
    (project / "uv.lock").unlink()
    with pytest.raises(AssertionError, match=r"torch==2\.13\.0\+cpu"):  # a refusal, not another build
        call(project, server, "lock", UV_INDEX="")


def test_a_build_of_the_index_itself_is_pinned(tiny, tmp_path, server):
    project = make(tiny, tmp_path / "cat-dog", torch_build("cpu", "index"))
    assert chosen(project, server, UV_INDEX="") == "torch==2.14.1"


@pytest.mark.network
def test_the_project_installs_editable(tiny, tmp_path):
    project = make(tiny, tmp_path / "cat dog", torch_build())
    find = [uv.find_uv_bin()]
    subprocess.run([*find, "venv", "-q", ".venv"], cwd=project, check=True)
    subprocess.run([*find, "pip", "install", "-q", "--no-deps", "-e", "."], cwd=project, check=True)
    python = project / (".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python")
    script = "import cat_dog; print(cat_dog.__file__)"
    shown = subprocess.run([python, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(shown.stdout.strip()) == project / "src/cat_dog/__init__.py"
