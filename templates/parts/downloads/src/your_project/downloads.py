"""Files from the internet: checked against a published SHA-256, resumed when interrupted, kept."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import processes
from .errors import ProjectError
from .progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 18  # bytes
TIMEOUT = 30  # seconds without an answer
POLL = 0.2  # seconds between looks for a file that another process brings


@dataclass(frozen=True)
class Download:
    """A file and where it can be had; the addresses are tried in order."""

    name: str
    addresses: tuple[str, ...]
    sha256: str


def fetch(download: Download, folder: Path) -> Path:
    """Return the path of the file below `folder`, downloading it when it is not there yet.

    An interrupted download goes on where it stopped. A file that is there was checked when it came: it gets
    its name only after its checksum fits. Raises `ProjectError` when no address gives the right file.
    """
    target = folder / download.name
    while processes.number_here() and not target.is_file():
        # the first process of this machine brings it; where it cannot, its end is that of the others, too
        time.sleep(POLL)
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / (download.name + ".part")
    problems = []
    for address in download.addresses:
        try:
            _receive(address, part)
        except (OSError, ValueError) as problem:  # URLError, timeouts and broken connections are OSErrors
            problems.append(f"{address}: {getattr(problem, 'reason', None) or problem}")
            continue
        if sha256(part) == download.sha256:
            part.replace(target)
            return target
        part.unlink()
        problems.append(f"{address}: the file is not the published one (its SHA-256 differs)")
    raise ProjectError(
        f"cannot download {download.name} ({'; '.join(problems)});"
        f" without internet, put the file into {folder} or choose data that needs none (see --help)"
    )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _receive(address: str, part: Path) -> None:
    """Bring the rest of a file; what is there already is not asked for again."""
    import http.client  # only a download needs these, and they are slow to import
    import urllib.error
    import urllib.request

    have = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # addresses are constants
            resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
            _store(answer, part, have if resumed else 0)
    except urllib.error.HTTPError as problem:
        # 416: nothing is left to send, the part is already the whole file (or rubbish: the checksum tells)
        if problem.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
    except http.client.HTTPException as problem:
        raise OSError(f"the connection broke: {problem!r}") from None


def _store(answer: Any, part: Path, have: int) -> None:
    """Append the body of an answer to a part of `have` bytes."""
    length = int(answer.headers.get("Content-Length") or 0)
    with part.open("ab" if have else "wb") as file, Progress(have + length, part.stem, "B") as bar:
        bar.advance(have)
        received = 0
        while block := answer.read(CHUNK):
            file.write(block)
            received += len(block)
            bar.advance(len(block))
    if received < length:
        raise OSError(f"the connection broke after {have + received} of {have + length} bytes")
