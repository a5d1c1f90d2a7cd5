"""Ask the index, PyTorch's index and the hub, all at once, for seconds and no longer."""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined,unused-ignore]

from scaffold.probing.network.certificate import issuer_of
from scaffold.probing.network.model import Answer, Outcome
from scaffold.probing.network.names import without_login
from scaffold.sources.redact import redact

#: For a connection, and for an answer. Everything together ends a second later, whatever still runs.
SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A place, and how programs of the target would reach it."""

    purpose: Literal["index", "pytorch", "hub"]
    url: str
    proxy: str = ""
    no_proxy: str = ""
    certificates: str = ""  # a file or folder; "": the system's own store


def ask(questions: Sequence[Question], *, seconds: float = SECONDS) -> tuple[Answer, ...]:
    """The answer of each, in order; what has not answered in time is a time-out."""
    answers: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
    for number, question in enumerate(questions):
        work = threading.Thread(
            target=lambda number=number, question=question: answers.put((number, _asked(question, seconds))),
            daemon=True,  # a name server that never answers cannot be waited for
        )
        work.start()
    deadline = time.monotonic() + seconds + 1
    found: dict[int, Answer] = {}
    while len(found) < len(questions):
        try:
            number, answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        found[number] = answer
    return tuple(
        found.get(number) or _answer(question, "timeout", seconds)
        for number, question in enumerate(questions)
    )


def _answer(
    question: Question, outcome: Outcome, seconds: float, problem: str = "", issuer: str = ""
) -> Answer:
    return Answer(
        purpose=question.purpose,
        url=redact(question.url),
        outcome=outcome,
        through=without_login(_proxy(question)),
        seconds=round(seconds, 1),
        problem=redact(problem)[:200],
        issuer=issuer,
    )


def _asked(question: Question, seconds: float) -> Answer:
    start = time.monotonic()
    try:
        return _once(question, seconds, start)
    except ssl.SSLCertVerificationError as problem:
        issuer = _unverified_issuer(question, seconds)
        return _answer(question, "certificate", time.monotonic() - start, problem.verify_message, issuer)
    except Exception as problem:  # noqa: BLE001 - whatever a network does, it is an answer
        outcome = _outcome(problem, through_proxy=bool(_proxy(question)))
        return _answer(question, outcome, time.monotonic() - start, str(problem))


def _outcome(problem: Exception, *, through_proxy: bool) -> Outcome:
    if isinstance(problem, TimeoutError):
        return "timeout"
    if through_proxy and (
        isinstance(problem, ConnectionRefusedError) or "Tunnel connection failed" in str(problem)
    ):
        return "proxy"
    if isinstance(problem, socket.gaierror):
        return "proxy" if through_proxy else "name"
    if isinstance(problem, ssl.SSLError):
        return "tls"
    return "refused" if isinstance(problem, ConnectionRefusedError) else "failed"


def _once(question: Question, seconds: float, start: float) -> Answer:
    parts = urlsplit(question.url)
    connection = _connection(question, parts, seconds, _context(question.certificates))
    try:
        connection.request("HEAD", parts.path or "/", headers={"User-Agent": "scaffold"})
        issuer = _issuer(connection)
        response = connection.getresponse()
        status, date = response.status, response.getheader("Date", "")
    finally:
        connection.close()
    outcome: Outcome = "ok" if status < 500 and status != 407 else "proxy" if status == 407 else "status"
    told = _answer(question, outcome, time.monotonic() - start, issuer=issuer)
    return replace(told, status=status, behind=_behind(date or ""))


def _connection(
    question: Question, parts: SplitResult, seconds: float, context: ssl.SSLContext
) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    proxy = _proxy(question)
    way = urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else parts
    if parts.scheme == "https":
        secure = http.client.HTTPSConnection(
            way.hostname or "", way.port or (80 if proxy else 443), timeout=seconds, context=context
        )
        if proxy:
            secure.set_tunnel(host, parts.port or 443, headers=_login(way))
        return secure
    return http.client.HTTPConnection(way.hostname or "", way.port or 80, timeout=seconds)


def _proxy(question: Question) -> str:
    """The proxy that a library would take for this place; "" where it would take none."""
    host = urlsplit(question.url).netloc
    if not question.proxy or proxy_bypass_environment(host, {"no": question.no_proxy}):
        return ""
    return question.proxy


def _login(way: SplitResult) -> Mapping[str, str]:
    if not way.username:
        return {}
    from urllib.parse import unquote

    from scaffold.sources.credentials import basic

    return {"Proxy-Authorization": basic(unquote(way.username), unquote(way.password or ""))}


def _context(certificates: str) -> ssl.SSLContext:
    if not certificates:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    path = Path(certificates)
    return ssl.create_default_context(
        cafile=None if path.is_dir() else certificates, capath=certificates if path.is_dir() else None
    )


def _unverified_issuer(question: Question, seconds: float) -> str:
    """Who signed what the place shows, when nobody trusts it; nothing is sent over that connection."""
    context = ssl._create_unverified_context()  # noqa: S323, SLF001
    connection = _connection(question, urlsplit(question.url), seconds, context)
    try:
        connection.connect()
        return _issuer(connection)
    except Exception:  # noqa: BLE001 - the first answer says what is wrong
        return ""
    finally:
        connection.close()


def _issuer(connection: http.client.HTTPConnection) -> str:
    shown = getattr(connection.sock, "getpeercert", None)
    certificate = shown(True) if shown else None  # noqa: FBT003 - positional only in truststore's
    return issuer_of(certificate) if isinstance(certificate, bytes) else ""


def _behind(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
