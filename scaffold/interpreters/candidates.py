"""Every program on a machine that may be a Python of its own. A look at folders and links; nothing is run.

Ready-made discovery asks PATH: on a machine with pyenv that finds 2 Pythons of 9, because the shims
on PATH answer for the active version only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from scaffold.interpreters.managers import conda, managed
from scaffold.interpreters.places import Candidate, below, folders, in_folder, real_path
from scaffold.system import System

#: Where Unix programs lie that need not be on PATH, and whose they are.
_UNIX_FOLDERS = (
    ("/usr/bin", "system"),
    ("/usr/local/bin", "system"),
    ("/opt/homebrew/bin", "homebrew"),
    ("/home/linuxbrew/.linuxbrew/bin", "homebrew"),
    ("/opt/local/bin", "macports"),
    ("/run/current-system/sw/bin", "nix"),
    ("/nix/var/nix/profiles/default/bin", "nix"),
)

#: Where Homebrew links what it does not put on PATH (python@3.10).
_HOMEBREW = ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew")

#: Folders with installations side by side: Posit's images, development containers.
_SIDE_BY_SIDE = ("/opt/python", "/usr/local/python")


def candidates(system: System) -> tuple[Candidate, ...]:
    """Every program on the machine that may be a Python of its own, each once.

    Environments and shims are left out: their Pythons are somebody else's. A link that leads nowhere is
    told of. Order: version managers, conda, PATH, fixed places.
    """
    first: dict[Path, Candidate] = {}
    for one in (*managed(system), *conda(system), *_programs(system), *_installed(system)):
        first.setdefault(real_path(system, one.path), one)
    return tuple(first.values())


def _programs(system: System) -> Iterator[Candidate]:
    """What lies in folders of programs: those of PATH, and the usual ones; each is listed once."""
    origins = dict.fromkeys(_path_folders(system), "PATH")
    if system.platform.os != "windows":
        for folder, origin in _UNIX_FOLDERS:
            origins.setdefault(folder, origin)
        for home in folders(system, (), ".nix-profile/bin", ".local/bin"):
            origins.setdefault(home.as_posix(), "PATH")
    for folder, origin in origins.items():
        yield from in_folder(system, Path(folder), origin)


def _path_folders(system: System) -> list[str]:
    words = system.environment.get("PATH", "")
    if system.platform.os == "windows":
        named = [word.strip('"').replace("\\", "/") for word in words.split(";")]
        return [folder.rstrip("/") for folder in named if re.match(r"[A-Za-z]:/|//", folder)]
    absolute = [folder.rstrip("/") or "/" for folder in words.split(":") if folder.startswith("/")]
    if (
        "microsoft" in system.platform.release.lower()
    ):  # WSL: Windows' folders are slow, and no Linux Python's
        return [folder for folder in absolute if not re.match(r"/mnt/[a-z]/", folder)]
    return absolute


def _installed(system: System) -> Iterator[Candidate]:
    """Places that installers use, whether or not PATH names them."""
    if system.platform.os == "windows":
        yield from _windows(system)
        return
    yield from _homebrew(system)
    for folder in _SIDE_BY_SIDE:
        yield from below(system, Path(folder), "system")
    for parent in ("/opt", "/usr/local"):  # /usr/local/python3: what people build for themselves
        for name in system.list_folder(parent):
            if name.startswith("python"):
                yield from in_folder(system, Path(parent) / name / "bin", "system")
    versions = Path("/Library/Frameworks/Python.framework/Versions")
    for name in system.list_folder(versions):
        yield from in_folder(system, versions / name / "bin", "python.org")


def _homebrew(system: System) -> Iterator[Candidate]:
    """Old versions are not linked to ``bin``; ``opt`` stays where it is when a release is replaced."""
    named = system.environment.get("HOMEBREW_PREFIX")
    for prefix in dict.fromkeys((*((named,) if named else ()), *_HOMEBREW)):
        for name in system.list_folder(Path(prefix) / "opt"):
            if name.startswith("python@"):
                yield from in_folder(system, Path(prefix) / "opt" / name / "bin", "homebrew")


def _windows(system: System) -> Iterator[Candidate]:
    local = folders(system, ("LOCALAPPDATA",), "AppData/Local")
    parents: Iterable[Path] = (
        *(one / "Programs" / "Python" for one in local),
        *(one / "Python" for one in local),  # the Python install manager
        Path(system.environment.get("PROGRAMFILES") or "C:/Program Files"),
        Path(system.environment.get("PROGRAMFILES(X86)") or "C:/Program Files (x86)"),
        Path("C:/"),  # Chocolatey's too
    )
    for parent in parents:
        for name in system.list_folder(parent):
            program = parent / name / "python.exe"
            if name.lower().startswith("python") and system.exists(program):
                yield Candidate(path=program, origin="python.org")
    everyones = folders(system, ("SCOOP_GLOBAL",)) or [Path("C:/ProgramData/scoop")]
    for root in (*folders(system, ("SCOOP",), "scoop"), *everyones):
        for name in system.list_folder(root / "apps"):
            if name.startswith("python"):
                yield from below(system, root / "apps" / name, "scoop")
