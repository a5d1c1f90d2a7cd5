from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scaffold.system import HostSystem

TEMPLATE = """\
title = "Tiny"
description = "nearly nothing"
version = "{version}"

[[layer]]
folder = "common"
"""

WHO = {
    "GIT_AUTHOR_NAME": "ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Path, *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env={**os.environ, **WHO},
        capture_output=True,
        text=True,
        check=False,
        input=given,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def lay_template(folder: Path, version: str = "1.0.0") -> None:
    """Two files of a template, and one of the project that it makes."""
    (folder / "common").mkdir(parents=True, exist_ok=True)
    (folder / "template.toml").write_text(TEMPLATE.format(version=version), encoding="utf-8")
    (folder / "common" / "notes.txt").write_bytes(f"of {version}\n".encode())


def commit(folder: Path, message: str, tag: str = "") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    if tag:
        git(folder, "tag", "-a", "-m", message, tag)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work tree with the template ``tiny`` in three versions, one of them a preview; the last has no tag."""
    folder = tmp_path_factory.mktemp("git") / "templates"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for version in ("1.9.0", "1.10.0", "2.0.0rc1"):
        lay_template(folder / "tiny", version)
        commit(folder, version, tag=f"v{version}")
    lay_template(folder / "tiny", "3.0.0.dev0")
    commit(folder, "goes on")
    git(folder, "clone", "--quiet", "--bare", ".", "../templates.git")
    git(folder, "bundle", "create", "--quiet", "../templates.bundle", "--all")
    return folder


@pytest.fixture
def system() -> HostSystem:
    return HostSystem()
