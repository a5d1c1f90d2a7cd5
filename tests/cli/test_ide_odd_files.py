"""What is no file, or no end of one, where a file of the IDE should be: told by every command, never read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.files import LARGEST

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes and devices of POSIX")

PIPE, LARGE = "it is a pipe or a device, and no file", "it is larger than 16 MB"


def scaffold(root: Path, *words: str) -> tuple[int, str]:
    """Exit status and everything that was said; a command that waits for ever is killed."""
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", *words],
        cwd=root, env={**os.environ, "HOME": str(root.parent / "home"), "COLUMNS": "200"},
        capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "demo"
    for folder in (".run", ".idea", ".vscode"):
        (root / folder).mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "0"\n')
    return root


@pytest.mark.parametrize("words", [("run",), ("ide", "vscode", "--dry-run"), ("ide", "check")])
def test_run_configurations_that_are_no_files(root: Path, words: tuple[str, ...]) -> None:
    os.mkfifo(root / ".run/pipe.run.xml")
    (root / ".run/zero.run.xml").symlink_to("/dev/zero")
    with (root / ".run/large.run.xml").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    status, said = scaffold(root, *words)
    told = [line.split(":", 1)[1] for line in said.splitlines() if PIPE in line or LARGE in line]
    assert (status, len(told)) == (2 if "check" in words else 0, 3)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (".idea/workspace.xml", ("ide", "pycharm", "--dry-run")),
        (".idea/modules.xml", ("ide", "pycharm")),
        (".vscode/launch.json", ("ide", "vscode")),
        (".vscode/scaffold.json", ("ide", "vscode", "--undo")),
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_file_that_would_be_changed(root: Path, file: str, words: tuple[str, ...], kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(root / file)
    else:
        (root / file).symlink_to("/dev/zero")
    status, said = scaffold(root, *words)
    assert (status, said.splitlines()) == (
        1,
        [
            f"error[ide-file-broken]: {root / file} cannot be read",
            f"  {PIPE}",
            "hint: Move it away, and try again",
        ],
    )


@pytest.mark.parametrize("file", [".idea/workspace.xml", ".idea/modules.xml", "pyproject.toml"])
def test_the_check_names_it(root: Path, file: str) -> None:
    (root / file).unlink(missing_ok=True)
    os.mkfifo(root / file)
    _, said = scaffold(root, "ide", "check")
    assert f"{file}: {PIPE}" in said
