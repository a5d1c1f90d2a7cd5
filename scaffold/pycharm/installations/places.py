"""Folders that every way of installing shares: of settings, of data, of programs."""

from __future__ import annotations

from pathlib import Path

from scaffold.system import System

#: Beside each installation of ours: which release it is, from where, and what was put into menus for it.
RECORD = ".scaffold-{name}.json"


def folder_of(text: str) -> Path:
    r"""A path as some file or variable wrote it; backslashes are Windows'.

    >>> folder_of("C:\\Program Files\\JetBrains").as_posix()
    'C:/Program Files/JetBrains'
    """
    windows = text[1:3] == ":\\" or text.startswith("\\\\")
    return Path(text.replace("\\", "/") if windows else text)


def variable(system: System, name: str) -> Path | None:
    """The absolute folder that an environment variable names."""
    value = system.environment.get(name, "")
    absolute = value.startswith(("/", "\\\\")) or value[1:3] in {":\\", ":/"}
    return folder_of(value) if absolute else None


def below_home(system: System, *parts: str) -> Path | None:
    """A folder below the user's own; None where there is none."""
    return None if system.home is None else system.home.joinpath(*parts)


def data_folder(system: System) -> Path | None:
    """Where programs keep a user's data: ~/.local/share, ~/Library/Application Support, %LOCALAPPDATA%."""
    if system.platform.os == "windows":
        return variable(system, "LOCALAPPDATA") or below_home(system, "AppData", "Local")
    if system.platform.os == "macos":
        return below_home(system, "Library", "Application Support")
    return variable(system, "XDG_DATA_HOME") or below_home(system, ".local", "share")


def own_place(system: System) -> Path | None:
    """Where ``scaffold ide install`` puts PyCharm: a place for programs that is the user's own."""
    if system.platform.os == "macos":
        return below_home(system, "Applications")
    data = data_folder(system)
    if data is None:
        return None
    return data / "Programs" if system.platform.os == "windows" else data / "scaffold" / "ide"


def record_of(folder: Path) -> Path:
    """Where the record of an installation of ours lies."""
    return folder.parent / RECORD.format(name=folder.name)


def real(system: System, path: Path) -> Path:
    """A path with every symbolic link in it followed, as far as the host tells; a loop ends the search."""
    followed = 0
    parts, found = list(path.parts[1:]), Path(path.parts[0]) if path.parts else path
    while parts:
        part = parts.pop(0)
        if part == "..":
            found = found.parent
            continue
        target = system.resolve_link(found / part)
        if target is None or followed >= 40:
            found = found / part
            continue
        followed += 1
        aim = Path(target)
        if aim.is_absolute():
            found, parts = Path(aim.parts[0]), [*aim.parts[1:], *parts]
        else:
            parts = [*aim.parts, *parts]
    return found
