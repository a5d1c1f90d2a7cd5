"""What is known of the Python that is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFacts:
    """One interpreter, by its files. ``""`` and None mean unknown."""

    executable: str = ""
    version: str = ""  # 3.12.4; 3.12 where no more is told
    machine: str = ""  # what it was built for: x86_64, aarch64, arm64
    bits: int | None = None
    manager: str = ""  # conda, pyenv, system, store, homebrew, uv, embedded
    prefix: str = ""
    base_prefix: str = ""
    virtual: bool | None = None  # an environment of its own
    externally_managed: bool | None = None  # PEP 668
    free_threaded: bool | None = None
    has_headers: bool | None = None  # Python.h, and on Windows libs/python3xx.lib
    user_site: str = ""  # the user's site-packages of this Python
    user_site_enabled: bool | None = None  # a virtual environment does not see it

    @property
    def minor(self) -> tuple[int, int] | None:
        """``(3, 12)``; None where the version is unknown."""
        head = self.version.split(".")[:2]
        return (int(head[0]), int(head[1])) if len(head) == 2 and all(p.isdecimal() for p in head) else None
