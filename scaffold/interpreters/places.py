"""How a folder is looked at for Pythons: names, links, stand-ins. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffold.system import System

#: Versioned names, so that ``python3-config`` and ``pythonw.exe`` stay out.
_NAME = re.compile(r"python(3(\.\d+)?t?)?")
_NAME_ON_WINDOWS = re.compile(_NAME.pattern + r"\.exe", re.IGNORECASE)

#: How version managers name a CPython: 3.8.18, cpython@3.8.19, cpython-3.8.20-linux-x86_64-gnu
_INSTALLATION = re.compile(r"(?:cpython[-@])?(\d+\.\d+\.\d+)(?:-(?:linux|macos|windows)-.*)?")

#: Windows' prefix for paths that are read literally; a junction's target carries it.
_LITERAL = "\\\\?\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A program that is called Python, and who put it there."""

    path: Path
    origin: str
    version: str = ""  # what the folder of a version manager is called after: 3.8.18; "" where nothing says


def real_path(system: System, path: Path) -> Path:
    """The path with every symbolic link followed, as this host sees it."""
    windows = system.platform.os == "windows"
    done, rest, followed = Path(path.anchor), list(path.parts[1:] if path.anchor else path.parts), 0
    while rest:
        step = done / rest.pop(0)
        target = system.resolve_link(step)
        if target is None or followed > 40:
            done = done.parent if step.name == ".." else step
            continue
        followed += 1
        aim = Path(target.removeprefix(_LITERAL).replace("\\", "/") if windows else target)
        if aim.anchor or (
            windows and aim.parts[:1] and aim.parts[0].endswith(":")
        ):  # C: is read elsewhere too
            done, rest = Path(aim.anchor), [*(aim.parts[1:] if aim.anchor else aim.parts), *rest]
        else:
            rest = [*aim.parts, *rest]
    return done


def is_shim(path: Path) -> bool:
    r"""Whether a path is a version manager's stand-in, or the Microsoft Store's.

    The Store's may open a shop window, the Python install manager's (``Python\bin``) a download.
    """
    folder = path.parent
    return folder.name in ("shims", "WindowsApps") or (
        folder.name == "bin" and folder.parent.name == "Python" and path.suffix.lower() == ".exe"
    )


def environment_of(system: System, path: Path) -> Path | None:
    """The virtual environment that an interpreter belongs to (PEP 405); None where it is a base."""
    for folder in (path.parent, path.parent.parent):
        if system.exists(folder / "pyvenv.cfg"):
            return folder
    return None


def folders(system: System, variables: tuple[str, ...], *defaults: str) -> list[Path]:
    """The folder that the first set variable names, else the defaults below the home folder."""
    for variable in variables:
        if system.environment.get(variable):
            return [Path(system.environment[variable])]
    return [system.home / one for one in defaults] if system.home is not None else []


def program_of(system: System, prefix: Path) -> Path | None:
    """The interpreter of an installation, by the most stable of its names."""
    windows = system.platform.os == "windows"
    names = ("python.exe", "install/python.exe") if windows else ("bin/python3", "bin/python")
    for name in names:
        if system.exists(prefix / name):
            return prefix / name
    return None


def below(system: System, folder: Path, origin: str, *, inside: str = "") -> Iterator[Candidate]:
    """The installations that lie side by side in a folder; ``inside``: a level further down.

    Environments among them (pyenv-virtualenv's) are left out, and second names that may mean another version
    tomorrow (mise's ``latest`` and ``3``). One that says the minor version stays: it outlives updates.
    """
    for name in system.list_folder(folder):
        prefix = folder / name / inside if inside else folder / name
        if not system.exists(prefix / "pyvenv.cfg") and not _is_moving(system, folder / name):
            program = program_of(system, prefix)
            if program is not None:
                named = _INSTALLATION.fullmatch(name)
                yield Candidate(path=program, origin=origin, version=named[1] if named else "")


def _is_moving(system: System, prefix: Path) -> bool:
    if system.resolve_link(prefix) is None or re.search(r"\d\.\d", prefix.name):
        return False
    return real_path(system, prefix).parent == real_path(system, prefix.parent)


def in_folder(system: System, folder: Path, origin: str) -> Iterator[Candidate]:
    """The Pythons among the programs of a folder, less shims, environments and Apple's placeholder."""
    pattern = _NAME_ON_WINDOWS if system.platform.os == "windows" else _NAME
    names = sorted((name for name in system.list_folder(folder) if pattern.fullmatch(name)), key=_precision)
    for name in names:
        program = folder / name
        if (
            not is_shim(program)
            and environment_of(system, program) is None
            and not system.list_folder(program)  # a folder of that name
            and not _is_placeholder(system, program)
        ):
            yield Candidate(path=program, origin=_owner(system, program) or origin)


def _precision(name: str) -> tuple[int, str]:
    """``python3.12`` before ``python3`` before ``python``: the longest-lived name of one program."""
    return (-name.count(".") - ("3" in name), name)


def _owner(system: System, program: Path) -> str:
    """Who put a program there, by where it is and where its link leads."""
    folder, real = program.parent.as_posix(), real_path(system, program).as_posix()
    marks = (
        ("homebrew", ("/homebrew/", "/linuxbrew/", "/Cellar/")),
        ("macports", ("/opt/local/",)),
        ("nix", ("/nix/store/",)),
        ("python.org", ("/Library/Frameworks/Python.framework/",)),
    )
    for origin, words in marks:
        if any(word in f"{folder}/" or word in real for word in words):
            return origin
    if any(system.exists(place / "conda-meta") for place in (program.parent.parent, program.parent)):
        return "conda"
    return "system" if folder in ("/usr/bin", "/bin", "/usr/local/bin") else ""


def _is_placeholder(system: System, program: Path) -> bool:
    """Whether macOS would open a dialogue to install the developer tools instead of a Python."""
    if system.platform.os != "macos" or program.parent != Path("/usr/bin"):
        return False
    tools = ("/Library/Developer/CommandLineTools", "/Applications/Xcode.app")
    return not any(system.exists(tool) for tool in tools)
