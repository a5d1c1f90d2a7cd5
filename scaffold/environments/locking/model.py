"""What a project's lock says, and where it lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

#: uv's own lock: every machine and every group.
UV_LOCK = PurePosixPath("uv.lock")

#: The lock of a project that asks for no accelerator's build: Keras alone, say.
DEFAULT_GROUP = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One distribution of a lock; a name may stand there twice, for machines that exclude each other."""

    name: str  # normalised
    version: str  # local part included: 2.14.1+cu126
    marker: str = ""  # PEP 508; "": everywhere
    hashes: tuple[str, ...] = ()  # sha256:..., of each wheel and of the source distribution

    @property
    def shown(self) -> str:
        """``torch 2.14.1+cu126``."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLock:
    """``requirements/lock-<group>.txt``: what one accelerator's environment holds, without addresses."""

    group: str
    packages: tuple[LockedPackage, ...]
    path: Path
    #: What its head says: ``uv.lock``, ``pyproject.toml`` (sha256 of each), ``python``, ``with``, ``for``,
    #: ``only``.
    head: Mapping[str, str] = field(default_factory=dict)


def made_by_pip(lock: ProjectLock) -> bool:
    """Whether pip made a lock, for one machine alone and with one file of each package."""
    return "only" in lock.head


def pylock_name(group: str) -> PurePosixPath:
    """``pylock.cu126.toml``; PEP 751 allows no dot in the name: ``pylock.rocm7-2.toml``."""
    return PurePosixPath(f"pylock.{_in_file_name(group)}.toml")


def requirements_name(group: str) -> PurePosixPath:
    """``requirements/lock-cu126.txt``."""
    return PurePosixPath("requirements") / f"lock-{_in_file_name(group)}.txt"


def _in_file_name(group: str) -> str:
    return re.sub(r"[^\w-]", "-", group)
