"""Where Pythons lie on a machine. A look at folders and links; nothing is run.

Ready-made discovery asks PATH: on a machine with pyenv that finds 2 Pythons of 9, because the shims
on PATH answer for the active version only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffold.system import System

#: Versioned names, so that ``python3-config`` and ``pythonw.exe`` stay out.
_NAME = re.compile(r"python(3(\.\d+)?t?)?(\.exe)?", re.IGNORECASE)

#: Where conda's installers put themselves, below the home folder or below ``/opt``.
_CONDA_FOLDERS = (
    "miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "conda", ".conda", "opt/miniconda3",
    "opt/anaconda3",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A program that is called Python, and who put it there."""

    path: Path
    origin: str


def candidates(system: System) -> tuple[Candidate, ...]:
    """Every program on the machine that may be a Python of its own, each once.

    Environments and shims are left out: their Pythons are somebody else's. Order: version managers,
    conda, PATH, fixed places.
    """
    everything = (*_managed(system), *_conda(system), *_on_path(system), *_fixed(system))
    first: dict[Path, Candidate] = {}
    for one in everything:
        if system.exists(one.path):
            first.setdefault(real_path(system, one.path), one)
    return tuple(first.values())


def real_path(system: System, path: Path) -> Path:
    """The path with every symbolic link followed, as this host sees it."""
    done, rest, followed = Path(path.anchor), list(path.parts[1:] if path.anchor else path.parts), 0
    while rest:
        step = done / rest.pop(0)
        target = system.resolve_link(step)
        if target is None or followed > 40:
            done = done.parent if step.name == ".." else step
            continue
        followed += 1
        aim = Path(target)
        if aim.anchor:
            done, rest = Path(aim.anchor), [*aim.parts[1:], *rest]
        else:
            rest = [*aim.parts, *rest]
    return done


def is_shim(path: Path) -> bool:
    """Whether a path is a version manager's stand-in, or the Microsoft Store's."""
    return path.parent.name in ("shims", "WindowsApps")


def environment_of(system: System, path: Path) -> Path | None:
    """The virtual environment that an interpreter belongs to (PEP 405); None where it is a base."""
    for folder in (path.parent, path.parent.parent):
        if system.exists(folder / "pyvenv.cfg"):
            return folder
    return None


def _programs(system: System, prefix: Path) -> Iterator[Path]:
    """The interpreter of an installation, by the most stable of its names."""
    if system.platform.os == "windows":
        names: tuple[str, ...] = ("python.exe",)
    else:
        names = ("bin/python3", "bin/python")
    for name in names:
        if system.exists(prefix / name):
            yield prefix / name
            return


def _below(system: System, folder: Path, origin: str) -> Iterator[Candidate]:
    """The installations that lie side by side in a folder."""
    for name in system.list_folder(folder):
        prefix = folder / name
        if not system.exists(prefix / "pyvenv.cfg"):  # pyenv-virtualenv's environments lie among them
            for program in _programs(system, prefix):
                yield Candidate(path=program, origin=origin)


def _folder(system: System, variable: str, *defaults: str) -> list[Path]:
    """The folder that a variable names, else the defaults below the home folder."""
    if system.environment.get(variable):
        return [Path(system.environment[variable])]
    return [system.home / one for one in defaults] if system.home is not None else []


def _managed(system: System) -> Iterator[Candidate]:
    data = _folder(system, "XDG_DATA_HOME", ".local/share")
    roaming = _folder(system, "APPDATA", "AppData/Roaming")
    windows = system.platform.os == "windows"
    stores = [one / "uv" / "python" for one in data]
    if windows:
        stores = [one / "uv" / part for one in roaming for part in ("python", "data/python")]
    for store in _folder(system, "UV_PYTHON_INSTALL_DIR") or stores:
        yield from _below(system, store, "uv")
    for root in _folder(system, "PYENV_ROOT", ".pyenv/pyenv-win" if windows else ".pyenv"):
        yield from _below(system, root / "versions", "pyenv")
    for root in _folder(system, "MISE_DATA_DIR") or [one / "mise" for one in data]:
        yield from _below(system, root / "installs" / "python", "mise")
    for root in _folder(system, "ASDF_DATA_DIR", ".asdf"):
        yield from _below(system, root / "installs" / "python", "asdf")


