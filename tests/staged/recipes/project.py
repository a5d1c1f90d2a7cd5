"""Projects whose own code or PyCharm files are at fault, laid on the disk as users have them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import pytest

from scaffold.projects.model import ProjectName, Record
from scaffold.projects.record import recorded
from scaffold.projects.snapshot import Entry
from scaffold.projects.write import write_project
from tests.staged import Recipe, Staged
from tests.staged.made import environment

#: Variables that would lead doctor to other environments and settings than the staged ones.
NONE = dict.fromkeys(("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "XDG_CONFIG_HOME", "PYTHONSAFEPATH"))

MISC = (
    '<project version="4"><component name="ProjectRootManager" version="2" '
    'project-jdk-name="{name}" project-jdk-type="Python SDK" /></project>'
)
TABLE = (
    '<application><component name="ProjectJdkTable"><jdk version="2"><name value="{name}" />'
    '<type value="Python SDK" /><homePath value="{home}" /></jdk></component></application>'
)
RUN = (
    '<component name="ProjectRunConfigurationManager"><configuration name="train" '
    'type="PythonConfigurationType" factoryName="Python">{options}</configuration></component>'
)
WORKSPACE = '<project version="4"><component name="RunManager" /></project>'


def _laid(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _environment(folder: Path) -> Path:
    """An environment as ``python -m venv`` makes it; its python."""
    environment(folder / ".venv")
    return folder / ".venv" / "bin" / "python"


def _project(files: Mapping[str, str]) -> Callable[[Path], Staged]:
    def stage(folder: Path) -> Staged:
        project = folder / "project"
        _laid(project, files)
        python = _environment(project)
        return Staged(folder=project, environment={**NONE, "HOME": str(folder / "home")}, python=python)

    return stage


def _pycharm(home: str, *, base: str = ".config/JetBrains/PyCharm2025.2") -> Callable[[Path], Staged]:
    """A project that PyCharm has opened, and PyCharm's own settings. {venv}: the project's environment."""

    def stage(folder: Path) -> Staged:
        if sys.platform != "linux":
            pytest.skip("the settings lie where PyCharm for Linux has them")
        staged = _project({".idea/workspace.xml": WORKSPACE, ".idea/misc.xml": MISC.format(name="mine")})(
            folder
        )
        table = TABLE.format(name="mine", home=home.format(venv=staged.python, folder=folder))
        _laid(folder / "home", {f"{base}/options/jdk.table.xml": table})
        return staged

    return stage


def _other_environment(folder: Path) -> Staged:
    staged = _pycharm("{folder}/other/.venv/bin/python")(folder)
    (folder / "other").mkdir()
    _environment(folder / "other")
    return staged


def _in_flatpak(folder: Path) -> Staged:
    staged = _pycharm(
        "{venv}", base=".var/app/com.jetbrains.PyCharm-Community/config/JetBrains/PyCharmCE2025.1"
    )(folder)
    assert staged.python is not None
    if not Path("/usr/bin/env").exists():
        pytest.skip("there is no /usr/bin")
    system = next((one for one in ("/usr/bin/python3", "/usr/bin/python3.11") if Path(one).exists()), None)
    if system is None:
        pytest.skip("the system has no Python below /usr/bin")
    subprocess.run(
        [system, "-m", "venv", "--clear", "--without-pip", staged.python.parent.parent], check=True
    )
    return staged


def _tracked(*files: str) -> Callable[[Path], Staged]:
    def stage(folder: Path) -> Staged:
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        contents = {one: MISC.format(name=r"Python 3.12 (C:\Users\bob\python.exe)") for one in files}
        staged = _project(contents)(folder)
        for command in (("init", "-q"), ("add", "-f", *files)):
            subprocess.run(["git", *command], cwd=staged.folder, check=True)
        return staged

    return stage


def _updated(files: Mapping[str, str], left: Mapping[str, str]) -> Callable[[Path], Staged]:
    """A project of ours of some files, and what an update left in it."""

    def stage(folder: Path) -> Staged:
        name = ProjectName(distribution="project", package="project", title="Project")
        record = Record(
            template="tiny", template_version="2.0.0", provider="acme", scaffold_version="1", name=name,
            frameworks=(),
        )  # fmt: skip
        whole = recorded(record, {PurePosixPath(one): Entry(text.encode()) for one, text in files.items()})
        write_project(folder / "project", whole)
        return _project(left)(folder)

    return stage


PYPROJECT = '[project]\nname = "project"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
MARKED = "<<<<<<< yours\na = 1\n=======\na = 2\n>>>>>>> template 2.0.0\n"

SPAWN = """import torch.multiprocessing as mp
from torch.utils.data import DataLoader

