"""What a lock file says, whatever its format, and what is found wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: ``installed`` is what an environment holds: no file.
Format = Literal["requirements.txt", "uv.lock", "pylock.toml", "poetry.lock", "environment.yml", "installed"]
Level = Literal["error", "warning", "info"]

#: No project has as many packages: beyond this a file is refused.
PACKAGES = 100_000

#: Every format that is read, as messages name them.
FORMATS: tuple[Format, ...] = ("requirements.txt", "uv.lock", "pylock.toml", "poetry.lock", "environment.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """That a package is wanted, and when: the edge of a lock's graph.

    ``version`` is "" where the lock holds one version of that name only.
    """

    name: str  # normalised
    version: str = ""
    index: str = ""  # "": whatever index the lock holds it from
    marker: str = ""  # PEP 508
    extras: tuple[str, ...] = ()
    when: tuple[str, ...] = ()  # "extra cu126", "group dev": wanted with any of these only; (): always


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One package of a lock file.

    ``version`` is the exact one, local part included; "" where the file leaves it open, and then
    ``specifier`` says what it allows.
    """

    name: str  # normalised
    version: str = ""
    specifier: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""  # of a fork: the environments that this version was locked for
    index: str = ""  # URL of the index, or of the file; "" where the user's own settings decide
    wheels: tuple[str, ...] = ()  # file names, where the lock lists them
    buildable: bool = True  # a source distribution may stand in for a missing wheel
    conda: bool = False  # conda's package of that name, not PyPI's
    build: str = ""  # conda's build string
    line: int = 0  # of the file, from 1; 0: not known
    file: str = ""  # the included file that it stands in; "" for the lock itself
    needs: tuple[Need, ...] = ()
    optional: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)  # extra -> what it adds

    @property
    def shown(self) -> str:
        """``torch 2.15.0``; ``torch>=2`` where the version is open."""
        return f"{self.name} {self.version}" if self.version else f"{self.name}{self.specifier}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """A line that names a place and no package: a repository, a URL, a folder."""

    location: str  # as it stands there; it may hold a password
    file: str = ""  # that was included; "": the one that was read
    line: int = 0
    editable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file as a graph. Formats without one want every package from the start."""

    format: Format
    packages: tuple[Locked, ...]
    roots: tuple[Need, ...]
    constraints: tuple[Locked, ...] = ()  # versions that hold only if something wants the package
    default: tuple[str, ...] = ()  # extras and groups that are installed unasked
    choices: tuple[str, ...] = ()  # every extra and group: "extra cu126", "group dev"
    conflicts: tuple[tuple[str, ...], ...] = ()  # choices of which one at most can be taken
    indexes: tuple[str, ...] = ()  # URLs, the one that is asked first at the head
    environments: tuple[str, ...] = ()  # markers: it was locked for these alone; (): for any
    requires_python: str = ""
    python: str = ""  # the version that it was made for, where it says so: 3.11
    notes: tuple[str, ...] = ()  # for people: what could not be read
    direct: tuple[Direct, ...] = ()  # lines that name a place alone; a note tells of each, too
    options: tuple[str, ...] = ()  # names of options about sources: --extra-index-url


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFinding:
    """Two facts that contradict each other, and what can be done."""

    code: str  # cuda-driver, kernels, cudnn, same-files, ...: stable
    level: Level
    package: str
    version: str
    message: str  # one line, without a full stop
    why: tuple[str, ...] = ()  # evidence, a line each
    remedy: str = ""
    line: int = 0
    file: str = ""
