"""Shared libraries, their versions, and the order in which the loader finds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

#: How the loader comes to a copy: LD_LIBRARY_PATH (PATH on Windows), a package that brings it, the conda
#: environment's own lib folder, the system's folders; "folder": it was seen, and nobody said how it is found.
Via = Literal["variable", "package", "environment", "system", "folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One file, or one that is known to be there. ``""`` means unknown."""

    name: str  # as the loader is asked for it: libcudnn.so.8, libiomp5md.dll (Windows: lower case)
    path: str
    via: Via = "folder"
    version: str = ""  # 8.4.1: of the file's name, of the package that brings it, of its folder's name
    owner: str = ""  # the distribution: nvidia-cudnn-cu12

    @property
    def family(self) -> str:
        """The name without what comes behind it: ``libcudnn``."""
        return self.name.partition(".")[0]

    @property
    def folder(self) -> str:
        """The folder that holds it, as it is spelt."""
        return self.path[: max(self.path.rfind("/"), self.path.rfind("\\"), 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A library that something asks for and that is nowhere where the loader looks."""

    name: str  # libcusolver.so.11, msvcp140.dll
    needed_by: str = ""  # tensorflow 2.11.0, torch\\lib\\fbgemm.dll
    instead: str = ""  # another version that is there: libcusolver.so.10
    where: str = ""  # where it was looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """The C++ standard library that is loaded, and what is asked of it."""

    path: str  # the copy that the loader finds first
    provides: str = ""  # the newest of its symbol versions: 3.4.28
    via: Via = "system"
    needs: str = ""  # the newest that a package asks for: 3.4.30
    needed_by: str = ""  # which file
    better: str = ""  # a copy in the environment that has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Which compiler linked a DLL; its runtime must be at least as new."""

    file: str  # torch\\lib\\c10.dll
    toolset: str  # of Visual C++: 14.44


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFacts:
    """Shared libraries, in the order in which the loader finds them. None: unknown."""

    copies: tuple[Library, ...] = ()
    missing: tuple[Missing, ...] = ()
    search: tuple[str, ...] | None = None  # the folders of LD_LIBRARY_PATH, "" for an empty entry
    own_first: bool | None = None  # PyTorch's libraries name their folders before LD_LIBRARY_PATH (DT_RPATH)
    standard: Standard | None = None
    libdevice: tuple[str, ...] | None = None  # where XLA finds libdevice.10.bc
    libdevice_elsewhere: tuple[str, ...] = ()  # where it lies and XLA does not look
    data_folder: str = ""  # what XLA_FLAGS names as CUDA's folder
    toolkit: str = ""  # the CUDA toolkit of the system: 12.2
    vc_runtime: str = ""  # the version of msvcp140.dll in System32: 14.38.33135
    compiled: tuple[Compiled, ...] = ()  # Windows
    executable_stack: tuple[str, ...] = ()  # libraries that ask for one

    def of(self, *families: str) -> Iterator[Library]:
        """Every copy of some libraries: ``of("libcudnn")``."""
        return (one for one in self.copies if one.family in families)

    def lacks(self, name: str) -> Missing | None:
        """What is known of a library that is not there."""
        wanted = name.lower()
        return next((one for one in self.missing if one.name.lower() == wanted), None)