mp.set_start_method("spawn")
loader = DataLoader(range(8), num_workers=2)
for batch in loader:
    print(batch)
"""
MODULE = 'from src.model import Net\n\nif __name__ == "__main__":\n    Net()\n'
GONE = '<option name="SCRIPT_NAME" value="$PROJECT_DIR$/old/train.py" />'
BY_TILDE = (
    '<option name="SCRIPT_NAME" value="$PROJECT_DIR$/train.py" /><option name="SDK_HOME" '
    'value="~/envs/dl/bin/python" /><option name="IS_MODULE_SDK" value="false" />'
)

#: What a log says -> the finding, its level.
LOGS = {
    "out-of-memory": (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.",
        "train.out-of-memory",
        "error",
    ),
    "labels": ("IndexError: Target 10 is out of bounds.", "train.label-range", "error"),
    "weights-only": (
        "_pickle.UnpicklingError: Weights only load failed. This file can still be loaded",
        "train.weights-only",
        "error",
    ),
}


def _log(text: str) -> Callable[[Path], Staged]:
    def stage(folder: Path) -> Staged:
        staged = _project({"train.py": "print(1)\n", "train.log": f"epoch 1\n{text}\n"})(folder)
        options = ("--from-log", str(staged.folder / "train.log"))
        return Staged(
            folder=staged.folder, options=options, environment=staged.environment, python=staged.python
        )

    return stage


RECIPES = (
    Recipe(
        name="script-called-random",
        check="proj.name-shadow",
        level="error",
        stage=_project({"random.py": "x = 1\n", "main.py": "import random\n\nprint(random.randint(1, 2))\n"}),
    ),
    Recipe(
        name="script-called-torch",
        check="proj.name-shadow",
        level="error",
        stage=_project({"torch.py": "import torch\n\nprint(torch.cuda.is_available())\n"}),
    ),
    Recipe(
        name="no-main-guard",
        check="proj.main-guard",
        level="warning",
        stage=_project({"train.py": SPAWN}),
    ),
    Recipe(
        name="module-started-by-path",
        check="proj.run-as-module",
        level="error",
        stage=_project(
            {"src/main.py": MODULE, "src/model.py": "class Net: ...\n", "run.sh": "python src/main.py\n"}
        ),
    ),
    Recipe(
        name="pycharm-script-moved",
        check="ide.run-config-script",
        level="error",
        stage=_project(
            {".idea/runConfigurations/train.xml": RUN.format(options=GONE), "train.py": "print(1)\n"}
        ),
    ),
    Recipe(
        name="pycharm-path-with-tilde",
        check="ide.interpreter-missing",
        level="error",
        stage=_project(
            {".idea/runConfigurations/t.xml": RUN.format(options=BY_TILDE), "train.py": "print(1)\n"}
        ),
    ),
    Recipe(
        name="pycharm-environment-deleted",
        check="ide.interpreter-missing",
        level="error",
        stage=_pycharm("{folder}/gone/.venv/bin/python"),
    ),
    Recipe(
        name="pycharm-other-environment",
        check="ide.interpreter-mismatch",
        level="warning",
        stage=_other_environment,
    ),
    Recipe(
        name="update-killed-half-way",
        check="proj.update-interrupted",
        level="error",
        stage=_updated({"pyproject.toml": PYPROJECT}, {".scaffold/update/journal.json": "{}"}),
    ),
    Recipe(
        name="pristine-rendering-cut-short",
        check="proj.pristine",
        level="warning",
        stage=_updated({"pyproject.toml": PYPROJECT}, {".scaffold/pristine.tar.gz": "\x1f"}),
    ),
    Recipe(
        name="update-with-conflicts",
        check="proj.update-conflicts",
        level="error",
        stage=_updated({"pyproject.toml": PYPROJECT, "model.py": "a = 2\n"}, {"model.py": MARKED}),
    ),
    Recipe(
        name="update-with-rejected-hunks",
        check="proj.update-conflicts",
        level="warning",
        stage=_updated({"pyproject.toml": PYPROJECT, "model.py": "a = 1\n"}, {"model.py.rej": "-a\n+b\n"}),
    ),
    Recipe(name="pycharm-in-flatpak", check="ide.sandboxed", level="warning", stage=_in_flatpak),
    Recipe(
        name="pycharm-interpreter-of-windows",
        check="ide.foreign-os",
        level="warning",
        stage=_tracked(".idea/misc.xml"),
    ),
    Recipe(
        name="pycharm-workspace-in-git",
        check="ide.vcs-files",
        level="warning",
        stage=_tracked(".idea/workspace.xml"),
    ),
    *(
        Recipe(name=f"log-{name}", check=check, level=level, stage=_log(text))
        for name, (text, check, level) in LOGS.items()
    ),
)
