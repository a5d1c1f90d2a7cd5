"""One large file, whole and as it was published: what broke off goes on where it was."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from scaffold.errors import DownloadFailed
from scaffold.files import not_written, open_regular, read_regular, replace_file
from scaffold.results import read_json
from scaffold.sources.fetch import Client
from scaffold.sources.problems import FAILURES, Absent, Faltering, Unreachable, meaning

#: Times in a row that nothing more came before it is given up, and times in all.
ATTEMPTS, ATTEMPTS_IN_ALL = 5, 100
#: Seconds before asking again; doubled each time that nothing came.
PAUSE = 0.5
CHUNK = 1 << 18
#: No PyCharm is larger; what has no known size ends here.
SIZE_LIMIT = 8 << 30

#: Called with bytes done and bytes in all (0: unknown).
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to be downloaded, and what was published of it."""

    url: str
    sha256: str  # 64 hexadecimal digits
    size: int | None  # bytes


def download(
    client: Client, wanted: Wanted, path: Path, report: Report, wait: Callable[[float], None] = time.sleep
) -> None:
    """Bring the file to ``path``; what an earlier call left there of it is gone on with.

    Raises DownloadFailed (download-damaged: it is not what was published; nothing of it stays then), NoSpace,
    NoPermission. After any other failure what came so far waits for the next call.
    """
    resumed = _bring(client, wanted, path, report, wait)
    found = sha256_of(path)
    if found != wanted.sha256 and resumed:  # a server that gave parts of two different files
        discard(path)
        _bring(client, wanted, path, report, wait)
        found = sha256_of(path)
    if found != wanted.sha256:
        discard(path)
        raise DownloadFailed(
            f"{wanted.url} is not the file that was published",
            detail=(f"published SHA-256: {wanted.sha256}", f"SHA-256 of what came: {found}"),
            hint="try again; if it stays so, a proxy or mirror on the way changes the file",
            code="download-damaged",
        )


def discard(path: Path) -> None:
    """Remove what came of a download."""
    for one in (path, _note(path)):
        with contextlib.suppress(OSError):  # what cannot go is written over next time
            one.unlink(missing_ok=True)


def came(path: Path) -> int:
    """Bytes that are there of a download."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _bring(client: Client, wanted: Wanted, path: Path, report: Report, wait: Callable[[float], None]) -> bool:
    """Until all is there; whether it came in more than one piece."""
    fruitless, pieces = 0, 1 if came(path) else 0
    for _ in range(ATTEMPTS_IN_ALL):
        before = came(path)
        try:
            _go_on(client, wanted, path, report)
        except Unreachable as problem:  # its certificates cannot be read
            raise _failed(wanted, path, str(problem)) from problem
        except FAILURES as problem:
            fruitless = fruitless + 1 if came(path) <= before else 0
            _demand_hope(problem, wanted, path, fruitless)
            wait(PAUSE * 2.0**fruitless)
        else:
            return pieces > 0
        pieces += 1
    raise _failed(wanted, path, "it breaks off again and again")


def _demand_hope(problem: Exception, wanted: Wanted, path: Path, fruitless: int) -> None:
    """Raise DownloadFailed where asking again is of no use."""
    reason = meaning(problem, wanted.url, forbidden_is_absent=False)
    cause = problem.reason if isinstance(problem, URLError) else problem
    passing = isinstance(reason, Faltering) or isinstance(cause, (TimeoutError, ConnectionError))
    if not passing or fruitless >= ATTEMPTS:
        words = "the server does not have it" if isinstance(reason, Absent) else str(reason)
        raise _failed(wanted, path, words) from problem


def _failed(wanted: Wanted, path: Path, words: str) -> DownloadFailed:
    kept = came(path)
    left = (f"{kept / 1e6:,.0f} MB are here and will be gone on with",) if kept else ()
    return DownloadFailed(
        f"Cannot download {wanted.url}",
        detail=(words, *left),
        hint="see that this machine reaches the address (proxy: HTTPS_PROXY), and call the command again;\n"
        "a mirror or a file that you have: scaffold ide install --from URL|FILE",
    )


def _go_on(client: Client, wanted: Wanted, path: Path, report: Report) -> None:
    """One request, from where the file ends; its answer to the end. Raises one of `FAILURES`."""
    start, validator = came(path), _validator(path, wanted)
    if start and start == wanted.size:
        return
    if start and validator is None:
        discard(path)  # of another file, or nobody knows of which
        start = 0
    headers = {"Accept-Encoding": "identity", "Accept": "*/*"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if validator:
            headers["If-Range"] = validator
    try:
        response = client.stream(wanted.url, headers)
    except HTTPError as refusal:
        if refusal.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        refusal.close()
        discard(path)
        raise http.client.IncompleteRead(b"") from refusal  # asked again, from the start
    with response:
        if not _continues(response, start):
            start = 0
        _save(response, wanted, path, start, report)


def _continues(response: Any, start: int) -> bool:
    """Whether the answer goes on at ``start``; a server that does not know parts sends all of it."""
    said = str(response.headers.get("Content-Range", ""))
    return (
        bool(start) and response.status == http.client.PARTIAL_CONTENT and said.startswith(f"bytes {start}-")
    )


def _save(response: Any, wanted: Wanted, path: Path, start: int, report: Report) -> None:
    length = str(response.headers.get("Content-Length", ""))
    end = start + int(length) if length.isdigit() else 0
    total, limit = end or wanted.size or 0, wanted.size or SIZE_LIMIT
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("r+b" if start else "wb")
    except OSError as refusal:
        raise not_written(path, refusal) from refusal
    with stream:
        stream.seek(start)
        if not start:
            note = {"url": wanted.url, "sha256": wanted.sha256, "validator": _strong(response.headers)}
            replace_file(_note(path), json.dumps(note).encode())
        done = start
        while chunk := response.read1(CHUNK):
            done += len(chunk)
            if done > limit:
                break
            try:
                stream.write(chunk)
            except OSError as refusal:
                raise not_written(path, refusal) from refusal
            report(done, total)
    if done > limit:
        discard(path)
        raise DownloadFailed(
            f"{wanted.url} is larger than was published", detail=(f"published: {limit:,} bytes",),
            hint="try again; if it stays so, a proxy or mirror on the way changes the file",
            code="download-damaged",
        )  # fmt: skip
    if end and done < end:
        raise http.client.IncompleteRead(b"", end - done)


def _strong(headers: Any) -> str:
    """What tells this very file from a later one of its name (RFC 9110, 13.1.5): no weak tag will do."""
    tag = str(headers.get("ETag", ""))
    return tag if tag and not tag.startswith("W/") else str(headers.get("Last-Modified", ""))


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _validator(path: Path, wanted: Wanted) -> str | None:
    """The tag of what is there; "" where the server gave none, None where it is not of this file."""
    try:
        note = read_json(read_regular(_note(path)))
        same = note["url"] == wanted.url and note["sha256"] == wanted.sha256
        return str(note["validator"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hexadecimal digits; raises NoPermission and its kin."""
    digest = hashlib.sha256()
    try:
        with open_regular(path) as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    except OSError as refusal:
        raise not_written(path, refusal) from refusal
    return digest.hexdigest()
