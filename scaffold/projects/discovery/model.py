"""What is seen of a project that somebody else made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scaffold.builds.model import Framework
from scaffold.projects.model import RunConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """A project by its files alone: none of it was run. Paths are below its root, with ``/``."""

    frameworks: tuple[Framework, ...] = ()
    seen: Mapping[Framework, str] = field(default_factory=dict)  # where: requirements.txt, train.py
    requirements: tuple[str, ...] = ()  # PEP 508, less what builds are chosen of
    wanted: tuple[str, ...] = ()  # the lines that ask for a framework: torch==2.4.0
    place: str = ""  # where the requirements stand; "" where nothing names any
    requires_python: str = ""  # PEP 440; "" where nothing is said
    sources: tuple[str, ...] = ()  # folders from which imports resolve, beside the root
    tests: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # folders that an IDE must not index
    runs: tuple[RunConfiguration, ...] = ()  # names are unique; at most one is the default
    scripts: int = 0  # files of Python
    notebooks: int = 0
    notes: tuple[str, ...] = ()  # for people: what was seen and could not be taken over
