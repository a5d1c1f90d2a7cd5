"""A Python that is installed on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """One usable Python. ``version`` is complete: 3.12.1."""

    path: Path  # absolute, never a shim
    version: str
    implementation: str  # CPython, PyPy
    machine: str  # the architecture that it was built for: x86_64, aarch64, arm64
    bits: int
    origin: str  # how it was found: pyenv, uv, conda, PATH, system, homebrew, registry, ...
    free_threaded: bool = False

    @property
    def minor(self) -> str:
        """``3.12`` of 3.12.1."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A Python that was found and cannot be used, and why."""

    path: Path
    why: str
    version: str = ""  # "" where it did not say
    origin: str = ""
