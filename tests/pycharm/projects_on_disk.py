"""A project on disk with a real environment, and a host whose variables are known."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path, PurePosixPath

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.pycharm.project.write import write_idea
from scaffold.system import HostSystem

RUNS = (
    RunConfiguration(
        name="train (PyTorch)",
        kind="module",
        target="cnn_project.train",
        arguments=("--name", "two words", 'a "quote"', "back\\slash", "it's", ""),
        environment={"COLOUR": "1 & <2>"},
        folder="PyTorch",
        default=True,
    ),
    RunConfiguration(name="prepare data", kind="script", target="src/cnn_project/train.py", terminal=False),
    RunConfiguration(name="tests", kind="pytest", target="tests", arguments=("-k", "not slow")),
)

#: Prints what it was started with.
SCRIPT = """
import json, os, sys
names = ("COLOUR", "PYTHONPATH", "PYCHARM_HOSTED", "VIRTUAL_ENV", "TERM")
print(json.dumps({"arguments": sys.argv[1:], "cwd": os.getcwd(), "name": __name__, "package": __package__,
                  "environment": {name: os.environ.get(name) for name in names}}))
sys.exit(7)
"""


def lay(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")


def make_project(root: Path, runs: tuple[RunConfiguration, ...] = RUNS) -> Path:
    """A generated project's files, less its environment."""
    lay(
        root,
        {
            "pyproject.toml": '[project]\nname = "cnn-project"\n',
            "src/cnn_project/__init__.py": "",
            "src/cnn_project/train.py": SCRIPT,
            "tests/test_one.py": "import cnn_project\n\ndef test_one():\n    pass\n\ndef test_slow():\n    raise SystemExit\n",
        },
    )
    for path, content in run_files(runs, "cnn-project").items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(content)
    write_idea(plan_idea(root, IdeProject(module="cnn-project", runs=runs, python="3.12.1")))
    return root


def add_environment(root: Path) -> Path:
    """A real environment without pip, made in a tenth of a second, that sees this one's pytest."""
    location = root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(location)], check=True)
    packages = location / "Lib/site-packages"
    if sys.platform != "win32":
        (packages,) = location.glob("lib/python3*/site-packages")
    # As a folder of packages, not as a mere path: an editable scaffold, whose pytest plugin is met, is found so.
    seen = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages / "pytest_of_the_tests.pth").write_text(seen)
    return location / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


class Host(HostSystem):
    """This machine, with other environment variables."""

    def __init__(self, **environment: str) -> None:
        super().__init__()
        self.environment = environment


def text_of(tree: dict[PurePosixPath, bytes], path: str) -> str:
    return tree[PurePosixPath(path)].decode()
