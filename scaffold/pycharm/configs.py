"""Where PyCharm keeps its settings: one folder a version, there since that version first ran.

Sources: intellij-community's PathManager and PathCustomizer, the manifests on Flathub, PyCharm's snaps (they
are of classic confinement and use the ordinary place). Read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.machine.surroundings import windows_homes
from scaffold.pycharm.installations.places import below_home, variable
from scaffold.pycharm.products import LINES, TITLES, VARIABLES, VMOPTIONS, Product, parse_folder_name
from scaffold.pycharm.running import RunningIde, running_ides
from scaffold.system import System

Layout = Literal["native", "flatpak", "snap", "moved", "wsl"]

#: From here on, every file of ours is read as we mean it.
OLDEST = (2023, 3)

_MOVED = re.compile(r"^\s*(?:-D)?idea\.config\.path\s*[=:]\s*(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFolder:
    """The settings of one version of PyCharm."""

    path: Path
    product: Product  # PyCharmCE: Community, and the free builds of 2026
    version: str  # 2026.2; "" where the folder does not tell
    how: Layout

    @property
    def title(self) -> str:
        """What people call it: ``PyCharm Community 2025.1``."""
        return f"{TITLES[self.product]} {self.version}".strip()

    @property
    def is_old(self) -> bool:
        """Older than the versions that scaffold's files are made for; it reads them nevertheless."""
        return bool(self.version) and version_key(self.version) < OLDEST

    @property
    def table(self) -> Path:
        """The interpreters that this PyCharm knows."""
        return self.path / "options" / "jdk.table.xml"

    @property
    def trusted(self) -> Path:
        """The projects that this PyCharm opens without asking whether they are trusted."""
        return self.path / "options" / "trusted-paths.xml"

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that hold these, the innermost first."""
        return (self.path / "options", self.path)


def version_key(version: str) -> tuple[int, ...]:
    """Orders versions; what is none comes first.

    >>> sorted(["2026.2", "2025.10", "2025.2", ""], key=version_key)
    ['', '2025.2', '2025.10', '2026.2']
    """
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def config_folders(
    system: System, *, running: tuple[RunningIde, ...] | None = None
) -> tuple[ConfigFolder, ...]:
    """Every folder of settings of PyCharm on this machine, the newest version first.

    ``running`` spares a second look at the processes.
    """
    found: dict[Path, ConfigFolder] = {}
    for base, how in _bases(system):
        for one in _below(system, base, how):
            found.setdefault(one.path, one)
    moved = [*_moved(system, tuple(found))]
    if found or moved:
        processes = running_ides(system) if running is None else running
        moved += [(ide.config, ide.selector) for ide in processes if ide.config is not None]
    for path, selector in moved:
        named = parse_folder_name(selector) or parse_folder_name(path.name) or ("PyCharm", "")
        if system.exists(path):
            found.setdefault(path, ConfigFolder(path=path, product=named[0], version=named[1], how="moved"))
    return tuple(sorted(found.values(), key=_newest_first, reverse=True))


def _newest_first(one: ConfigFolder) -> tuple[tuple[int, ...], bool, bool, str]:
    """Of one version, the unified product and what the user installed by hand come first."""
    return version_key(one.version), one.product == "PyCharm", one.how == "native", str(one.path)


def windows_folders(system: System) -> tuple[ConfigFolder, ...]:
    """In WSL: the settings of PyCharm on the Windows side. They are told of, never written.

    Such a PyCharm names the interpreter by a path through WSL, which only it can set up.
    """
    bases = (home / "AppData/Roaming/JetBrains" for home in windows_homes(system))
    found = [one for base in bases for one in _below(system, base, "wsl")]
    return tuple(sorted(found, key=_newest_first, reverse=True))


def other_tables(system: System) -> tuple[Path, ...]:
    """The tables of interpreters of JetBrains' other IDEs: the same project can be opened there, too."""
    places = [base / name for base, _ in _bases(system) for name in system.list_folder(base)]
    tables = (
        place / "options" / "jdk.table.xml" for place in places if parse_folder_name(place.name) is None
    )
    return tuple(dict.fromkeys(one for one in tables if system.exists(one)))


def base_folder(system: System) -> Path | None:
    """Where a PyCharm that is installed in the ordinary way makes its folder; None without a home."""
    if system.platform.os == "windows":
        return _jetbrains(variable(system, "APPDATA") or below_home(system, "AppData", "Roaming"))
    if system.platform.os == "macos":
        return _jetbrains(below_home(system, "Library", "Application Support"))
    return _jetbrains(variable(system, "XDG_CONFIG_HOME") or below_home(system, ".config"))


def _jetbrains(folder: Path | None) -> Path | None:
    return folder / "JetBrains" if folder is not None else None


def _bases(system: System) -> Iterator[tuple[Path, Layout]]:
    own, home = base_folder(system), system.home
    if own is not None:
        yield own, "native"
    if system.platform.os != "linux" or home is None:
        return
    yield home / ".config" / "JetBrains", "native"  # a desktop may not have our XDG_CONFIG_HOME
    for identity in (one for line in LINES for one in line.flatpaks):
        yield home / ".var" / "app" / identity / "config" / "JetBrains", "flatpak"
    for name in system.list_folder(home / "snap"):
        if name.startswith("pycharm"):  # one of strict confinement; the published ones are classic
            yield home / "snap" / name / "current" / ".config" / "JetBrains", "snap"


def _below(system: System, base: Path, how: Layout) -> Iterator[ConfigFolder]:
    for name in system.list_folder(base):
        named = parse_folder_name(name)
        if named is not None:
            yield ConfigFolder(path=base / name, product=named[0], version=named[1], how=how)


def _moved(system: System, folders: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    """Folders that the user's properties or VM options name, and the version they are said for."""
    environment, home = system.environment, system.home
    files = [(Path(environment[name]), "") for name in VARIABLES if environment.get(name)]
    if home is not None:
        files.append((home / "idea.properties", ""))
    for folder in folders:
        files += [(folder / name, folder.name) for name in ("idea.properties", *VMOPTIONS)]
    for file, selector in files:
        path = moved_to(system.read_text(file) or "", str(home or ""))
        if path:
            yield Path(path), selector


def moved_to(text: str, home: str) -> str:
    r"""The folder of settings that ``idea.properties`` or a file of VM options names; "" where it names none.

    >>> moved_to("# mine\nidea.config.path = ${user.home}/ide/config\n", "/home/ada")
    '/home/ada/ide/config'
    >>> moved_to("-Xmx4g\n-Didea.config.path=/data/pycharm\n", ""), moved_to("#idea.config.path=/x\n", "")
    ('/data/pycharm', '')
    """
    found = _MOVED.search(text)
    path = found[1].replace("${user.home}", home).replace("\\\\", "\\") if found else ""
    return "" if "${" in path else path
