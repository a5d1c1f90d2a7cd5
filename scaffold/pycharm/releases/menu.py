"""How a PyCharm of ours is started: a command, and an entry in the desktop's menu."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from scaffold.files import not_written, read_regular, replace_file
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.installations.places import below_home, data_folder
from scaffold.system import System

#: Paths come by environment variables: nothing in them can be taken for PowerShell.
_SHORTCUT = (
    "$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:SCAFFOLD_LINK);"
    "$link.TargetPath = $env:SCAFFOLD_TARGET; $link.WorkingDirectory = $env:SCAFFOLD_FOLDER; $link.Save()"
)

#: A shortcut holds more than we wrote: its name, which has "scaffold" in it, tells whose it is.
_SHORTCUT_MARK = "shortcut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that starts PyCharm. ``content``: a file's bytes; None for a link to ``target``."""

    path: Path
    target: Path
    content: bytes | None = None

    @property
    def mark(self) -> str:
        """What tells our own from what somebody else put there."""
        if self.path.suffix == ".lnk":
            return _SHORTCUT_MARK
        return str(self.target) if self.content is None else hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuReport:
    """What was written, and what was left alone because it is not ours."""

    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


def entries(system: System, program: Path, installation: Installation) -> tuple[Entry, ...]:
    """What there is to be for an installation whose program is ``program``; none on a Mac."""
    if system.platform.os == "linux":
        command = below_home(system, ".local", "bin", "pycharm")
        data = data_folder(system)
        text = desktop_entry(installation, program).encode()
        desktop = data / "applications" / "scaffold-pycharm.desktop" if data else None
        return (
            *([Entry(path=command, target=program)] if command else []),
            *([Entry(path=desktop, target=program, content=text)] if desktop else []),
        )
    if system.platform.os == "windows":
        roaming = system.environment.get("APPDATA", "")
        if roaming:
            menu = Path(roaming) / "Microsoft" / "Windows" / "Start Menu" / "Programs"
            return (Entry(path=menu / f"{installation.title} (scaffold).lnk", target=program),)
    return ()


def desktop_entry(installation: Installation, program: Path) -> str:
    """The entry of a Linux desktop's menu (Desktop Entry Specification 1.5)."""
    lines = [
        "[Desktop Entry]",
        "Version=1.5",
        "Type=Application",
        f"Name={installation.title}",
        "Comment=Python IDE",
        f"Exec={_quoted(str(program))} %f",
        "Terminal=false",
        "Categories=Development;IDE;",
        "StartupNotify=true",
    ]
    lines += [f"Icon={_escaped(str(installation.icon))}"] if installation.icon else []
    lines += [f"StartupWMClass={installation.desktop_class}"] if installation.desktop_class else []
    return "\n".join(lines) + "\n"


def write(system: System, wanted: tuple[Entry, ...], ours: dict[str, str]) -> MenuReport:
    """Make the entries; one that is somebody else's stays. ``ours``: path -> mark of those that we made."""
    written, kept = [], []
    for entry in wanted:
        there = present(entry.path)
        if there == entry.mark:
            continue
        if there is not None and there != ours.get(str(entry.path)):
            kept.append(entry.path)
            continue
        _write(system, entry)
        if present(entry.path) is not None:  # PowerShell may be forbidden: PyCharm starts without a shortcut
            written.append(entry.path)
    return MenuReport(written=tuple(written), kept=tuple(kept))


def present(path: Path) -> str | None:
    """The mark of what is at a path; None where nothing is. Of Windows' shortcuts the name decides."""
    try:
        if path.is_symlink():
            return str(path.readlink())
        if path.suffix == ".lnk" and path.exists():
            return _SHORTCUT_MARK
        return hashlib.sha256(read_regular(path)).hexdigest()
    except FileNotFoundError:
        return None
    except OSError:  # a folder, or nothing that we may read: not ours
        return "unreadable"


def remove(marks: dict[str, str]) -> tuple[Path, ...]:
    """Remove the entries that are still as we made them."""
    gone = []
    for name, mark in marks.items():
        path = Path(name)
        if present(path) == mark:
            try:
                path.unlink()
            except OSError as refusal:
                raise not_written(path, refusal) from refusal
            gone.append(path)
    return tuple(gone)


def _write(system: System, entry: Entry) -> None:
    if entry.content is not None:
        replace_file(entry.path, entry.content)
        return
    if entry.path.suffix == ".lnk":
        places = {"SCAFFOLD_LINK": entry.path, "SCAFFOLD_TARGET": entry.target}
        named = {name: str(path) for name, path in places.items()}
        environment = {**system.environment, **named, "SCAFFOLD_FOLDER": str(entry.target.parent)}
        system.run(["powershell", "-NoProfile", "-Command", _SHORTCUT], timeout=60.0, environment=environment)
        return
    try:
        entry.path.parent.mkdir(parents=True, exist_ok=True)
        beside = entry.path.with_name(f".{entry.path.name}.scaffold")
        beside.unlink(missing_ok=True)
        beside.symlink_to(entry.target)
        beside.replace(entry.path)
    except OSError as refusal:
        raise not_written(entry.path, refusal) from refusal


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    r"""An argument of ``Exec``: quoted, then escaped as every string of the file.

    >>> print(_quoted('/home/a da/50%/$x/pycharm'))
    "/home/a da/50%%/\\$x/pycharm"
    """
    inner = text.replace("%", "%%")
    for character in '\\"`$':
        inner = inner.replace(character, f"\\{character}")
    return f'"{_escaped(inner)}"'
