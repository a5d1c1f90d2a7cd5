"""How much there is to index, counted for a bounded number of entries: the same on every machine."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from scaffold.projects.folders import ALWAYS_EXCLUDED, LARGE
from scaffold.pycharm.survey.model import Folder, IdeFacts, IdeModule

#: Folders that hold what programs read and write, and nobody searches. Hidden ones PyCharm indexes as well.
_KNOWN = frozenset((*ALWAYS_EXCLUDED, *LARGE))

#: What the IDE and git look after themselves.
_NEVER = frozenset((".git", ".hg", ".idea", ".run", ".svn", "__pycache__"))

#: Files of a folder; from here on indexing takes minutes, and counting on says nothing new.
MANY = 20_000
#: Entries of all folders together: a second's work, and more on a slow disk.
_ENTRIES = 200_000

#: What people search and refactor; data of theirs are in none of these.
_CODE = frozenset(
    (
        *(".py", ".pyi", ".pyx", ".ipynb", ".r", ".jl", ".sh", ".sql", ".java", ".kt", ".go", ".rs", ".rb"),
        *(".c", ".cc", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".m", ".swift", ".js", ".jsx", ".ts", ".tsx"),
        *(".vue", ".html", ".css", ".scss", ".md", ".rst", ".tex"),
    )
)
#: A folder of nothing but data may have these.
_SHEETS = frozenset(("license.md", "readme.md", "readme.rst"))


@dataclass(slots=True)
class _Budget:
    """How many entries may still be looked at."""

    left: int


def folders(root: Path) -> tuple[Folder, ...]:
    """Every folder directly below the root, counted."""
    budget = _Budget(_ENTRIES)
    places = sorted((one for one in _children(root) if one.name not in _NEVER), key=_last_what_is_code)
    return tuple(_counted(Path(one.path), budget) for one in places)


def _last_what_is_code(entry: os.DirEntry[str]) -> tuple[bool, str]:
    return entry.name.casefold() not in _KNOWN, entry.name


def _children(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (one for one in entries if one.is_dir(follow_symlinks=False))
    except OSError:
        return  # a folder that cannot be read is not indexed either


def _counted(folder: Path, budget: _Budget) -> Folder:
    environment = (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()
    known = folder.name.casefold() in _KNOWN
    files = size = 0
    code, whole = False, True
    for name, length in _files(folder, budget):
        files, size = files + 1, size + length
        code = code or _is_code(name)
        if files > MANY or (code and not known and not environment):  # no number changes what is said then
            whole = False
            break
    return Folder(
        path=folder.name,
        files=files,
        size=size,
        whole=whole and budget.left > 0,
        environment=environment,
        known=known,
        code=code,
    )


def _is_code(name: str) -> bool:
    folded = name.casefold()
    return Path(folded).suffix in _CODE and folded not in _SHEETS


def _files(folder: Path, budget: _Budget) -> Iterator[tuple[str, int]]:
    """Name and length of each file, the upper levels first and by name; links are not followed."""
    waiting = deque([os.fspath(folder)])
    while waiting and budget.left > 0:
        try:
            with os.scandir(waiting.popleft()) as entries:
                present = sorted(islice(entries, MANY + 1), key=lambda one: one.name)
        except OSError:
            continue  # gone, or not ours to read
        for one in present:
            budget.left -= 1
            if budget.left <= 0:
                return
            try:
                if one.is_dir(follow_symlinks=False):
                    waiting.append(one.path)
                else:
                    yield one.name, one.stat(follow_symlinks=False).st_size
            except OSError:
                continue


#: Fewer files, or less of them, cost the IDE seconds.
_FILES_WORTH = 2_000
_BYTES_WORTH = 200 << 20


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
    """An environment; or much, where its name or the lack of any code says that nobody searches there."""
    much = folder.files > _FILES_WORTH or folder.size > _BYTES_WORTH
    return folder.environment or (much and (folder.known or not folder.code))
