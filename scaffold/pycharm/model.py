"""A project as PyCharm sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scaffold.projects.model import RunConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeProject:
    """What PyCharm's files say of a project. Paths are below its root, with ``/``."""

    module: str  # = [project].name = stem of the .iml = <module name> in run configurations
    runs: tuple[RunConfiguration, ...]
    python: str  # 3.12.1, of the environment's interpreter; "" where there is no environment yet
    interpreter: Path | None = None  # absolute; None where there is no environment yet
    sources: tuple[str, ...] = ("src",)
    tests: tuple[str, ...] = ("tests",)
    excluded: tuple[str, ...] = ()

    @property
    def sdk(self) -> str:
        """The interpreter's name, in the form from which every PyCharm can guess it."""
        minor = ".".join(self.python.split(".")[:2])
        return f"Python {minor} ({self.module})" if minor else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A run configuration, resolved to what PyCharm would start."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict)  # complete
    added: Mapping[str, str] = field(default_factory=dict)  # what differs from the inherited one
    problems: tuple[str, ...] = ()  # why PyCharm would not start it, or not as meant
