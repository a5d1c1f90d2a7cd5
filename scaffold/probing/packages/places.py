"""The folders in which the target finds modules, in the order of its ``sys.path``, without starting it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.condition.inspect import conda_python, parse_configuration, python_version
from scaffold.probing.scene import Scene
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One folder on the target's path."""

    path: Path
    user_site: bool = False
    variable: bool = False  # named by PYTHONPATH
    base: bool = False  # of the Python below an environment that sees its packages


def locations(scene: Scene) -> tuple[Location, ...]:
    """PYTHONPATH, the user's site where the target looks there, its site-packages, what .pth files add."""
    found: dict[Path, Location] = {}
    for one in (*_by_variable(scene), *_of_prefix(scene)):
        if one.path not in found and scene.system.exists(one.path):
            found[one.path] = one
            for further in _added(scene.system, one):
                found.setdefault(further.path, further)
    return tuple(found.values())


def _by_variable(scene: Scene) -> Iterator[Location]:
    separator = ";" if scene.system.platform.os == "windows" else ":"
    for entry in scene.system.environment.get("PYTHONPATH", "").split(separator):
        if entry and Path(entry).is_absolute():
            yield Location(path=Path(entry), variable=True)


def _of_prefix(scene: Scene) -> Iterator[Location]:
    prefix = scene.target.prefix
    if prefix is None:
        return
    text = scene.system.read_text(prefix / "pyvenv.cfg")
    if text is None:
        yield from _installation(scene, prefix, user=True)
        return
    settings = parse_configuration(text)
    version = _minor(python_version(settings)) or _version_of(scene.system, prefix)
    shares = settings.get("include-system-site-packages", "").lower() == "true"
    if shares:
        yield from _user(scene, version)
    yield from (Location(path=one) for one in _site_packages(scene, prefix, version))
    home = settings.get("home")
    if shares and home:
        base = Path(home)
        base = base.parent if base.name.lower() in ("bin", "scripts") else base
        yield from (Location(path=one, base=True) for one in _installed_sites(scene, base, version))


def _installation(scene: Scene, prefix: Path, *, user: bool) -> Iterator[Location]:
    """A Python without an environment of its own: the system's, pyenv's, conda's."""
    version = _conda_version(scene.system, prefix) or _of_program(scene) or _version_of(scene.system, prefix)
    if user:
        yield from _user(scene, version)
    yield from (Location(path=one) for one in _installed_sites(scene, prefix, version))


def _installed_sites(scene: Scene, prefix: Path, version: str) -> Iterator[Path]:
    yield from _site_packages(scene, prefix, version)
    if prefix == Path("/usr") and version:  # Debian's and Ubuntu's own Python
        yield Path(f"/usr/local/lib/python{version}/dist-packages")
        yield Path("/usr/lib/python3/dist-packages")


def _site_packages(scene: Scene, prefix: Path, version: str) -> Iterator[Path]:
    if scene.system.platform.os == "windows" or (prefix / "Lib" / "site-packages").is_dir():
        yield prefix / "Lib" / "site-packages"
    if version:
        yield prefix / "lib" / f"python{version}" / "site-packages"
        lib64 = prefix / "lib64"
        if scene.system.resolve_link(lib64) is None:  # Fedora's second folder; elsewhere a link
            yield lib64 / f"python{version}" / "site-packages"


def _user(scene: Scene, version: str) -> Iterator[Location]:
    system = scene.system
    if system.environment.get("PYTHONNOUSERSITE") or not version:
        return
    base = system.environment.get("PYTHONUSERBASE")
    if system.platform.os == "windows":
        roaming = base or system.environment.get("APPDATA")
        if not roaming:
            return
        folder = Path(roaming) if base else Path(roaming) / "Python"
        places = [folder / f"Python{version.replace('.', '')}" / "site-packages"]
    else:
        home = Path(base) if base else system.home / ".local" if system.home else None
        places = [home / "lib" / f"python{version}" / "site-packages"] if home else []
        if system.platform.os == "macos" and not base and system.home is not None:
            places.append(system.home / "Library" / "Python" / version / "lib" / "python" / "site-packages")
    yield from (Location(path=one, user_site=True) for one in places)


def _added(system: System, where: Location) -> Iterator[Location]:
    """What ``.pth`` files add: a folder a line (lines of code are not run)."""
    for name in system.list_folder(where.path):
        if not name.endswith(".pth") or name.startswith("."):
            continue
        for line in (system.read_text(where.path / name) or "").splitlines()[:200]:
            entry = line.strip()
            if entry and not entry.startswith(("#", "import ", "import\t")) and "\0" not in entry:
                path = Path(os.path.normpath(where.path / entry))
                if system.exists(path):
                    yield Location(path=path, user_site=where.user_site)


def _version_of(system: System, prefix: Path) -> str:
    """By the folder that its standard library, or its packages, lie in."""
    found = [
        match[1]
        for name in system.list_folder(prefix / "lib")
        if (match := re.fullmatch(r"python(3\.\d+)", name))
    ]
    return max(found, key=lambda one: int(one.partition(".")[2]), default="")


def _conda_version(system: System, prefix: Path) -> str:
    return _minor(conda_python(system.list_folder(prefix / "conda-meta")))


def _of_program(scene: Scene) -> str:
    """By the name of the program, or of what it links to: /usr/bin/python3 -> python3.11."""
    program = scene.target.python
    for _ in range(8):
        if program is None:
            return ""
        match = re.fullmatch(r"python(3\.\d+)t?(?:\.exe)?", program.name)
        if match:
            return match[1]
        link = scene.system.resolve_link(program)
        program = Path(os.path.normpath(program.parent / link)) if link else None
    return ""


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2]) if version else ""
