"""The files of a project that are its users' own: code, scripts, settings. Bounded, whatever is there."""

from __future__ import annotations

import ast
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from scaffold.code.parsing import parsed
from scaffold.files import read_regular
from scaffold.projects.folders import ALWAYS_EXCLUDED, LARGE

#: Entries that are looked at in all; of one folder; how deep; files that are taken.
_ENTRIES, _WIDEST, _DEEPEST, _FILES = 20_000, 2_000, 6, 600

#: Bytes: a file of more was not written by hand.
LONGEST = 256 << 10

#: Names that never hold the project's own code.
_NEVER = frozenset((*ALWAYS_EXCLUDED, *LARGE, "site-packages", "__pycache__", "third_party", "conda-meta"))

#: Files by the end of their name, and by their whole name.
CODE = (".py",)
SCRIPTS = (
    *(".sh", ".bash", ".zsh", ".csh", ".fish", ".ps1", ".bat", ".cmd", ".slurm", ".sbatch", ".pbs", ".lsf"),
)
_NAMES = frozenset(("makefile", "gnumakefile", "justfile", "dockerfile", "containerfile", "procfile"))
_TEXTS = ("readme", "readme.md", "readme.rst", "readme.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Names below a folder, with ``/``, upper levels first."""

    files: tuple[str, ...] = ()
    whole: bool = True  # nothing was left out for its number

    def ending(self, *endings: str) -> Iterator[str]:
        """The files whose name ends so."""
        return (one for one in self.files if one.lower().endswith(endings))


def listing(folder: Path, home: Path | None = None, taken: Callable[[str], bool] | None = None) -> Listing:
    """Code, scripts and texts of a project. Of a home folder or a disk the upper level alone is looked at.

    ``taken`` says which names are meant, by default `is_taken`. Environments, data, results, hidden
    folders and what links lead to are passed over, by name or by what marks them.
    """
    wanted = taken or is_taken
    deepest = 0 if folder in (home, Path(folder.anchor)) else _DEEPEST
    found: list[str] = []
    left, whole = _ENTRIES, True
    waiting = deque([("", 0)])
    while waiting:
        below, depth = waiting.popleft()
        present = _present(folder / below)
        left -= len(present)
        if left < 0 or len(found) >= _FILES:
            whole = False
            break
        if depth and any(one.name in ("pyvenv.cfg", "conda-meta") for one in present):
            continue  # an environment
        whole = whole and len(present) <= _WIDEST
        for one in present:
            name = f"{below}/{one.name}" if below else one.name
            if one.is_symlink():
                continue  # what lies in the project is seen at its own place; the rest is none of it
            if _is_folder(one):
                if depth < deepest and _may_hold_code(one):
                    waiting.append((name, depth + 1))
            elif wanted(one.name):
                found.append(name)
    return Listing(files=tuple(found[:_FILES]), whole=whole and len(found) <= _FILES)


def is_taken(name: str) -> bool:
    """Whether a file of that name is looked at.

    >>> [is_taken(one) for one in ("train.py", ".env.local", "Dockerfile.gpu", "photo.png")]
    [True, True, True, False]
    """
    lowered = name.lower()
    first = lowered.partition(".")[0]
    named = lowered in _TEXTS or first in _NAMES or lowered == ".env" or lowered.startswith(".env.")
    return named or lowered.endswith((*CODE, *SCRIPTS, ".env"))


class Files:
    """A project's files for every probe that wants them: listed once, each read once and parsed once."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self.listing = listing(folder, home)
        self._texts: dict[str, tuple[str, int] | None] = {}
        self._trees: dict[str, ast.Module | None] = {}

    def texts(self, names: Iterator[str], total: int) -> Iterator[tuple[str, str]]:
        """Name and text of each until ``total`` bytes are read; longer files are passed over."""
        for name in names:
            found = self._read(name)
            if found is None:
                continue  # gone, not ours to read, or longer than anybody writes
            total -= found[1]
            if total < 0:
                return
            yield name, found[0]

    def tree(self, name: str, text: str) -> ast.Module | None:
        """What a file of Python parses to."""
        if name not in self._trees:
            self._trees[name] = parsed(text)
        return self._trees[name]

    def _read(self, name: str) -> tuple[str, int] | None:
        if name not in self._texts:
            self._texts[name] = read_text(self.folder / name)
        return self._texts[name]


def read_text(path: Path, longest: int = LONGEST) -> tuple[str, int] | None:
    """A file's text and how many bytes it had; None for what cannot be read, or nobody wrote by hand."""
    try:
        content = read_regular(path, longest)
    except OSError:
        return None
    return text_of(content), len(content)


def text_of(content: bytes) -> str:
    """What a file of text says, whoever saved it: PowerShell's ``>`` writes UTF-16."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _present(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(islice(entries, _WIDEST + 1), key=lambda one: one.name)
    except OSError:
        return []  # gone, or not ours to read


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _may_hold_code(entry: os.DirEntry[str]) -> bool:
    """``datasets`` is data, unless it is a package."""
    hidden = entry.name.startswith(".")
    return may_hold_code(entry.name) or (not hidden and Path(entry.path, "__init__.py").is_file())


def may_hold_code(folder: str) -> bool:
    """Whether a folder of that name is more than data, results or an environment."""
    return not folder.startswith(".") and folder.lower() not in _NEVER
