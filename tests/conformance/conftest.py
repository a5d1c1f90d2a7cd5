"""The peers' own source distributions, fetched once a session by pip. Nothing of theirs is kept here."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest
from filelock import FileLock

PEERS = ("copier", "cookiecutter")


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Mapping[str, Path]:
    """Each peer -> its unpacked source distribution, of the version that is installed here."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "peers"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            wanted = [f"{peer}=={version(peer)}" for peer in PEERS]
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
                       "--no-binary", ",".join(PEERS), "--dest", folder / "archives", *wanted]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            for archive in (folder / "archives").iterdir():
                with tarfile.open(archive) as opened:
                    opened.extractall(folder, filter="data")
    return {peer: next(folder.glob(f"{peer}-*/")) for peer in PEERS}
