"""Look it up on this machine."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from scaffold.interpreters.places import real_path
from scaffold.probing.interpreter.called import called, placeholder
from scaffold.probing.interpreter.headers import SIZE, architectures, bits_of
from scaffold.probing.interpreter.model import PythonFacts, Script
from scaffold.probing.interpreter.outside import FRAMEWORKS, listed, outside, user_site
from scaffold.probing.interpreter.place import Place, place_of
from scaffold.probing.interpreter.scripts import stale
from scaffold.probing.interpreter.searched import on_path
from scaffold.probing.interpreter.venv import venv_facts
from scaffold.probing.scene import Scene
from scaffold.system import System

#: Who marks a Python as theirs (PEP 668), beside the systems' package managers.
_MARKER = "EXTERNALLY-MANAGED"

#: Modules that are left out where a library's headers are missing; how many lie beside them in any case.
_OPTIONAL, _COMPLETE = ("_bz2", "_ctypes", "_lzma", "_sqlite3", "_ssl"), 30


def probe(scene: Scene) -> PythonFacts:
    """The facts for a target; never starts anything of it."""
    system, target = scene.system, scene.target
    shell = _shell(system)
    if target.python is None:
        return shell
    place = place_of(system, target.python, target.prefix)
    venv = venv_facts(system, place.prefix) if place.virtual else None
    site, enabled = _user_site(system, place, sees=bool(venv and venv.sees_system))
    machine = _machine(system, place)
    marker = _marker(system, place)
    return replace(
        shell,
        executable=str(target.python),
        alive=system.exists(place.real),
        version=place.version,
        implementation="PyPy" if place.real.name.lower().startswith("pypy") else "CPython",
        machine=machine,
        bits=bits_of(machine),
        manager=place.manager,
        prefix=str(place.prefix),
        base_prefix=str(place.base),
        virtual=place.virtual,
        conda=_conda(system, place),
        externally_managed=None if place.virtual or place.library is None else bool(marker),
        marker=marker,
        managed_packages=_managed(system, place) if marker else (),
        free_threaded=place.free_threaded if place.version else None,
        lacks=_lacks(system, place),
        has_headers=_has_headers(system, place),
        has_pip=_has(system, place, "pip"),
        isolated_path=_isolated_path(system, place),
        user_site=site,
        user_site_enabled=enabled,
        outside=outside(system, site if enabled else "", map(str, place.site_packages)),
        site_packages=tuple(str(one) for one in place.site_packages if system.exists(one)),
        writable=_writable(system, place),
        venv=venv,
        stale=venv.stale if venv else _stale(system, place),
    )


def _shell(system: System) -> PythonFacts:
    """What the shell that doctor was called in has active, and what its commands start."""
    variables = (system.environment.get(name, "") for name in ("VIRTUAL_ENV", "CONDA_PREFIX"))
    folder = next((one for one in variables if one), "")
    return PythonFacts(
        called=called(system),
        on_path=on_path(system),
        placeholder=placeholder(system),
        activated=folder,
        activated_alive=bool(system.list_folder(folder)) if folder else None,
        activated_prefix=str(real_path(system, Path(folder))) if folder else "",
    )


def _machine(system: System, place: Place) -> str:
    """What the program was built for; a universal one runs as whatever starts it."""
    found = architectures(system.read_bytes(place.real, size=SIZE) or b"")
    return found[0] if len(found) == 1 else ""


def _marker(system: System, place: Place) -> str:
    if place.virtual or place.library is None:
        return ""
    folders = (place.library, place.library.parent.parent / "lib64" / place.library.name)  # Fedora's
    return next((str(one / _MARKER) for one in folders if system.exists(one / _MARKER)), "")


def _managed(system: System, place: Place) -> tuple[str, ...]:
    """The frameworks beside a Python that its system's package manager looks after."""
    names = (name for folder in place.site_packages for name, _ in listed(system.list_folder(folder)))
    return tuple(sorted(FRAMEWORKS.intersection(names)))


def _conda(system: System, place: Place) -> str:
    if place.virtual or not system.exists(place.prefix / "conda-meta"):
        return ""
    return "base" if system.exists(place.prefix / "condabin") else str(place.prefix)


def _lacks(system: System, place: Place) -> tuple[str, ...]:
    """What was left out when it was compiled; a Python whose modules lie elsewhere tells nothing."""
    if place.windows or place.library is None:
        return ()
    names = system.list_folder(place.library / "lib-dynload")
    modules = {name.partition(".")[0] for name in names}
    return tuple(one for one in _OPTIONAL if one not in modules) if len(modules) >= _COMPLETE else ()


def _has_headers(system: System, place: Place) -> bool | None:
    if place.windows:
        undotted = place.minor.replace(".", "")
        wanted = (place.base / "include" / "Python.h", place.base / "libs" / f"python{undotted}.lib")
        return all(system.exists(one) for one in wanted) if undotted else None
    if not place.minor or not system.exists(place.base):
        return None
    folder = f"python{place.minor}{'t' if place.free_threaded else ''}"
    return system.exists(place.base / "include" / folder / "Python.h")


def _has(system: System, place: Place, name: str) -> bool | None:
    folders = [one for one in place.site_packages if system.exists(one)]
    return any(system.exists(folder / name) for folder in folders) if folders else None


def _isolated_path(system: System, place: Place) -> str:
    """The file beside an embedded Python that fixes ``sys.path``."""
    if not place.windows:
        return ""
    names = (name for name in system.list_folder(place.prefix) if re.fullmatch(r"python\d+\._pth", name))
    return next((str(place.prefix / name) for name in names), "")


def _user_site(system: System, place: Place, *, sees: bool) -> tuple[str, bool | None]:
    site = user_site(system, place.minor, place.manager)
    if (place.virtual and not sees) or system.environment.get("PYTHONNOUSERSITE"):
        return site, False
    if _isolated_path(system, place):
        return site, False
    return site, True if site else None


def _writable(system: System, place: Place) -> bool | None:
    there = [one for one in place.site_packages if system.exists(one)]
    return system.is_accessible(there[0]) if there else None


def _stale(system: System, place: Place) -> tuple[Script, ...]:
    folder = place.prefix / "Scripts" if place.windows else Path(place.program).parent
    return stale(system, folder, place.prefix)[0]
