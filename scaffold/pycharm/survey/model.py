"""What is known of a project's IDE files. Paths are below the project's root, with ``/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scaffold.pycharm.model import ConfigurationFile, Module

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from scaffold.pycharm.documents.source import Document

#: What of a run configuration is not there.
Missing = Literal["script", "module", "tests", "folder", "env-file", "member", "interpreter"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IdeFile:
    """One file that the IDE reads, or that merging can break for it."""

    path: str
    content: bytes = b""
    document: Document | None = None  # None: no XML, or broken
    problem: str = ""  # why it cannot be read
    line: int = 0  # of the problem; 0 where none is known
    conflict: int = 0  # the line of the first conflict marker; 0 where there is none
    shared: bool = False  # git has it, or would take it with the next `git add`
    outside: bool = False  # it lies outside of the project, or a link leads there

    @property
    def changeable(self) -> bool:
        """Whether a cure may write it; the IDE writes its own workspace.xml over whatever we would write."""
        safe = self.document is not None and not self.conflict and not self.outside
        return safe and self.path != ".idea/workspace.xml"

    def place(self, element: Element | None = None) -> str:
        """``.run/train.run.xml:4``, for error messages and editors."""
        origin = self.document.origins.get(element) if self.document and element is not None else None
        if self.document is None or origin is None:
            return f"{self.path}:{self.line}" if self.line else self.path
        return f"{self.path}:{1 + self.document.content.count(10, 0, origin.start)}"

    def elements(self, tag: str) -> Iterator[Element]:
        """Every element of that tag; none where the file cannot be read."""
        if self.document is not None:
            yield from self.document.root.iter(tag)

    def component(self, name: str) -> Element | None:
        """The component of that name, where the file has one."""
        return next((one for one in self.elements("component") if one.get("name") == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that a run configuration names and that is not there."""

    kind: Missing
    text: str  # a sentence without a full stop


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """A run configuration, where it stands, and what it lacks on this machine."""

    file: IdeFile
    element: Element
    configuration: ConfigurationFile
    lacks: tuple[Lack, ...] = ()
    template: bool = False  # what new configurations start from
    temporary: bool = False  # PyCharm made it for a right click, and drops it by itself

    @property
    def name(self) -> str:
        return self.configuration.name

    @property
    def stored(self) -> bool:
        """It lies in a file of its own; the others are the user's, in workspace.xml."""
        return self.file.path != ".idea/workspace.xml"

    def option(self, name: str) -> str:
        """An option's value, "" where it is not written."""
        return self.configuration.options.get(name, "")

    def place(self, option: str = "") -> str:
        """Where an option of it stands, or the configuration itself."""
        options = (one for one in self.element.findall("option") if one.get("name") == option)
        return self.file.place(next(options, self.element))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IdeModule:
    """A module that modules.xml names."""

    path: str  # of its .iml
    place: str  # where modules.xml names it
    file: IdeFile | None  # None: it is not there
    module: Module | None = None  # None where it cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that PyCharm would index. Counting stops where more says nothing new: at least so much."""

    path: str
    files: int
    size: int  # bytes
    whole: bool  # it was counted to its end
    environment: bool = False  # a Python environment
    known: bool = False  # by its name: data, checkpoints, runs, caches
    code: bool = False  # it holds files that people search and refactor


@dataclass(frozen=True, slots=True, kw_only=True)
class GitView:
    """What git says: ``none`` (no repository), ``read``, or ``unknown`` with the reason."""

    state: Literal["none", "read", "unknown"] = "none"
    reason: str = ""
    tracked: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()  # tracked, although an ignore file names them
    offered: frozenset[str] = frozenset()  # below .idea and .run: not tracked, and not ignored either

    def shares(self, path: str) -> bool:
        """Whether others get that file; without git the folder that is made for sharing counts."""
        if self.state == "read":
            return path in self.tracked or path in self.offered
        return path.startswith(".run/")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeInterpreter:
    """An interpreter as PyCharm's own table has it."""

    name: str  # Python 3.12 (cnn-project)
    home: str = ""  # as it stands there; only $USER_HOME$ is replaced
    there: bool | None = None  # None: in a container, on another machine, or not looked at
    links_to: str = ""  # where its program leads, "" where it is no link
    source: str = ""  # the table


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeSettings:
    """What PyCharm knows beside the project's files, on the machine where it runs."""

    products: tuple[str, ...] = ()  # PyCharm 2026.2
    packaging: tuple[str, ...] = ()  # native, flatpak, snap: every one that has settings here
    interpreters: tuple[IdeInterpreter, ...] | None = None  # None: there is no table, or none is known
    chosen: str | None = None  # the name that the project's own module takes; "": none; None: unknown
    source: str = ""  # where that is said
    home: str = ""  # what is started for it, as it is written; "" where nobody knows
    frameworks: tuple[str, ...] | None = None  # that are installed for it; None: unknown
    guessed: bool = False  # PyCharm guesses it from its name and the project's folder
    differs: str = ""  # told in words: why it is another one than the terminal's
    layout: str = ""  # what of the environment PyCharm does not take for one: "no Include folder"

    def known(self, name: str) -> tuple[IdeInterpreter, ...]:
        """Every entry of that name."""
        return tuple(one for one in self.interpreters or () if one.name == name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IdeFacts:
    """A project's IDE files and what they must be held against."""

    root: Path
    home: Path | None = None
    name: str = ""  # [project].name of pyproject.toml
    ours: bool = False  # scaffold made the project
    git: GitView = GitView()
    files: tuple[IdeFile, ...] = ()
    modules: tuple[IdeModule, ...] = ()
    runs: tuple[Run, ...] = ()
    folders: tuple[Folder, ...] = ()
    packages: tuple[str, ...] = ()  # import packages below src
    pytest: bool = False  # the project has tests for pytest
    ignores: bytes | None = None  # the .gitignore beside .idea; None where there is none
    ignores_changeable: bool = False  # a line may be written into it
    portable: Mapping[str, str] = field(
        default_factory=dict
    )  # a value with a personal path -> the same from $PROJECT_DIR$

    settings: IdeSettings | None = None  # None: not looked at (`scaffold ide check` judges files alone)

    def file(self, path: str) -> IdeFile | None:
        """The file of that path, where the project has it."""
        return next((one for one in self.files if one.path == path), None)

    @property
    def shared(self) -> tuple[IdeFile, ...]:
        """The files that others get."""
        return tuple(one for one in self.files if one.shared)

    @property
    def known_modules(self) -> tuple[Module, ...]:
        """The modules that can be read."""
        return tuple(one.module for one in self.modules if one.module is not None)