def _conda(system: System) -> Iterator[Candidate]:
    prefixes: list[Path] = []
    if system.home is not None:
        listed = system.read_text(system.home / ".conda" / "environments.txt") or ""
        prefixes += [Path(line.strip()) for line in listed.splitlines() if line.strip()]
    for root in _conda_roots(system):
        prefixes.append(root)
        prefixes += [root / "envs" / name for name in system.list_folder(root / "envs")]
    for prefix in prefixes:
        if system.exists(prefix / "conda-meta"):
            for program in _programs(system, prefix):
                yield Candidate(path=program, origin="conda")


def _conda_roots(system: System) -> Iterator[Path]:
    if system.environment.get("CONDA_EXE"):  # ROOT/bin/conda or ROOT\Scripts\conda.exe
        yield Path(system.environment["CONDA_EXE"]).parent.parent
    yield from _folder(system, "MAMBA_ROOT_PREFIX")
    for base in (system.home, Path("/opt")):
        if base is not None:
            yield from (base / name for name in _CONDA_FOLDERS)


def _on_path(system: System) -> Iterator[Candidate]:
    words = system.environment.get("PATH", "")
    if system.platform.os == "windows":
        folders = [word.strip('"').replace("\\", "/") for word in words.split(";")]
        absolute = [folder for folder in folders if re.match(r"[A-Za-z]:/|//", folder)]
    else:
        absolute = [folder for folder in words.split(":") if folder.startswith("/")]
    for folder in dict.fromkeys(absolute):
        yield from _in_folder(system, Path(folder), "PATH")


def _in_folder(system: System, folder: Path, origin: str) -> Iterator[Candidate]:
    names = sorted((name for name in system.list_folder(folder) if _NAME.fullmatch(name)), key=_precision)
    for name in names:
        program = folder / name
        if not is_shim(program) and environment_of(system, program) is None and not _is_stub(system, program):
            yield Candidate(path=program, origin=_owner(system, folder) or origin)


def _precision(name: str) -> tuple[int, str]:
    """``python3.12`` before ``python3`` before ``python``: the longest-lived name of one program."""
    return (-name.count(".") - ("3" in name), name)


def _owner(system: System, folder: Path) -> str:
    text = folder.as_posix()
    if "/homebrew/" in text or "/linuxbrew/" in text or "/Cellar/" in text:
        return "homebrew"
    if system.exists(folder.parent / "conda-meta") or system.exists(folder / "conda-meta"):
        return "conda"
    return "system" if text in ("/usr/bin", "/bin", "/usr/local/bin") else ""


def _is_stub(system: System, program: Path) -> bool:
    """Whether macOS would open a dialogue to install the developer tools instead of a Python."""
    if system.platform.os != "macos" or program.parent != Path("/usr/bin"):
        return False
    tools = ("/Library/Developer/CommandLineTools", "/Applications/Xcode.app")
    return not any(system.exists(tool) for tool in tools)


def _fixed(system: System) -> Iterator[Candidate]:
    """Places that installers use, whether or not PATH names them."""
    if system.platform.os == "windows":
        yield from _fixed_windows(system)
        return
    folders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin"]
    for folder in folders:
        yield from _in_folder(system, Path(folder), "system")
    for name in system.list_folder("/opt"):
        if name.startswith("python"):
            yield from _in_folder(system, Path("/opt") / name / "bin", "system")
    versions = Path("/Library/Frameworks/Python.framework/Versions")
    for name in system.list_folder(versions):
        yield from _in_folder(system, versions / name / "bin", "python.org")


def _fixed_windows(system: System) -> Iterator[Candidate]:
    local = _folder(system, "LOCALAPPDATA", "AppData/Local")
    parents: Iterable[Path] = (
        *(one / "Programs" / "Python" for one in local),
        *(one / "Python" for one in local),  # the Python install manager
        Path(system.environment.get("PROGRAMFILES") or "C:/Program Files"),
        Path("C:/"),
    )
    for parent in parents:
        for name in system.list_folder(parent):
            program = parent / name / "python.exe"
            if name.lower().startswith("python") and system.exists(program):
                yield Candidate(path=program, origin="python.org")


def registered(system: System) -> tuple[Candidate, ...]:
    """The Pythons that Windows' registry knows (PEP 514); empty elsewhere."""
    if os.name != "nt" or system.platform.os != "windows":
        return ()
    from python_discovery import iter_interpreters

    environment = {**system.environment, "PATH": ""}  # the registry is what is wanted
    found = iter_interpreters(None, env=environment)
    return tuple(Candidate(path=Path(one.system_exe), origin="registry") for one in found)
