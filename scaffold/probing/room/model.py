"""Limits of processes, disks, paths and file systems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

#: What a program of training writes to, or is started from.
Role = Literal[
    "environment", "project", "runs", "home", "temporary", "shared-memory", "hub", "torch", "keras",
    "datasets", "pip", "uv", "compiled", "python", "other",
]  # fmt: skip

#: Where Linux keeps the memory that processes share.
SHARED = "/dev/shm"  # noqa: S108 - the place itself is meant

#: "No limit", of a limit that is a number of bytes, files, processes or seconds.
UNLIMITED = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One folder. Sizes in bytes; None and ``""`` mean unknown."""

    role: Role
    path: str  # absolute, and expanded as the library that reads the variable does it
    variable: str = ""  # moves it: TMPDIR, HF_HOME
    written: str = ""  # what the variable says; "" where it is not set
    exists: bool | None = None
    writable: bool | None = None
    total: int | None = None
    free: int | None = None
    free_files: int | None = None  # how many more files the file system can name
    full: bool | None = None  # told in a word
    file_system: str = ""  # ext4, tmpfs, cifs
    mount: str = ""  # where that file system starts
    options: tuple[str, ...] = ()  # it was mounted with: ro, noexec
    works: bool | None = None  # an environment that is there, with its interpreter
    silent: bool = False  # its disk did not answer in time
    odd: str = ""  # letters outside of ASCII that are told of in words: "Chinese sub-folders"
    synchronised: str = ""  # by whom, told in words: OneDrive

    @property
    def in_memory(self) -> bool:
        """Whether it lies in main memory."""
        return self.file_system in ("tmpfs", "ramfs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What this process, and all that it starts, may have at most: the soft limits."""

    open_files: int | None = None
    open_files_hard: int | None = None
    processes: int | None = None  # of the user; threads count
    tasks: int | None = None  # of the container or the service; threads count
    address_space: int | None = None  # bytes
    file_size: int | None = None  # bytes of one file
    locked_memory: int | None = None  # bytes
    cpu_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """Limits of processes, disks, paths and file systems. None: unknown."""

    places: tuple[Place, ...] = ()
    shared_memory: Place | None = None
    limits: Limits = Limits()
    leftovers: int | None = None  # files of programs that died, in shared memory
    cpu_quota: float | None = None  # processors' worth of time that the container may use; 0: no quota
    workers: int | None = None  # of data loaders, where it is told
    swap: int | None = None  # bytes
    commit_limit: int | None = None  # of Windows: memory and page files, bytes
    commit_free: int | None = None
    strict_overcommit: bool | None = None  # the kernel hands out no more memory than there is
    watches: int | None = None  # files that one user may have watched (inotify)
    long_paths: bool | None = None  # of Windows: LongPathsEnabled
    store_python: bool | None = None  # of Windows: Python from the Microsoft Store
    charset: str = ""  # of texts: UTF-8, GBK, cp936
    charset_source: str = ""

    def of(self, *roles: Role) -> Iterator[Place]:
        """The places with one of these roles."""
        return (one for one in self.places if one.role in roles)

    def place(self, role: Role) -> Place | None:
        """The first place with that role."""
        return next(self.of(role), None)
