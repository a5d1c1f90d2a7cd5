"""A project's interpreters, as they will be entered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.further import further_module
from scaffold.pycharm.reading.sdk import sdk_name
from scaffold.pycharm.registration.model import Sdk
from scaffold.system import System


def sdks_of(project: IdeProject, root: Path, system: System) -> tuple[Sdk, ...]:
    """The project's own interpreter first; each by its usual name. Those that are not there are left out."""
    named = [(project.module, project.interpreter, project.python)]
    named += [(further_module(project, one), one.interpreter, one.python) for one in project.further]
    return tuple(
        _sdk(module, python, version, root, system)
        for module, python, version in named
        if python is not None and version and system.exists(python)
    )


def _sdk(module: str, python: Path, version: str, root: Path, system: System) -> Sdk:
    location = location_of(python, system)
    is_conda = system.exists(location / "conda-meta")
    return Sdk(
        name=sdk_name(version, module),
        python=python,
        version=version,
        project=root,
        roots=tuple(one for one in _roots(location, version, system) if system.exists(one)),
        conda=_conda_program(location, system) if is_conda else None,
        location=location if is_conda else None,
    )


def location_of(python: Path, system: System) -> Path:
    """The environment's folder: conda's on Windows has its interpreter directly in it."""
    return python.parent if system.exists(python.parent / "conda-meta") else python.parent.parent


def _roots(location: Path, version: str, system: System) -> Iterator[Path]:
    """Where imports come from, in the order in which PyCharm lists them; some may not be there."""
    base = _base(location, system)
    if system.platform.os == "windows":
        yield from (base / "DLLs", base / "Lib", base)
        if base != location:
            yield location
        yield location / "Lib" / "site-packages"
        return
    minor = f"python{'.'.join(version.split('.')[:2])}"
    prefix = base if base == location else base.parent
    library = prefix / "lib" / minor
    yield from (library, library / "lib-dynload", location / "lib" / minor / "site-packages")


def _base(location: Path, system: System) -> Path:
    """The folder of the interpreter that an environment was made from; conda's brings its own."""
    for line in (system.read_text(location / "pyvenv.cfg") or "").splitlines():
        name, sign, value = line.partition("=")
        if sign and name.strip().lower() == "home" and value.strip():
            return Path(value.strip())
    return location


def _conda_program(location: Path, system: System) -> Path | None:
    """The program conda, with which PyCharm activates the environment."""
    windows = system.platform.os == "windows"
    named = system.environment.get("CONDA_EXE", "").strip()
    candidates = [Path(named)] if named else []
    if location.parent.name == "envs":
        base = location.parent.parent
        candidates.append(base / "Scripts" / "conda.exe" if windows else base / "bin" / "conda")
    found = system.which("conda")
    candidates += [found] if found is not None else []
    return next((one for one in candidates if system.exists(one)), None)
