"""How much there is to index, counted within a bounded time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from scaffold.pycharm.survey.model import Folder, IdeFacts, IdeModule

#: Folders that hold what programs read and write, and nobody searches. Hidden ones PyCharm indexes as well.
KNOWN = frozenset(
    (
        ".cache",
        ".envs",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".venv",
        "checkpoints",
        "data",
        "dataset",
        "datasets",
        "htmlcov",
        "lightning_logs",
        "logs",
        "mlruns",
        "node_modules",
        "output",
        "outputs",
        "runs",
        "venv",
        "wandb",
        "weights",
    )
)

#: What the IDE and git look after themselves.
_NEVER = frozenset((".git", ".hg", ".idea", ".run", ".svn", "__pycache__"))

_SECONDS = 0.5
_FILES = 200_000  # more says nothing new


def folders(root: Path) -> tuple[Folder, ...]:
    """Every folder directly below the root, counted; half a second for all of them together."""
    end = time.monotonic() + _SECONDS
    places = sorted((one for one in _children(root) if one.name not in _NEVER), key=_last_what_is_code)
    return tuple(_counted(Path(one.path), end) for one in places)


def _last_what_is_code(entry: os.DirEntry[str]) -> tuple[bool, str]:
    return entry.name not in KNOWN, entry.name


def _children(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (one for one in entries if one.is_dir(follow_symlinks=False))
    except OSError:
        return  # a folder that cannot be read is not indexed either


def _counted(folder: Path, end: float) -> Folder:
    environment = (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()
    files = size = 0
    python = whole = False
    for files, (name, length) in enumerate(_files(folder), start=1):
        size += length
        python = python or name.endswith(".py")
        if files >= _FILES or (files % 256 == 0 and time.monotonic() > end):
            break
    else:
        whole = True
    return Folder(
        path=folder.name,
        files=files,
        size=size,
        whole=whole,
        environment=environment,
        known=folder.name in KNOWN,
        python=python,
    )


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """Name and length of each file, at every depth; links are not followed."""
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for one in entries:
                    if one.is_dir(follow_symlinks=False):
                        waiting.append(one.path)
                    else:
                        yield one.name, one.stat(follow_symlinks=False).st_size
        except OSError:
            continue  # gone, or not ours to read


#: Fewer files, or less of them, cost the IDE seconds.
_FILES_WORTH = 2_000
_BYTES_WORTH = 200 << 20
#: A folder that no convention names and that holds no Python must be larger to be taken for data.
_FILES_UNKNOWN = 20_000


def to_exclude(facts: IdeFacts) -> Iterator[tuple[IdeModule, Folder]]:
    """Folders in a module's content that are data, an environment or remains, and are not excluded."""
    for one in facts.modules:
        module = one.module
        if module is None or facts.root not in module.content:
            continue
        said = {path for path in (*module.excluded, *module.sources) if path.is_relative_to(facts.root)}
        for folder in facts.folders:
            below = any(path.is_relative_to(facts.root / folder.path) for path in said)
            if not below and _is_ballast(folder):
                yield one, folder


def _is_ballast(folder: Folder) -> bool:
    if folder.environment:
        return True
    if folder.known:
        return folder.files > _FILES_WORTH or folder.size > _BYTES_WORTH
    return not folder.python and folder.files > _FILES_UNKNOWN
