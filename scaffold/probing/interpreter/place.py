"""Where one Python keeps what: its version, its standard library, its site-packages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.interpreters.places import real_path
from scaffold.probing.interpreter.owner import manager_of
from scaffold.probing.interpreter.venv import parse_configuration, plain_version
from scaffold.system import System

_PATCH = re.compile(r'^#define\s+PY_VERSION\s+"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One interpreter's folders. ``base`` is ``prefix`` where it is no virtual environment."""

    program: Path  # as it is called
    real: Path  # links followed
    prefix: Path
    base: Path
    virtual: bool
    version: str  # 3.12.4, or 3.12, or ""
    manager: str
    windows: bool
    free_threaded: bool

    @property
    def minor(self) -> str:
        """``3.12``, or ""."""
        return ".".join(self.version.split(".")[:2]) if "." in self.version else ""

    @property
    def _folder(self) -> str:
        return f"python{self.minor}{'t' if self.free_threaded else ''}"

    @property
    def library(self) -> Path | None:
        """The folder of the standard library."""
        if self.windows:
            return self.base / "Lib"
        return self.base / "lib" / self._folder if self.minor else None

    @property
    def site_packages(self) -> tuple[Path, ...]:
        """Where installed distributions may lie, in the order in which they are looked for."""
        if self.windows:
            return (self.prefix / "Lib" / "site-packages",)
        if not self.minor:
            return ()
        own = tuple(self.prefix / lib / self._folder / "site-packages" for lib in ("lib", "lib64"))
        if self.virtual:
            return own
        if self.base.as_posix() == "/usr":  # Debian's
            debian = (
                f"/usr/local/lib/{self._folder}/dist-packages",
                f"/usr/lib/{self._folder}/dist-packages",
                "/usr/lib/python3/dist-packages",
            )
            return (*map(Path, debian), *own, Path(f"/usr/local/lib/{self._folder}/site-packages"))
        brewed = re.match(r"(.*?)/(?:Cellar|opt)/python@", self.real.as_posix())
        return (*own, Path(brewed[1]) / "lib" / self._folder / "site-packages") if brewed else own


def place_of(system: System, program: Path, prefix: Path | None) -> Place:
    """Where an interpreter keeps what, by links, names and ``pyvenv.cfg``; nothing is started."""
    windows = system.platform.os == "windows"
    real = real_path(system, program)
    prefix = prefix or _above(program)
    configuration = parse_configuration(system.read_text(prefix / "pyvenv.cfg") or "")
    virtual = bool(configuration)
    conda = system.exists(prefix / "conda-meta")
    prefix = prefix if virtual or conda else _above(real)
    base = _base(system, configuration, real, prefix) if virtual else prefix
    named = re.fullmatch(r"python(3\.\d+)(t?)(?:\.exe)?", real.name, re.IGNORECASE)
    version = _version(system, base, named[1] if named else "", windows=windows)
    noted = plain_version(configuration.get("version_info") or configuration.get("version", ""))
    if _agree(noted, version) and len(noted) > len(version):
        version = noted
    is_conda = conda or (virtual and system.exists(base / "conda-meta"))
    return Place(
        program=program,
        real=real,
        prefix=prefix,
        base=base,
        virtual=virtual,
        version=version,
        manager="conda" if is_conda else manager_of(str(real)) or manager_of(f"{base}/"),
        windows=windows,
        free_threaded=bool(named and named[2]),
    )


def _above(program: Path) -> Path:
    """The installation around a program: ``/`` for ``/bin`` is ``/usr`` on systems of today."""
    parent = program.parent
    above = parent.parent if parent.name.lower() in ("bin", "scripts") else parent
    return Path("/usr") if above.as_posix() == "/" else above


def _base(system: System, configuration: Mapping[str, str], real: Path, prefix: Path) -> Path:
    noted = configuration.get("base-prefix")
    if noted:
        return Path(noted)
    home = configuration.get("home")
    if prefix not in real.parents:
        return _above(real)
    return _above(real_path(system, Path(home)) / real.name) if home else prefix


def _agree(one: str, other: str) -> bool:
    return not other or not one or one.split(".")[:2] == other.split(".")[:2]


def _version(system: System, base: Path, minor: str, *, windows: bool) -> str:
    """The version of an installation: by conda's record, by its headers, by the names of its files."""
    for name in system.list_folder(base / "conda-meta"):
        conda = re.match(r"python-(\d+\.\d+\.\d+)-.*\.json$", name)
        if conda is not None:
            return conda[1]
    if windows:
        return _on_windows(system, base) or minor
    folders = (
        [minor]
        if minor
        else sorted(
            (name[6:] for name in system.list_folder(base / "lib") if re.fullmatch(r"python3\.\d+", name)),
            key=lambda one: int(one.partition(".")[2]),
        )
    )
    if len(folders) != 1:
        return minor
    header = system.read_text(base / "include" / f"python{folders[0]}" / "patchlevel.h")
    found = _PATCH.search(header or "")
    return plain_version(found[1]) if found else folders[0]


def _on_windows(system: System, base: Path) -> str:
    header = _PATCH.search(system.read_text(base / "include" / "patchlevel.h") or "")
    if header is not None:
        return plain_version(header[1])
    names = (
        re.fullmatch(r"python(3)(\d{1,2})\.dll", name, re.IGNORECASE) for name in system.list_folder(base)
    )
    return next((f"{one[1]}.{one[2]}" for one in names if one), "")
