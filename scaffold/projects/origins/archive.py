"""A template as a zip archive: brought, hashed, unpacked by our own rules."""

from __future__ import annotations

import hashlib
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from scaffold.errors import TemplateUnreachable
from scaffold.files import not_written, open_regular
from scaffold.projects.origins import limits
from scaffold.projects.origins.limits import unsafe
from scaffold.projects.origins.model import Location
from scaffold.projects.origins.placing import Placing
from scaffold.sources.credentials import user_logins, without_access
from scaffold.system import System

#: Seconds for the whole of a download.
PATIENCE = 300.0

_CHUNK = 1 << 18

#: Of the others zipfile unpacks as much at once as there is, whatever is asked of it.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_BROKEN = (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError)


class Readable(Protocol):
    """Bytes, from wherever."""

    def read(self, size: int, /) -> bytes: ...


def bring(location: Location, system: System, archive: Path) -> str:
    """The archive as a file at ``archive``, and its sha256. Raises TemplateUnreachable, TemplateUnsafe."""
    remote = "://" in location.where
    coming = _downloaded(location.where, system) if remote else _read(Path(location.where))
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open("wb") as stream:
            for chunk in coming:
                size += len(chunk)
                if size > limits.PACKED:
                    raise unsafe(location.text, f"is larger than {limits.PACKED >> 20} MB")
                digest.update(chunk)
                stream.write(chunk)
    except OSError as refusal:
        raise not_written(archive, refusal) from refusal
    return digest.hexdigest()


def unpack(archive: Path, folder: Path, text: str) -> None:
    """Unpack a zip into an empty folder. Raises TemplateUnsafe, TemplateUnreachable (template-damaged)."""
    try:
        with zipfile.ZipFile(archive) as container:
            _refuse_bomb(container, archive, text)
            _lay(container, Placing(folder))
    except _BROKEN as problem:
        encrypted = isinstance(problem, RuntimeError) and "encrypted" in str(problem)
        raise TemplateUnreachable(
            f"the archive {text} cannot be unpacked",
            detail=(str(problem) or type(problem).__name__,),
            hint="unpack it yourself and name the folder"
            if encrypted
            else "see that it is a whole zip archive",
            code="template-damaged",
        ) from problem
    except OSError as refusal:
        raise not_written(folder, refusal) from refusal


def _lay(container: zipfile.ZipFile, placing: Placing) -> None:
    for entry in container.infolist():
        if placing.passes_over(entry.filename):
            continue
        if entry.compress_type not in _PACKINGS:
            raise unsafe(entry.filename, "is packed in a way of which a few bytes take any memory to unpack")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if stat.S_ISLNK(kind):
            placing.link(entry.filename, _target(container, entry))
        elif entry.is_dir():
            placing.folder(entry.filename)
        elif kind in (0, stat.S_IFREG):
            with container.open(entry) as content:
                executable = bool((entry.external_attr >> 16) & stat.S_IXUSR)
                placing.file(entry.filename, chunks(content), executable=executable)
        else:
            raise unsafe(entry.filename, "is neither a file, a folder nor a link")
    placing.end()


def _target(container: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if entry.file_size > limits.TARGET:
        raise unsafe(entry.filename, f"is a link with a target of more than {limits.TARGET} bytes")
    with container.open(entry) as content:  # not `read`, which inflates all of what says that it is short
        return content.read(limits.TARGET).decode("utf-8", errors="replace")


def _refuse_bomb(container: zipfile.ZipFile, archive: Path, text: str) -> None:
    """By what the archive says of itself; each file is weighed again as it is unpacked."""
    whole = sum(entry.file_size for entry in container.infolist())
    if whole > limits.HARMLESS and whole > limits.RATIO * archive.stat().st_size:
        raise unsafe(text, f"grows to more than {limits.RATIO} times its size when it is unpacked")


def _read(path: Path) -> Iterator[bytes]:
    try:
        with open_regular(path) as stream:
            yield from chunks(stream)
    except OSError as problem:
        raise TemplateUnreachable(
            f"the archive {path} cannot be read", detail=(problem.strerror or str(problem),),
            hint="see that the path is right",
        ) from problem  # fmt: skip


def chunks(stream: Readable) -> Iterator[bytes]:
    """A stream in pieces that fit into any memory."""
    while chunk := stream.read(_CHUNK):
        yield chunk


def _downloaded(url: str, system: System, clock: Callable[[], float] = time.monotonic) -> Iterator[bytes]:
    """With the user's proxy and certificates; nothing that came without encryption where it was asked for."""
    from scaffold.sources.fetch import Client
    from scaffold.sources.problems import FAILURES, Absent, Unreachable, meaning
    from scaffold.sources.settings import read_settings

    settings, logins = read_settings(system), user_logins(system)
    client = Client(settings=settings, logins=logins, connect=10.0, answer=30.0)
    shown, deadline = without_access(url), clock() + PATIENCE
    try:
        with client.stream(url, {"Accept": "*/*", "Accept-Encoding": "identity"}) as response:
            if url.startswith("https:") and not response.url.startswith("https:"):
                raise unsafe(shown, f"leads to {without_access(response.url)}, which is not encrypted")
            expected, size = response.headers.get("Content-Length", ""), 0
            while chunk := response.read1(_CHUNK):
                size += len(chunk)
                if clock() > deadline:
                    raise TimeoutError
                yield chunk
            if expected.isdigit() and size < int(expected):
                raise ConnectionError(f"broke off after {size} of {expected} bytes")
    except (Unreachable, *FAILURES) as problem:
        reason = (
            problem if isinstance(problem, Unreachable) else meaning(problem, url, forbidden_is_absent=False)
        )
        words = "the server does not have it" if isinstance(reason, Absent) else str(reason)
        raise TemplateUnreachable(
            f"cannot download the template {shown}",
            detail=(words,),
            hint="see that this machine reaches it (proxy: HTTPS_PROXY), or download it and name the file",
        ) from problem
