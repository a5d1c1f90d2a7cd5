"""A folder with every wheel of a lock: checked by hash, filled up piece by piece, used without a network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    whole: dict[str, Path] = {}
    corrupt: list[Path] = []
    for path, one, fits in _wheels_of(folder, packages, python):
        if not fits:
            continue
        if not one.hashes or f"sha256:{sha256(path)}" in one.hashes:
            whole[one.name] = path
        else:
            corrupt.append(path)
    missing = tuple(one for one in packages if one.name not in whole)
    return Contents(whole=whole, missing=missing, corrupt=tuple(corrupt))


def by_name(folder: Path, packages: Sequence[LockedPackage], python: str) -> Mapping[str, Path]:
    """Package -> a wheel in a folder whose name fits this Python; nothing is read of it."""
    return {one.name: path for path, one, fits in _wheels_of(folder, packages, python) if fits}


def for_others(folder: Path, packages: Sequence[LockedPackage], python: str) -> Mapping[str, Path]:
    """Package -> a wheel in a folder that is of the lock's version and fits another Python or system."""
    return {one.name: path for path, one, fits in _wheels_of(folder, packages, python) if not fits}


def _wheels_of(
    folder: Path, packages: Sequence[LockedPackage], python: str
) -> Iterator[tuple[Path, LockedPackage, bool]]:
    """The wheels of a lock's names and versions, and whether each fits this Python on this machine."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    from scaffold.environments.installers.resolved import tag_ranks

    ranks = tag_ranks(python)
    by_pin = {(one.name, _version(one.version)): one for one in packages}
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        one = by_pin.get((name, version))
        if one is not None and path.is_file():  # not a link that leads nowhere
            yield path, one, any(str(tag) in ranks for tag in tags)


def pythons_of(wheels: Iterable[Path]) -> tuple[str, ...]:
    """The Pythons that wheels are built for, by their names, sorted.

    >>> pythons_of([Path("h5py-3.14.0-cp311-cp311-win_amd64.whl"), Path("tqdm-4.70.1-py3-none-any.whl")])
    ('3.11',)
    """
    found = {match[1] for path in wheels for match in re.finditer(r"-cp3(\d+)(?=-cp3)", path.name)}
    return tuple(f"3.{minor}" for minor in sorted(found, key=int))


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
    others = for_others(folder, found.missing, interpreter.minor)
    damaged = [f"another content than the lock says: {path.name}" for path in found.corrupt]
    names = {path.name.partition("-")[0].replace("_", "-").lower() for path in found.corrupt}
    missing = [_missing(one, others.get(one.name)) for one in found.missing if one.name not in names]
    pythons = pythons_of(others.values())
    again = line("scaffold", "env", "wheelhouse", folder, "--python", interpreter.minor)
    hint = f"fill it where there is a network: {again}"
    what = "does not hold every wheel of the lock"
    if pythons and interpreter.minor not in pythons:
        what = f"was filled for Python {', '.join(pythons)}, and this is Python {interpreter.minor}"
        same = line("scaffold", "env", "sync", "--wheelhouse", folder, "--python", pythons[-1])
        hint = f"take that Python: {same}\n{hint}"
    raise LockUnusable(
        f"{folder} {what}: {len(found.missing)} are missing or damaged",
        detail=(*damaged, *missing[:20]),
        hint=hint,
        code="wheelhouse-incomplete",
    )


def _missing(one: LockedPackage, other: Path | None) -> str:
    return f"missing: {one.shown}" + (f"; {other.name} fits another Python or system" if other else "")
