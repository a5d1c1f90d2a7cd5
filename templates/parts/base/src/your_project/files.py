"""Files that are either whole or not there: everything is written beside its place and then moved into it."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator


def project_root() -> Path:
    """Return the folder that holds `pyproject.toml`, or the working directory when there is none above.

    `runs/` and `data/` hang on it. An IDE that runs a single file starts it in the file's own folder, and
    results that land there are not found again.
    """
    for folder in Path(__file__).resolve().parents[1:3]:
        if (folder / "pyproject.toml").is_file():
            return folder
    return Path.cwd()


def find(path: str) -> Path:
    """Return a path as it was meant: from where the program was started, else from the project's root."""
    given = Path(path).expanduser()
    return given if given.exists() else project_root() / given


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; what was written there takes the place of `path` when the block ends well.

    The name keeps its ending, because some writers choose the format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())  # else a power cut can leave an empty file under the final name
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, replacing the file at once."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, content: object) -> None:
    """Write JSON that people can read and compare."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; a missing or broken file is a `ProjectError` that names it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(f"there is no {path}") from None
    except (OSError, ValueError) as problem:
        raise ProjectError(f"cannot read {path}: {problem}") from None
    if not isinstance(content, dict):
        raise ProjectError(f"{path} does not hold a JSON object")
    return content
