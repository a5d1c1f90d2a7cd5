"""A package index, PyTorch's index and a mirror's login, all on this machine, and projects that ask them."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scaffold.builds.model import BuildPlan
from scaffold.projects.model import ProjectName, Record
from scaffold.projects.record import RECORD, record_content
from scaffold.system import HostSystem
from tests.environments.conftest import make_wheel
from tests.environments.standins import MINOR, TORCH

pytest.importorskip("uv")

LOGIN = "me:s3cret"

#: flit as far as a project needs it: reads name and dependencies where `scaffold new` writes them.
FLIT = r"""
import pathlib, re, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None, editable=True):
    text = pathlib.Path("pyproject.toml").read_text()
    name = re.search(r'^name = "(.+)"', text, re.M)[1]
    listed = re.search(r"^dependencies = \[(.*?)\n\]", text, re.M | re.S)[1]
    needs = "".join(f"Requires-Dist: {one}\n" for one in re.findall(r'"(.+)"', listed))
    plain = name.replace("-", "_")
    info = f"{plain}-0.1.0.dist-info"
    files = {
        f"{plain}.pth": str(pathlib.Path.cwd() / "src") + "\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    wheel = f"{plain}-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]))
    return wheel

build_wheel = build_editable
"""

#: What the CUDA build brings on Linux only, as PyTorch's wheels say it.
NVIDIA_12 = "nvidia-cudnn-cu12==9.10; sys_platform == 'linux'"
NVIDIA_13 = "nvidia-cudnn-cu13==9.26; sys_platform == 'linux'"


class _Handler(SimpleHTTPRequestHandler):
    """Files; those below ``private`` for who logs in. Keeps a list of what was asked for."""

    asked: list[str]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.asked.append(self.path)
        login = "Basic " + base64.b64encode(LOGIN.encode()).decode()
        if self.path.startswith("/private/") and self.headers.get("Authorization") != login:
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_GET()


@dataclass
class Stand:
    """The stand-in indexes: ``pypi``, and below ``whl`` one a variant."""

    root: Path
    server: ThreadingHTTPServer
    asked: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def pypi(self) -> str:
        return f"http://{self.host}/pypi"

    @property
    def pytorch(self) -> str:
        return f"http://{self.host}/whl"

    def offer(self, index: str, name: str, versions: Mapping[str, Sequence[str]], text: str = "") -> None:
        """Put a project into an index: version -> what it requires."""
        folder = self.root / index / name
        folder.mkdir(parents=True, exist_ok=True)
        for version, requires in versions.items():
            module = f"{name.replace('-', '_')}.py"
            code = (text or "version = 'VERSION'\n").replace("VERSION", version)
            files = (
                {"flit_core/buildapi.py": code, "flit_core/__init__.py": ""} if name == "flit-core" else {}
            )
            make_wheel(folder, name, version, files or {module: code}, requires=requires)
        page = "\n".join(
            f'<a href="{file.name.replace("+", "%2B")}#sha256={sha256(file)}">{file.name}</a>'
            for file in sorted(folder.glob("*.whl"))
        )
        (folder / "index.html").write_text(page, encoding="utf-8")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    root = tmp_path_factory.mktemp("indexes")
    handler = type("Handler", (_Handler,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(root)))
    made = Stand(root, server, handler.asked)
    torch = TORCH.replace("2.13.0+cpu", "VERSION")
    pypi = {"2.14.1": ["alpha", NVIDIA_13], "2.15.0": ["alpha", NVIDIA_13]}
    made.offer("pypi", "torch", pypi, torch)
    made.offer("whl/cu126", "torch", {"2.14.1+cu126": ["alpha", NVIDIA_12]}, torch)
    made.offer("whl/cpu", "torch", {"2.14.1+cpu": ["alpha"]}, torch)
    for name, versions in {
        "alpha": ("1.0", "1.1"), "beta": ("1.0",), "pytest": ("9.0",), "winonly": ("1.0",),
        "nvidia-cudnn-cu12": ("9.10",), "nvidia-cudnn-cu13": ("9.26",),
    }.items():  # fmt: skip
        made.offer("pypi", name, dict.fromkeys(versions, ()))
    for name in ("lightning", "accelerate"):
        made.offer("pypi", name, {"1.0": ["torch>=2.1"], "1.1": ["torch>=2.1"]})
    made.offer("pypi", "flit-core", {"3.12": ()}, FLIT)
    # PyTorch's own index holds old copies of other projects, too.
    for variant in ("cpu", "cu126"):
        made.offer(f"whl/{variant}", "alpha", {"0.9": ()})
    (root / "private").symlink_to(root, target_is_directory=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def system(
    home: Path, stand: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> HostSystem:
    """This machine with the stand-in indexes as the user's own."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "uv-cache-locking"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", stand.pypi)
    monkeypatch.setenv("SCAFFOLD_PYTORCH_INDEX", stand.pytorch)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return HostSystem()


PYPROJECT = f"""\
[build-system]
requires = ["flit_core>=3.11,<5"]
build-backend = "flit_core.buildapi"

[project]
name = "cat-dog"
version = "0.1.0"
requires-python = ">={MINOR}"
dependencies = [
    "torch>=2.10",
    "beta",
    "winonly; sys_platform == 'win32'",
]

[dependency-groups]
cu126 = ["torch==2.14.1"]
cpu = ["torch==2.14.1"]
test = ["pytest>=8.3"]
build = ["flit_core>=3.11,<5"]

[tool.uv]
default-groups = ["cu126", "test", "build"]
conflicts = [[{{ group = "cu126" }}, {{ group = "cpu" }}]]

[tool.uv.sources]
torch = [{{ index = "pytorch-cu126", group = "cu126" }}, {{ index = "pytorch-cpu", group = "cpu" }}]

[[tool.uv.index]]
name = "pytorch-cu126"
url = "https://download.pytorch.org/whl/cu126"
explicit = true

[[tool.uv.index]]
name = "pytorch-cpu"
url = "https://download.pytorch.org/whl/cpu"
explicit = true
"""

Make = Callable[..., Path]


def make_project(root: Path, text: str = PYPROJECT) -> Path:
    """A project as `scaffold new` leaves it, of a template that is gone."""
    (root / "src" / "cat_dog").mkdir(parents=True)
    (root / "src" / "cat_dog" / "__init__.py").touch()
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    record = Record(
        template="gone",
        template_version="1",
        provider="tests",
        scaffold_version="0",
        name=ProjectName(distribution="cat-dog", package="cat_dog", title="Cat Dog"),
        frameworks=("pytorch",),
    )
    (root / RECORD).parent.mkdir()
    (root / RECORD).write_bytes(record_content(record))
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "cat dog")


@pytest.fixture
def edit(root: Path) -> Callable[[str, str], None]:
    """``edit(old, new)``: the user changes pyproject.toml."""

    def change(old: str, new: str) -> None:
        path = root / "pyproject.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def cuda_build(stand: Stand) -> BuildPlan:
    return BuildPlan(
        framework="pytorch",
        package="torch",
        version="2.14.1",
        variant="cu126",
        requirement="torch==2.14.1+cu126",
        device="cpu",
        source=f"{stand.pytorch}/cu126",
        source_kind="pytorch",
    )


#: What `scaffold new` notes where Keras gets the GPU in an environment of its own alone.
APART = {
    "framework": "keras", "requirement": "tensorflow[and-cuda]==2.21.0", "companions": ["keras>=3.14"],
    "constraints": ["nvidia-cudnn-cu12<9.11"], "device": "cuda", "variant": "cuda",
}  # fmt: skip
