"""A project and frameworks that take no room: `scaffold env create` from end to end in seconds."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from scaffold.builds.model import Framework
from scaffold.projects.model import ProjectName, Record
from scaffold.projects.record import RECORD, record_content
from tests.environments.conftest import TINY_BACKEND, make_wheel

#: Answers whatever it is asked with itself; a loss that falls.
ANYTHING = """
class Anything:
    cuda = hip = None
    def __call__(self, *args, **kwargs): return self
    def __getattr__(self, name): return self
    def __enter__(self): return self
    def __exit__(self, *args): return None
    def item(self, losses=[1.0, 2.0]): return losses.pop()
    def get(self, name): return None
class Answer(Anything):
    # what the proof finds right
    def __init__(self, operation): self.operation = operation
    def tolist(self):
        import values
        return list(values.expected()[self.operation])
"""
TORCH = (
    ANYTHING
    + """
import sys
sys.modules[__name__] = it = Anything()
it.__version__ = '2.13.0+cpu'
it.tensor = it.conv2d = lambda *given: Conv("convolution")
it.matmul = lambda *given: Answer("matrix product")
it.grad = lambda *given: [Answer("gradient of a convolution")]
it.cross_entropy = lambda *given, reduction="mean": it if reduction == "mean" else Answer("loss")
class Conv(Answer):
    def detach(self): return self
    def __mul__(self, other): return it
    def to(self, place): return self
"""
)
KERAS = (
    ANYTHING
    + """
import sys
class Keras(Anything):
    def train_on_batch(self, *args): return 2.0
    def test_on_batch(self, *args): return 1.0
    def backend(self): return "tensorflow"
sys.modules[__name__] = it = Keras()
it.backend, it.__version__ = Anything(), "3.14.0"
it.backend.backend = lambda: "tensorflow"
it.matmul = lambda *given: Answer("matrix product")
it.conv = lambda *given, **more: Answer("convolution")
it.transpose = lambda value, axes: value if axes != (3, 2, 0, 1) else Answer("gradient of a convolution")
it.sparse_categorical_crossentropy = lambda *given, **more: Answer("loss")
it.convert_to_numpy = lambda value: value
Anything.__mul__ = lambda self, other: it
"""
)
TENSORFLOW = ANYTHING + "import sys\nsys.modules[__name__] = it = Anything()\nit.__version__ = '2.21.0'\n"
#: Installs itself for ever, and leaves a note where it does.
SLEEPY_BACKEND = """
import pathlib, time

def build_editable(folder, config_settings=None, metadata_directory=None):
    pathlib.Path("building").touch()
    time.sleep(600)
"""

PYPROJECT = """\
[build-system]
requires = ["{backend}"]
build-backend = "{module}"
[project]
name = "thing"
version = "0.1"
description = "a thing"
dependencies = ["alpha"]
"""

#: The Python that these tests run with, outside of any environment.
PYTHON = str(getattr(sys, "_base_executable", sys.executable))
MINOR = ".".join(platform.python_version_tuple()[:2])


def make_wheels(folder: Path) -> Path:
    """Everything that `make_project`'s projects need."""
    folder.mkdir()
    make_wheel(folder, "alpha", "1.0", {"alpha.py": "version = 1\n"})
    make_wheel(folder, "tiny-backend", "1.0", {"tiny_backend.py": TINY_BACKEND})
    make_wheel(folder, "sleepy-backend", "1.0", {"sleepy_backend.py": SLEEPY_BACKEND})
    make_wheel(folder, "torch", "2.13.0+cpu", {"torch.py": TORCH})
    make_wheel(folder, "keras", "3.14.0", {"keras.py": KERAS})
    for name in ("tensorflow", "tensorflow-cpu"):
        make_wheel(folder, name, "2.21.0", {"tensorflow.py": TENSORFLOW}, requires=["keras"])
    return folder


def make_broken_torch(folder: Path) -> Path:
    """The same with a newer PyTorch that does not import."""
    make_wheels(folder)
    make_wheel(folder, "torch", "2.13.1+cpu", {"torch.py": "raise ImportError('libgomp.so.1 is missing')\n"})
    return folder


def make_project(root: Path, *frameworks: Framework, backend: str = "tiny-backend") -> Path:
    """A project as `scaffold new` leaves it, of a template that is not installed any more."""
    root.mkdir(exist_ok=True)
    set_backend(root, backend)
    record = Record(
        template="gone",
        template_version="1",
        provider="tests",
        scaffold_version="0",
        name=ProjectName(distribution="thing", package="thing", title="Thing"),
        frameworks=frameworks,
    )
    (root / RECORD).parent.mkdir()
    (root / RECORD).write_bytes(record_content(record))
    return root


def set_backend(root: Path, backend: str) -> None:
    """Change what the project is built with."""
    text = PYPROJECT.format(backend=backend, module=backend.replace("-", "_"))
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
