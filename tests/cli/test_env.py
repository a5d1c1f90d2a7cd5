"""`scaffold env` as a user types it, with stand-ins for the frameworks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaffold.environments.layout import python_of
from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.system import HostSystem
from tests.cli.typed import command, scaffold_env, typed
from tests.environments.conftest import make_wheel
from tests.environments.standins import (
    PYTHON,
    TORCH,
    make_broken_torch,
    make_project,
    set_backend,
)

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", "pytorch")


def create(root: Path, index: Path, *more: object) -> subprocess.CompletedProcess[str]:
    return scaffold_env(root, "create", "--python", PYTHON, "--index", index, *more)


def shown(root: Path) -> dict[str, str]:
    done = scaffold_env(root, "show", "--json")
    assert done.returncode == 0, done.stderr
    packages: dict[str, str] = json.loads(done.stdout)["environment"]["packages"]
    return packages


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def test_create_and_show(root, wheels) -> None:
    done = create(root, wheels)
    assert done.returncode == 0, done.stderr
    assert "PyTorch works" in done.stdout
    assert "Proving PyTorch: one training step" in done.stderr
    assert {"alpha": "1.0", "thing": "0.1", "torch": "2.13.0+cpu"}.items() <= shown(root).items()
    text = scaffold_env(root, "show").stdout
    assert str(root / ".venv") in text
    assert "torch 2.13.0+cpu" in text


def test_as_json(root, wheels) -> None:
    answer = json.loads(create(root, wheels, "--json").stdout)
    assert (answer["schema"], answer["done"]) == ("scaffold/env/1", True)
    assert [one["loss_after"] for one in answer["environments"][0]["proofs"]] == [1.0]


def test_a_dry_run_does_nothing(root, wheels) -> None:
    done = create(root, wheels, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "torch" in done.stdout
    assert names(root) == {"pyproject.toml", ".scaffold"}


def test_none_to_show(root) -> None:
    done = scaffold_env(root, "show")
    assert done.returncode == 1
    assert done.stderr.startswith("error[environment-missing]: ")
    assert "scaffold env create" in done.stderr


def test_what_pip_removed_is_put_right(root, wheels) -> None:
    assert create(root, wheels).returncode == 0
    python = python_of(root / ".venv", HostSystem().platform.os)
    subprocess.run([python, "-m", "pip", "uninstall", "-y", "alpha"], check=True, capture_output=True)
    assert "alpha" not in shown(root)
    assert create(root, wheels).returncode == 0
    assert shown(root)["alpha"] == "1.0"


def test_a_proof_that_fails(root, wheels, tmp_path) -> None:
    broken = make_broken_torch(tmp_path / "broken")
    done = create(root, broken)
    assert done.returncode == 1
    assert done.stderr.count("error[") == 1
    assert "error[proof-no-import]: PyTorch does not run in " in done.stderr
    assert "libgomp.so.1 is missing" in done.stderr
    assert names(root) == {"pyproject.toml", ".scaffold"}
    assert create(root, wheels).returncode == 0
    assert create(root, broken).returncode == 1
    assert shown(root)["torch"] == "2.13.0+cpu"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signal to one process alone")
@pytest.mark.parametrize("replaced", [False, True])
def test_ctrl_c_during_the_installation(replaced, root, wheels) -> None:
    if replaced:
        assert create(root, wheels).returncode == 0
    set_backend(root, "sleepy-backend")
    arguments = command("create", "--python", PYTHON, "--index", wheels)
    child = subprocess.Popen(
        arguments,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (root / "building").exists():
        assert child.poll() is None, child.communicate()
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=60)[1]
    assert child.returncode == 130
    assert "error[interrupted]: stopped while the environment was being made" in said
    assert "hint: go on with: scaffold env create" in said
    if replaced:
        assert f"the environment in {root / '.venv'} is as it was before" in said
        assert shown(root)["tiny-backend"] == "1.0"
    else:
        assert "the project's files are complete; it has no environment" in said
        assert not (root / ".venv").exists()


@pytest.fixture
def costly(wheels: Path, tmp_path: Path) -> Path:
    """A folder whose only PyTorch is PyPI's, which brings CUDA."""
    folder = tmp_path / "costly"
    folder.mkdir()
    for wheel in wheels.glob("*.whl"):
        if not wheel.name.startswith("torch-"):
            (folder / wheel.name).symlink_to(wheel)
    make_wheel(folder, "torch", "2.13.0", {"torch.py": TORCH})
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyPI's PyTorch is a CPU build")
class TestConsent:
    def test_nobody_can_be_asked(self, root, costly) -> None:
        for more in ((), ("--yes",), ("--json",)):
            done = create(root, costly, *more)
            assert done.returncode == 1
            assert "consent-needed" in done.stderr + done.stdout
            assert "--allow-cuda" in done.stderr + done.stdout
        assert names(root) == {"pyproject.toml", ".scaffold"}

    def test_given_beforehand(self, root, costly) -> None:
        done = create(root, costly, "--allow-cuda")
        assert done.returncode == 0, done.stderr
        assert shown(root)["torch"] == "2.13.0"

    @pytest.mark.parametrize(("answer", "status"), [("n", 130), ("y", 0)])
    def test_asked_at_a_terminal(self, answer, status, root, costly) -> None:
        # the terminal keeps it until it is asked for
        answers = f"{answer}\n" * 2
        ended, said = typed(root, answers, "create", "--python", PYTHON, "--index", costly)
        assert ended == status, said
        assert "Download it all the same?" in said
        assert (root / ".venv").exists() == (answer == "y")


def test_what_was_installed_besides_is_named_before_it_goes(root, wheels, tmp_path) -> None:
    assert create(root, wheels).returncode == 0
    make_wheel(tmp_path, "souvenir", "1.0", {"souvenir.py": ""})
    python = python_of(root / ".venv", HostSystem().platform.os)
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--find-links", tmp_path, "souvenir"]
    subprocess.run(install, check=True, cwd=tmp_path)
    plan = create(root, wheels, "--dry-run")
    assert "not asked for by the project, and gone if the environment is made anew: souvenir" in plan.stdout


def test_run_says_what_the_project_asks_for_and_has_not(root, wheels) -> None:
    assert create(root, wheels).returncode == 0
    (root / ".run").mkdir()
    document = run_files([RunConfiguration(name="hello", kind="script", target="hello.py")], "thing")
    for path, content in document.items():
        (root / path).write_bytes(content)
    (root / "hello.py").write_text("print('hello')\n")
    text = (root / "pyproject.toml").read_text()
    (root / "pyproject.toml").write_text(text.replace('["alpha"]', '["alpha", "einops>=0.8"]'))
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "run", "hello"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "hello\n")
    assert done.stderr == (
        "warning: the project asks for einops>=0.8 (not installed): scaffold env check says what cures it\n"
    )
