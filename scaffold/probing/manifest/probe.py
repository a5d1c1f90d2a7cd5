"""Read what a folder's files say will be installed on this machine."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.locks.lint import judged_for
from scaffold.locks.markers import environment
from scaffold.locks.model import Lock
from scaffold.locks.reading import parse_lock
from scaffold.locks.selection import installed
from scaffold.machine.model import Host
from scaffold.probing.manifest.documents import FRAMEWORKS, read_pyproject
from scaffold.probing.manifest.model import LockedHere, ManifestFacts, Named
from scaffold.probing.scene import Scene
from scaffold.system import System

_USUAL = "3.12"

#: Locks, the one that tools take first at the head.
LOCKS = ("uv.lock", "pylock.toml", "poetry.lock")
REQUIREMENTS = ("requirements.txt", "requirements/base.txt", "requirements-gpu.txt", "requirements_gpu.txt")
CONDA = ("environment.yml", "environment.yaml")

#: No lock of a project is larger (bytes); reading it must not be felt.
LARGEST = 8 << 20

#: The lines of uv and Poetry that name files: nine tenths of a lock, and nothing that is asked here.
_FILES = re.compile(r"^[ \t]+\{ ?(?:url|file) = .*\n", re.MULTILINE)


def probe(scene: Scene) -> ManifestFacts:
    """The requirements of the folder; files that cannot be read say nothing."""
    folder, host, system = scene.target.folder, scene.machine.host, scene.system
    text = system.read_text(folder / "pyproject.toml")
    facts = read_pyproject(text, environment(host, _USUAL)) if text else ManifestFacts()
    locks = [one for name in LOCKS if (one := _lock(system, folder, name, host)) is not None]
    named, indexes = list(facts.named), list(facts.indexes)
    for name in (*REQUIREMENTS, *CONDA):
        lock = _parsed(system, folder, name)
        if lock is not None:
            here = installed(lock, environment(host, _USUAL))
            indexes += lock.indexes
            named += [
                Named(
                    package=one.name,
                    version=one.version,
                    specifier=one.specifier,
                    index=one.index,
                    place=f"{name}:{one.line}" if one.line else name,
                )
                for one in here
                if one.name in FRAMEWORKS and not one.conda
            ]
    files = ("pyproject.toml", *LOCKS, *REQUIREMENTS, *CONDA)
    return replace(
        facts,
        named=tuple(named),
        indexes=tuple(dict.fromkeys(indexes)),
        locks=tuple(locks),
        files=tuple(one for one in files if system.exists(folder / one)),
    )


def _lock(system: System, folder: Path, name: str, host: Host) -> LockedHere | None:
    lock = _parsed(system, folder, name)
    if lock is None:
        return None
    python = judged_for(lock).version
    rows = installed(lock, environment(host, python))
    return LockedHere(
        path=name,
        format=lock.format,
        python=python,
        pins=tuple(Named(package=one.name, version=one.version, place=name) for one in rows if one.version),
        frameworks=tuple(
            Named(package=one.name, version=one.version, index=one.index, place=name)
            for one in rows
            if one.name in FRAMEWORKS
        ),
    )


def _parsed(system: System, folder: Path, name: str) -> Lock | None:
    content = system.read_bytes(folder / name, size=LARGEST)
    if not content or len(content) >= LARGEST:
        return None
    # PowerShell's ``pip freeze > requirements.txt`` writes UTF-16.
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = _FILES.sub("", content.decode(encoding, errors="replace"))
    place = (folder / name).parent
    try:
        return parse_lock(text, name=name, include=lambda other: system.read_text(place / other))
    except ScaffoldError:
        return None  # `scaffold builds --lint` says what is wrong with it
