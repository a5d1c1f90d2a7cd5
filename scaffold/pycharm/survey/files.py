"""The files that the IDE reads, found and parsed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.files import read_regular
from scaffold.pycharm.documents.conflict import conflict_line
from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.reading.macros import Macros
from scaffold.pycharm.survey.model import GitView, IdeFile

_MOST = 2000

_PATTERNS = (
    ".idea/*.xml",
    ".idea/*.iml",
    ".idea/*/*.xml",
    ".run/*.run.xml",
    "*.iml",
    "*.run.xml",
    "pyproject.toml",
)

_OF_RUNS = frozenset((".run/*.run.xml", "*.run.xml"))

_LINE = re.compile(r", line (\d+),")


def ide_files(root: Path, git: GitView) -> tuple[IdeFile, ...]:
    """Every file of the IDE in a project, parsed where it is XML; sorted by path."""
    return tuple(read_file(root, path, git) for path in sorted(_paths(root, git))[:_MOST])


def _paths(root: Path, git: GitView) -> set[str]:
    found = {
        path.relative_to(root).as_posix()
        for pattern in _PATTERNS
        for path in root.glob(pattern)
        if pattern in _OF_RUNS or (path.exists() and not path.is_dir())  # a pipe is told
    }
    # PyCharm finds run configurations anywhere in the content
    return found | {name for name in git.tracked if name.endswith(".run.xml") and (root / name).is_file()}


def read_file(root: Path, path: str, git: GitView) -> IdeFile:
    """One file; what keeps it from being read is told in it, never raised."""
    try:
        content = read_regular(root / path)
    except OSError as problem:
        return IdeFile(path=path, problem=problem.strerror or str(problem), shared=git.shares(path))
    found = IdeFile(
        path=path,
        content=content,
        outside=_is_outside(root, path),
        conflict=conflict_line(content),
        shared=git.shares(path),
    )
    return found if path.endswith(".toml") else parsed(found)


def _is_outside(root: Path, path: str) -> bool:
    try:
        return not (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return True


def there(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Whether it is there as ``Path.is_file`` or ``Path.is_dir``; a name that is too long is not."""
    try:
        return kind(path)
    except OSError:
        return False


def parsed(file: IdeFile) -> IdeFile:
    """The same file with its elements, or with why it has none."""
    from dataclasses import replace

    try:
        return replace(file, document=document_of(file.content, Path(file.path)))
    except IdeFileBroken as problem:
        line = _LINE.search(problem.message)
        said = problem.detail[0] if problem.detail else problem.message
        return replace(file, problem=said, line=int(line[1]) if line else 0)


def iml_path(written: str, root: Path, home: Path | None) -> str:
    """A module's file as modules.xml names it, below the project's root where it lies there."""
    path = Path(os.path.normpath(Macros(project=root, home=home).paths(written)))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def modules_named(file: IdeFile | None) -> Iterator[tuple[str, str]]:
    """For each module in modules.xml: its .iml with macros, and where it is named."""
    if file is not None:
        for element in file.elements("module"):
            yield element.get("filepath", ""), file.place(element)
