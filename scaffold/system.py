"""The only door to the host: run a program, read a file, look at the environment.

Nothing else in the package calls ``subprocess`` or reads ``os.environ``, ``/proc`` and ``/sys``, so
that a recorded host (`scaffold.recorded`) can stand in for any machine. Writing a project's own
files is not the host's business and happens where it is needed.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from scaffold.platforms import OperatingSystem as OperatingSystem  # noqa: PLC0414 - part of what a system is
from scaffold.platforms import PlatformFacts as PlatformFacts  # noqa: PLC0414
from scaffold.platforms import Volume as Volume  # noqa: PLC0414
from scaffold.platforms import platform_facts, volume_of, windows_memory

#: Files under /proc and /sys are small; a larger answer is not what was asked for.
READ_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a child process ended.

    ``status`` is its exit status (negative: the signal that killed it) and None where it never ran
    to an end; ``outcome`` says which.
    """

    argv: tuple[str, ...]
    outcome: Literal["exited", "missing", "timeout", "refused"]
    status: int | None = None
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """The program ran and ended with status 0."""
        return self.status == 0


class System(Protocol):
    """What the package may ask of the host. No method raises because of the host's state."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables of this process."""

    @property
    def platform(self) -> PlatformFacts:
        """Operating system, architecture, libc."""

    @property
    def home(self) -> Path | None:
        """The user's home folder; None where there is none."""

    @property
    def interactive(self) -> bool:
        """Whether a person sits at a terminal: stdin and stdout are both one, and this is no CI."""

    def run(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        timeout: float | None,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        """Run a program to its end, or to ``timeout`` seconds.

        ``environment`` replaces the inherited one. With ``on_line``, standard output and standard
        error are one stream, handed over line by line while the program runs.
        """

    def python(self, script: Path, *arguments: str, timeout: float) -> Completed:
        """Run a standard-library-only script of ours in an isolated child of this interpreter."""

    def which(self, program: str) -> Path | None:
        """Where PATH finds a program."""

    def read_text(self, path: str | os.PathLike[str]) -> str | None:
        """A small text file, undecodable bytes replaced; None where it cannot be read."""

    def read_bytes(
        self, path: str | os.PathLike[str], *, offset: int = 0, size: int = READ_LIMIT
    ) -> bytes | None:
        """A part of a file, shorter where the file ends; None where it cannot be read."""

    def list_folder(self, path: str | os.PathLike[str]) -> tuple[str, ...]:
        """Sorted names in a folder; empty where it cannot be read."""

    def exists(self, path: str | os.PathLike[str]) -> bool:
        """Whether something (file, folder, device) is there."""

    def is_accessible(self, path: str | os.PathLike[str]) -> bool:
        """Whether this user may read and write it (device nodes)."""

    def resolve_link(self, path: str | os.PathLike[str]) -> str | None:
        """The target of a symbolic link, as written; None where it is none."""

    def disk_free(self, path: str | os.PathLike[str]) -> int | None:
        """Free bytes for this user on the disk of the nearest existing folder."""

    def volume(self, path: str | os.PathLike[str]) -> Volume | None:
        """The disk of the nearest existing folder."""

    def memory(self) -> tuple[int, int] | None:
        """Total and available bytes of main memory where the platform tells without a file."""

    def commit(self) -> tuple[int, int] | None:
        """Windows: bytes that programs may reserve in memory and page files, in all and still."""


class HostSystem:
    """The machine that this process runs on."""

    def __init__(self) -> None:
        self.environment: Mapping[str, str] = dict(os.environ)
        self.platform = platform_facts()

    @property
    def home(self) -> Path | None:
        try:
            return Path.home()
        except RuntimeError:  # no HOME, and a user id without a password entry
            return None

    @property
    def interactive(self) -> bool:
        if self.environment.get("CI", "").casefold() not in ("", "0", "false"):
            return False  # a CI may give its jobs a terminal, at which nobody sits
        streams = (sys.stdin, sys.stdout)
        return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)

    def run(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        timeout: float | None,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        from scaffold.processes import run

        return run(argv, timeout=timeout, environment=environment, cwd=cwd, on_line=on_line)

    def python(self, script: Path, *arguments: str, timeout: float) -> Completed:
        return self.run([sys.executable, "-I", script, *arguments], timeout=timeout)

    def which(self, program: str) -> Path | None:
        found = shutil.which(program, path=self.environment.get("PATH"))
        return Path(found) if found else None

    def read_text(self, path: str | os.PathLike[str]) -> str | None:
        from scaffold.files import open_regular

        try:
            with open_regular(path) as stream:
                return stream.read(READ_LIMIT).decode("utf-8", errors="replace")
        except OSError:
            return None

    def read_bytes(
        self, path: str | os.PathLike[str], *, offset: int = 0, size: int = READ_LIMIT
    ) -> bytes | None:
        from scaffold.files import open_regular

        try:
            with open_regular(path) as stream:
                stream.seek(offset)
                return stream.read(size)
        except OSError:
            return None

    def list_folder(self, path: str | os.PathLike[str]) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(path)))
        except OSError:
            return ()

    def exists(self, path: str | os.PathLike[str]) -> bool:
        return os.path.exists(path)

    def is_accessible(self, path: str | os.PathLike[str]) -> bool:
        return os.access(path, os.R_OK | os.W_OK)

    def resolve_link(self, path: str | os.PathLike[str]) -> str | None:
        try:
            return os.fspath(os.readlink(path))
        except OSError:
            return None

    def disk_free(self, path: str | os.PathLike[str]) -> int | None:
        folder = Path(path).absolute()
        for candidate in (folder, *folder.parents):
            try:
                return shutil.disk_usage(candidate).free
            except OSError:
                continue
        return None

    def volume(self, path: str | os.PathLike[str]) -> Volume | None:
        folder = Path(path).absolute()
        return next((found for one in (folder, *folder.parents) if (found := volume_of(one))), None)

    def memory(self) -> tuple[int, int] | None:
        found = windows_memory() if self.platform.os == "windows" else None
        return found[:2] if found else None

    def commit(self) -> tuple[int, int] | None:
        found = windows_memory() if self.platform.os == "windows" else None
        return found[2:] if found else None


def without(environment: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """The environment less every variable whose name starts with one of ``prefixes``."""
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


def joined(argv: Iterable[str | os.PathLike[str]]) -> tuple[str, ...]:
    """A command line as plain strings."""
    return tuple(os.fspath(part) for part in argv)
