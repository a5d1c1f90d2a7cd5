"""The user's code and project files. Paths are below the folder, with ``/``."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.code.statements import Import


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawning:
    """Processes that are started while a file is imported."""

    what: str  # DataLoader(num_workers=2)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of Python."""

    path: str
    imports: tuple[Import, ...] = ()
    relative: int = 0  # the line of its first ``from . import``; 0 where it has none
    guarded: bool = False  # it has an ``if __name__ == "__main__":``
    spawns: tuple[Spawning, ...] = ()  # not behind that guard
    start_method: str = ""  # that it sets: spawn, forkserver, fork


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A script that something starts by its path."""

    script: str  # src/main.py
    place: str  # README.md:12, .run/train.run.xml:4


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarked:
    """A folder below which imports of the project resolve, and from which nothing imports."""

    folder: str  # libs/core
    names: tuple[str, ...] = ()  # what is imported from there
    seen: str = ""  # app/main.py:3


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """The user's code. Empty where nothing is known, or nothing is there."""

    folder: str = ""
    files: tuple[str, ...] = ()  # of Python, and packages: torch.py, src/main.py
    whole: bool = False  # all of them were looked at
    sources: tuple[Source, ...] = ()
    roots: tuple[str, ...] = ("",)  # folders from which imports resolve; "" is the folder itself
    started: tuple[Started, ...] = ()
    unmarked: tuple[Unmarked, ...] = ()
    name: str = ""  # [project].name of pyproject.toml
    safe_path: bool = False  # PYTHONSAFEPATH: the script's own folder is not searched

    def source(self, path: str) -> Source | None:
        """The file of that path, where it was read."""
        return next((one for one in self.sources if one.path == path), None)
