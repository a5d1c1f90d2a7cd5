"""Whether everything that was installed is still there, as it was.

Installers do not look: a uv that was killed while it copied leaves packages that are listed as
installed and lack files, and its next run ends with status 0 without a repair.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from scaffold.environments.layout import site_packages_of
from scaffold.environments.model import Damage, Progress, Report

#: Bytes that are read at once, and files that one turn of a worker takes: 38 000 turns would be felt.
_BLOCK, _TURN = 1 << 20, 64

_COMPARING = Progress(step="verify", message="Verifying the installed files", unit="packages")
_READING = Progress(step="verify", message="Reading every installed file", unit="bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledFile:
    """One row of a RECORD. ``size`` and ``digest`` (``sha256=...``) as far as the installer noted them."""

    path: str  # relative to site-packages
    digest: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledDistribution:
    """What a distribution says that it brought; ``files`` None where it says nothing."""

    name: str
    metadata: str  # the name of its .dist-info folder
    files: tuple[InstalledFile, ...] | None


def damages(location: Path, *, deep: bool = False, report: Report | None = None) -> tuple[Damage, ...]:
    """Every installed file that is missing or has another size than its RECORD says.

    ``deep`` reads every file as well and compares its digest; ``report`` hears how far it is.
    Byte code is left out: interpreters write and remove it as they like.
    """
    folder = site_packages_of(location)
    if folder is None:
        return ()
    return damages_of(folder, installed_distributions(folder), deep=deep, report=report)


def damages_of(
    folder: Path,
    distributions: Sequence[InstalledDistribution],
    *,
    deep: bool = False,
    report: Report | None = None,
) -> tuple[Damage, ...]:
    """`damages`, of distributions whose RECORDs were read before."""
    found: list[Damage] = []
    whole: list[tuple[str, InstalledFile]] = []
    base = str(folder)
    for number, one in enumerate(distributions, start=1):
        if report is not None and not deep:
            report(replace(_COMPARING, done=number, total=len(distributions)))
        if one.files is None:
            found.append(Damage(distribution=one.name, path=f"{one.metadata}/RECORD", what="no RECORD"))
            continue
        for file in one.files:
            try:
                actual = os.stat(f"{base}/{file.path}").st_size  # noqa: PTH116 - 38 000: a Path each is felt
            except OSError:
                found.append(Damage(distribution=one.name, path=file.path, what="missing"))
                continue
            if file.size is not None and actual != file.size:
                found.append(Damage(distribution=one.name, path=file.path, what="size"))
            else:
                whole.append((one.name, file))
    return (*found, *_altered(base, whole, report)) if deep else tuple(found)


def installed_distributions(folder: Path) -> tuple[InstalledDistribution, ...]:
    """What lies in a site-packages folder, as its RECORDs tell."""
    return tuple(_distribution(metadata) for metadata in sorted(folder.glob("*.dist-info")))


def distribution_name(folder: str) -> str:
    """``charset-normalizer`` of ``charset_normalizer-3.5.2.dist-info``."""
    return folder.split("-", 1)[0].replace("_", "-").replace(".", "-").lower()


def recorded_files(record: str) -> Iterator[InstalledFile]:
    r"""Every row that an installer answers for.

    >>> list(recorded_files("six.py,sha256=4721,34549\nsix-1.17.0.dist-info/RECORD,,\n"))[1]
    InstalledFile(path='six-1.17.0.dist-info/RECORD', digest='', size=None)
    """
    for row in csv.reader(record.splitlines()):
        if not row or row[0].endswith((".pyc", "__pycache__")):
            continue
        digest, size = (*row[1:3], "", "")[:2]
        yield InstalledFile(path=row[0], digest=digest, size=int(size) if size.isdecimal() else None)


def _distribution(metadata: Path) -> InstalledDistribution:
    try:
        if _by_conda(metadata):
            return InstalledDistribution(
                name=distribution_name(metadata.name), metadata=metadata.name, files=()
            )
        text = (metadata / "RECORD").read_text(encoding="utf-8", errors="replace")
        files = tuple(recorded_files(text))
    except (OSError, csv.Error):
        files = None
    return InstalledDistribution(name=distribution_name(metadata.name), metadata=metadata.name, files=files)


def _by_conda(metadata: Path) -> bool:
    """Whether conda installed it: it writes programs anew, and the RECORD speaks of those from before."""
    installer = metadata / "INSTALLER"
    return installer.is_file() and installer.read_text(errors="replace").strip() == "conda"


def _altered(
    base: str, files: Sequence[tuple[str, InstalledFile]], report: Report | None
) -> Iterator[Damage]:
    """Files whose content is not what was installed. Reading and hashing let other threads work meanwhile."""
    known = [(name, file) for name, file in files if file.digest]
    total, done = sum(file.size or 0 for _, file in known), 0
    rest = iter(known)
    turns = list(iter(lambda: list(islice(rest, _TURN)), []))
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        answers = pool.map(lambda turn: [_is_same(base, file) for _, file in turn], turns)
        for turn, same in zip(turns, answers, strict=True):
            done += sum(file.size or 0 for _, file in turn)
            if report is not None:
                report(replace(_READING, done=done, total=total))
            for (name, file), unchanged in zip(turn, same, strict=True):
                if not unchanged:
                    yield Damage(distribution=name, path=file.path, what="content")
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C waits for what is being read, not for the rest


def _is_same(base: str, file: InstalledFile) -> bool:
    """Whether a file has the digest that was noted; true of an algorithm that is not known here."""
    algorithm, _, noted = file.digest.partition("=")
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        return True
    seen = hashlib.new(algorithm, usedforsecurity=False)
    try:
        with open(f"{base}/{file.path}", "rb") as stream:
            while block := stream.read(_BLOCK):
                seen.update(block)
    except OSError:
        return False
    return base64.urlsafe_b64encode(seen.digest()).rstrip(b"=").decode() == noted.rstrip("=")
