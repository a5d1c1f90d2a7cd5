"""Fetch the debugger engine: found on the user's own indexes, verified, unpacked as it is."""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.errors import DownloadFailed
from scaffold.pycharm.debugging.engine import PROJECT, Release, install_command
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.sources.model import Source, SourceSettings

#: Seconds for the whole file: what comes at 13 kB a second still arrives.
PATIENCE = 600.0

#: More than this is none of its releases (27 MB unpacked).
UNPACKED_LIMIT = 200 << 20

#: Nothing of these is needed to debug: C sources, what builds and tests it, how it attaches to programs.
_LEFT_OUT = {"build_tools", "tests", "pydevd_attach_to_process", "pydevd_pycharm.egg-info"}


def fetch(
    wanted: Release,
    cache_folder: Path,
    system: System,
    *,
    python: Path,
    tell: Callable[[str], None] = lambda _: None,
) -> Path:
    """The folder of the unpacked engine; who finds it, finds all of it.

    ``python`` is named in the hint of what else can be done. Raises DownloadFailed, NoSpace and what else
    a disk refuses.
    """
    from scaffold.files import not_written

    target = cache_folder / wanted.version
    content = _download(wanted, system, python, tell)
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.sha256:
        raise DownloadFailed(
            f"{wanted.file} is not the file that was published",
            detail=(f"SHA-256 {found}", f"published: {wanted.sha256}"),
            hint="the index or a proxy changed it; try another index, see:  scaffold env mirrors",
            code="download-damaged",
        )
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{wanted.version}.", dir=cache_folder))
        try:
            unpack(content, folder, wanted.folder)
            with contextlib.suppress(OSError):  # another process was faster: what it unpacked is the same
                folder.rename(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not (target / "pydevd.py").is_file():
            raise FileExistsError(17, "something else is there", str(target))
    except OSError as refusal:
        raise not_written(target, refusal) from refusal
    return target


def unpack(content: bytes, folder: Path, inside: str) -> None:
    """Unpack the regular files of a source distribution that lie in its folder ``inside``.

    Raises DownloadFailed (download-unsafe) for a name that leads elsewhere, or for more than a release holds.
    """
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if not member.isfile() or _is_left_out(parts):
                    continue
                total += member.size
                if parts[0] != inside or _leads_elsewhere(parts) or total > UNPACKED_LIMIT:
                    raise _unsafe(member.name)
                path = folder.joinpath(*parts[1:])
                path.parent.mkdir(parents=True, exist_ok=True)
                source = archive.extractfile(member)
                path.write_bytes(source.read() if source else b"")
    except (tarfile.TarError, EOFError, UnicodeError) as problem:
        raise DownloadFailed(
            "The debugger's archive cannot be unpacked", detail=(str(problem),), code="download-damaged"
        ) from problem


def _is_left_out(parts: tuple[str, ...]) -> bool:
    return len(parts) < 2 or parts[1] in _LEFT_OUT or parts[-1].endswith(".c")


def _leads_elsewhere(parts: tuple[str, ...]) -> bool:
    return any(part in {"..", "/"} or "\\" in part or ":" in part or "\0" in part for part in parts)


def _unsafe(name: str) -> DownloadFailed:
    return DownloadFailed(
        "The debugger's archive holds what no release holds", detail=(name,), code="download-unsafe"
    )


def _download(wanted: Release, system: System, python: Path, tell: Callable[[str], None]) -> bytes:
    """The file from the first of the user's sources that has it and gives it whole."""
    from scaffold.sources.places import user_sources
    from scaffold.sources.problems import Absent, Unreachable
    from scaffold.sources.redact import redact
    from scaffold.sources.settings import read_settings

    settings, failures = read_settings(system), []
    for source in user_sources(settings):
        try:
            for content in _offered(wanted, source, settings, system, tell):
                return content
        except Absent:
            failures.append(f"{source.shown}: has no {PROJECT}")
        except Unreachable as problem:
            failures.append(f"{source.shown}: {redact(str(problem))}")
        else:
            failures.append(f"{source.shown}: has no {wanted.file}")
    raise DownloadFailed(
        f"The debugger ({wanted.requirement}) is not on this machine and could not be had",
        detail=tuple(failures) or ("no index may be asked, and no folder of packages is named",),
        hint=f"Where an index can be reached:  {install_command(python)}\n"
        f"or put {wanted.file} into a folder that pip.conf names as find-links",
    )


def _offered(
    wanted: Release, source: Source, settings: SourceSettings, system: System, tell: Callable[[str], None]
) -> Iterator[bytes]:
    from scaffold.sources.listing import client_of, links_of
    from scaffold.sources.places import local_path
    from scaffold.sources.problems import Unreachable

    client = replace(client_of(source, settings, system), whole=PATIENCE)
    for link in links_of(source, PROJECT, client):
        if link.filename != wanted.file:
            continue
        tell(f"the debugger {wanted.version} ({wanted.size / 1e6:.0f} MB) from {source.shown}")
        path = local_path(link.url)
        if path is None:
            yield client.file(link.url, limit=2 * wanted.size)
            continue
        try:
            yield path.read_bytes()
        except OSError as problem:
            raise Unreachable(f"cannot read {path}: {problem.strerror}") from problem
