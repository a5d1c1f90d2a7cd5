"""Templates of copier and cookiecutter: what they ask, what they would run, what they made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from scaffold.projects.snapshot import Snapshot

ForeignKind = Literal["copier", "cookiecutter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that a template wants to know."""

    name: str
    type: str = "str"  # bool, float, int, json, path, str, yaml; of cookiecutter: bool, dict, str
    help: str = ""
    default: Any = None  # as the template has it, which may be an expression of Jinja's
    required: bool = False  # there is no default
    choices: tuple[Any, ...] = ()
    multiselect: bool = False
    secret: bool = False  # not remembered
    when: str = ""  # an expression; "false": never asked, computed
    validator: str = ""  # a template that says what is wrong with an answer

    @property
    def computed(self) -> bool:
        """It is worked out from other answers, not asked."""
        return self.when == "false" or self.name.startswith("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTemplate:
    """What a template says of itself; none of its code was run."""

    kind: ForeignKind
    title: str
    questions: tuple[Question, ...]
    would_run: tuple[
        str, ...
    ] = ()  # in this order, if it is trusted: hooks, tasks, extensions of the renderer
    extensions: tuple[str, ...] = ()  # those of them without which nothing can be rendered
    migrations: tuple[str, ...] = ()  # what copier would run at updates; scaffold tells which are due
    minimum: str = ""  # the version of its renderer that it needs
    folder_name: str = ""  # cookiecutter: the name of the project's folder, before rendering

    @property
    def names(self) -> tuple[str, ...]:
        """What can be answered."""
        return tuple(one.name for one in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An earlier answer that this version of a template does not take."""

    name: str
    answer: Any
    why: str
    taken: Any = None  # what stands in its place; None: nothing does


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """A rendering of a template with secret questions, as it may be kept."""

    kept: Snapshot  # every secret at its default: what a project remembers
    answered: Snapshot  # the same with the secrets that were said now
    paths: frozenset[PurePosixPath]  # of the files that hold one


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRendering:
    """What a template made of a name and of answers."""

    files: Snapshot
    answers: Mapping[str, Any] = field(default_factory=dict)  # less secret and computed ones
    ran: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()  # what would have run, had the template been trusted
    migrations: tuple[str, ...] = ()  # what copier would run now, coming from an earlier version
    dropped: tuple[Dropped, ...] = ()  # of what was remembered
    once: tuple[PurePosixPath, ...] = ()  # of the files: the user's as soon as they are there, no update's
    notices: tuple[str, ...] = ()  # the template's own words, what its programs printed, what to look at
    secrets: Secrets | None = None  # None: the template has no secret questions, and all may be kept
