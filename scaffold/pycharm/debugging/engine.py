"""PyCharm's debugger engine, pydevd-pycharm: where it is on this machine, how it is had where it is not."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scaffold import toml
from scaffold.system import System

PROJECT = "pydevd-pycharm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An engine that can be started: ``python pydevd.py --client ...``."""

    version: str  # 263.7307.50: the build of the PyCharm that it belongs to
    script: Path  # pydevd.py; its folder is put on PYTHONPATH
    where: str  # for people: in the project's environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The source distribution that is fetched, and what it must be."""

    version: str
    file: str
    folder: str  # that everything in it lies in
    size: int
    sha256: str

    @property
    def requirement(self) -> str:
        """As pip takes it."""
        return f"{PROJECT}=={self.version}"


@cache
def _facts() -> Mapping[str, Any]:
    return toml.loads((Path(__file__).parent / "data" / "engines.toml").read_text(encoding="utf-8"))


def release() -> Release:
    """The version that is fetched."""
    return Release(**_facts()["fetched"])


def broken(version: str) -> str:
    """Why a version is known not to work; "" where it is not.

    >>> broken("251.29188.40")
    'its source distribution lacks a module (_pydevd_bundle.tables)'
    """
    return next((one["why"] for one in _facts()["broken"] if one["version"] == version), "")


def default_cache() -> Path:
    """Where fetched engines are kept for this user."""
    from platformdirs import user_cache_path

    return user_cache_path("scaffold", appauthor=False) / "debugger"


def find_engine(
    python: Path, system: System, *, cache_folder: Path | None = None, tool: Path | None = None
) -> Engine | None:
    """The engine for a program that ``python`` runs; None where this machine has none.

    The newest PyCharm's own comes first: it is the one that will debug the program. Then the project's
    environment, the one that scaffold runs in (``tool``: its site-packages), and what was fetched before.
    """
    if found := _of_pycharm(system):
        return found
    for site in _site_packages(python, system):
        if found := _installed(site, "in the project's environment", system):
            return found
    own = {tool} if tool else {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    for site in sorted(own):
        if found := _installed(site, f"beside scaffold, in {site}", system):
            return found
    fetched = release()
    script = (cache_folder or default_cache()) / fetched.version / "pydevd.py"
    if system.exists(script):
        return Engine(version=fetched.version, script=script, where="fetched")
    return None


def obtain_engine(
    python: Path,
    system: System,
    *,
    cache_folder: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Engine:
    """The engine, fetched from the user's package index where this machine has none (8 MB, no build).

    Raises DownloadFailed where no index has it, or what it has is not what was published.
    """
    if found := find_engine(python, system, cache_folder=cache_folder):
        return found
    from scaffold.pycharm.debugging.fetching import fetch

    wanted = release()
    folder = fetch(wanted, cache_folder or default_cache(), system, python=python, tell=tell)
    return Engine(version=wanted.version, script=folder / "pydevd.py", where="fetched")


def _of_pycharm(system: System) -> Engine | None:
    """The engine in an installed PyCharm, by whose build it is numbered."""
    from scaffold.pycharm.installations.find import installations

    for one in installations(system):
        contents = one.folder / "Contents" if one.folder.suffix == ".app" else one.folder
        for plugin in ("python-ce", "python"):  # until 2024 Professional had the second
            script = contents / "plugins" / plugin / "helpers" / "pydev" / "pydevd.py"
            if system.exists(script):
                return Engine(version=one.build, script=script, where=f"of {one.title} in {one.folder}")
    return None


def _installed(site: Path, where: str, system: System) -> Engine | None:
    """The engine among installed packages. Another pydevd, such as PyDev's own, has other metadata."""
    if not system.exists(site / "pydevd.py"):
        return None
    for name in system.list_folder(site):
        if name.startswith("pydevd_pycharm-") and name.endswith(".dist-info"):
            version = name.removeprefix("pydevd_pycharm-").removesuffix(".dist-info")
            return (
                None if broken(version) else Engine(version=version, script=site / "pydevd.py", where=where)
            )
    return None


def _site_packages(python: Path, system: System) -> Iterator[Path]:
    prefix = python.parent.parent
    if system.platform.os == "windows":
        yield python.parent.parent / "Lib" / "site-packages"  # of an environment
        yield python.parent / "Lib" / "site-packages"  # of conda, and of a Python itself
        return
    for name in system.list_folder(prefix / "lib"):
        if name.startswith("python3"):
            yield prefix / "lib" / name / "site-packages"


def library_roots(python: Path, system: System) -> tuple[Path, ...]:
    """The folders of the interpreter's libraries, as far as files tell: PyCharm's roots of an SDK."""
    return tuple(site for site in _site_packages(python, system) if system.exists(site))


def install_command(python: Path) -> str:
    """What brings the engine into the project's environment."""
    from scaffold.shell import line

    return line(python, "-m", "pip", "install", release().requirement)
