"""How much there is to index, counted for a bounded number of entries: the same on every machine."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
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
#: Folders in folders: no project nests deeper, and Python's stack holds a few hundred.
_DEEPEST = 60

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
    """Every folder directly below the root, counted; below those of code, what is large and holds none."""
    budget = _Budget(_ENTRIES)
    places = sorted((one for one in _children(root) if one.name not in _NEVER), key=_last_what_is_code)
    found = [_counted(Path(one.path), budget) for one in places]
    for one in tuple(found):
        if one.code and not one.known and not one.environment:
            found += _smallest(_tree(root / one.path, one.path, budget))
    return tuple(found)


def _last_what_is_code(entry: os.DirEntry[str]) -> tuple[bool, str]:
    return entry.name.casefold() not in _KNOWN, entry.name


def _children(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (one for one in entries if one.is_dir(follow_symlinks=False))
    except OSError:
        return  # a folder that cannot be read is not indexed either


def _counted(folder: Path, budget: _Budget) -> Folder:
    environment, known = _is_environment(folder), folder.name.casefold() in _KNOWN
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


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


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


@dataclass(slots=True)
class _Tree:
    """A folder with all below it."""

    path: str
    files: int = 0
    size: int = 0
    whole: bool = True
    code: bool = False
    environment: bool = False
    inner: list[_Tree] = field(default_factory=list)

    @property
    def ballast(self) -> bool:
        """Nobody searches there, and it costs the IDE much."""
        seen = self.whole or self.files > MANY  # else there may be code in what was not looked at
        return self.environment or (seen and not self.code and _is_much(self.files, self.size))


def _tree(folder: Path, path: str, budget: _Budget, depth: int = 0) -> _Tree:
    """A folder counted with those in it; what links lead to is not in it."""
    tree = _Tree(path=path, environment=_is_environment(folder))
    for one in _present(folder, budget):
        try:
            if not one.is_dir(follow_symlinks=False):
                tree.files, tree.size = tree.files + 1, tree.size + one.stat(follow_symlinks=False).st_size
                tree.code = tree.code or _is_code(one.name)
            elif one.name not in _NEVER and depth < _DEEPEST:
                tree.inner.append(_tree(folder / one.name, f"{path}/{one.name}", budget, depth + 1))
        except OSError:
            continue  # gone meanwhile
    for below in () if tree.environment else tree.inner:
        tree.files, tree.size = tree.files + below.files, tree.size + below.size
        tree.code = tree.code or below.code or below.environment  # what holds more than data is not data
    tree.whole = budget.left > 0 and all(one.whole for one in tree.inner)
    return tree


def _present(folder: Path, budget: _Budget) -> list[os.DirEntry[str]]:
    """As many entries as may still be looked at."""
    try:
        with os.scandir(folder) as entries:
            present = sorted(islice(entries, min(MANY + 1, budget.left)), key=lambda one: one.name)
    except OSError:
        return []  # gone, or not ours to read
    budget.left -= len(present)
    return present


def _smallest(tree: _Tree) -> Iterator[Folder]:
    """The inmost folders that hold what is much."""
    within = [one for one in tree.inner if not tree.environment and one.ballast]
    rest = tree.files - sum(one.files for one in within), tree.size - sum(one.size for one in within)
    one_folder_holds_it = len(within) == 1 and not _is_much(*rest)
    if not tree.ballast or one_folder_holds_it:
        for one in tree.inner:
            yield from _smallest(one)
        return
    yield Folder(
        path=tree.path,
        files=tree.files,
        size=tree.size,
        whole=tree.whole and tree.files <= MANY,
        environment=tree.environment,
    )


#: Fewer files, or less of them, cost the IDE seconds.
_FILES_WORTH = 2_000
_BYTES_WORTH = 200 << 20


def _is_much(files: int, size: int) -> bool:
    return files > _FILES_WORTH or size > _BYTES_WORTH


def to_exclude(facts: IdeFacts) -> Iterator[tuple[IdeModule, Folder]]:
    """Folders in a module's content that are data, an environment or remains, and are not excluded."""
    for one in facts.modules:
        module = one.module
        if module is None or facts.root not in module.content:
            continue
        left_out = {path for path in module.excluded if path.is_relative_to(facts.root)}
        said = {path for path in (*module.excluded, *module.sources) if path.is_relative_to(facts.root)}
        for folder in facts.folders:
            place = facts.root / folder.path
            below = any(path.is_relative_to(place) for path in said)
            above = any(place.is_relative_to(path) for path in left_out)
            if not below and not above and _is_ballast(folder):
                yield one, folder


def ballast(facts: IdeFacts) -> tuple[Folder, ...]:
    """The same of a project of which PyCharm has no files yet: all would be indexed."""
    return tuple(one for one in facts.folders if _is_ballast(one))


def _is_ballast(folder: Folder) -> bool:
    """An environment; or much, where its name or the lack of any code says that nobody searches there."""
    much = _is_much(folder.files, folder.size)
    return folder.environment or (much and (folder.known or not folder.code))
