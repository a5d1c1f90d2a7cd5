"""A folder with every wheel of a lock: checked by hash, filled up piece by piece, used without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.condition.drift import versions_for
from scaffold.environments.locking.model import LockedPackage
from scaffold.errors import LockUnusable
from scaffold.interpreters.model import Interpreter
from scaffold.shell import line
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a folder holds of a lock."""

    whole: Mapping[str, Path]  # package -> its wheel
    missing: tuple[LockedPackage, ...]
    corrupt: tuple[Path, ...]  # wheels of the lock's names and versions with another content

    @property
    def size(self) -> int:
        """Bytes of the wheels that are there."""
        return sum(path.stat().st_size for path in self.whole.values())


def wanted_here(
    packages: Iterable[LockedPackage], interpreter: Interpreter, system: System
) -> tuple[LockedPackage, ...]:
    """The lock's packages that this Python on this machine installs."""
    rows = tuple(packages)
    versions = versions_for(rows, interpreter.version, system.platform)
    return tuple({one.name: one for one in rows if versions.get(one.name) == one.version}.values())


def contents(folder: Path, packages: Sequence[LockedPackage], python: str) -> Contents:
    """Look at a folder: a wheel counts where its name fits this Python and its hash is in the lock."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    from scaffold.environments.installers.resolved import tag_ranks

    ranks = tag_ranks(python)
    by_pin = {(one.name, _version(one.version)): one for one in packages}
    whole: dict[str, Path] = {}
    corrupt: list[Path] = []
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        one = by_pin.get((name, version))
        if one is None or not any(str(tag) in ranks for tag in tags):
            continue
        if not one.hashes or f"sha256:{sha256(path)}" in one.hashes:
            whole[name] = path
        else:
            corrupt.append(path)
    missing = tuple(one for one in packages if one.name not in whole)
    return Contents(whole=whole, missing=missing, corrupt=tuple(corrupt))


def _version(text: str) -> object:
    """Comparable however it is spelt: 2026.01 is 2026.1."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return text


def sha256(path: Path) -> str:
    """The digest of a file, read in pieces: wheels have gigabytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def refuse_incomplete(
    folder: Path, packages: Iterable[LockedPackage], interpreter: Interpreter, system: System
) -> None:
    """Raise LockUnusable (``wheelhouse-incomplete``) where wheels are missing or not what the lock says."""
    found = contents(folder, wanted_here(packages, interpreter, system), interpreter.minor)
    if not found.missing:
        return
    damaged = [f"another content than the lock says: {path.name}" for path in found.corrupt]
    names = {path.name.partition("-")[0].replace("_", "-").lower() for path in found.corrupt}
    missing = [f"missing: {one.shown}" for one in found.missing if one.name not in names]
    raise LockUnusable(
        f"{folder} does not hold every wheel of the lock: {len(found.missing)} are missing or damaged",
        detail=(*damaged, *missing[:20]),
        hint=f"fill it where there is a network: {line('scaffold', 'env', 'wheelhouse', folder)}",
        code="wheelhouse-incomplete",
    )
