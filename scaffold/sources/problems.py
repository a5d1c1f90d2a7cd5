"""What can go wrong when a package server is asked, in words for people."""

from __future__ import annotations

import http.client
import socket
import ssl
import zlib
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from scaffold.sources.credentials import without_login

#: What urllib raises: SSLCertVerificationError is an SSLError, and that an OSError.
FAILURES = (OSError, http.client.HTTPException, ValueError, zlib.error)

#: "Too many requests", and what an overloaded or restarting server answers.
_PASSING = frozenset({429, 500, 502, 503, 504})


class Absent(Exception):
    """The server is there and does not have the page."""


class Unreachable(Exception):
    """The server gave no usable answer; the text says why, in one line without credentials."""


class Faltering(Unreachable):
    """The server may well answer when it is asked again: it broke off, or was overloaded."""


#: The first that fits a failure.
_WORDS: tuple[tuple[tuple[type[BaseException], ...], type[Unreachable], str], ...] = (
    ((socket.gaierror,), Unreachable, "cannot resolve {host}"),
    ((TimeoutError,), Unreachable, "{host} did not answer in time"),
    ((ssl.SSLCertVerificationError,), Unreachable, "the certificate of {host} is not trusted: {why}"),
    ((ssl.SSLError,), Unreachable, "no encrypted connection to {host}: {why}"),
    ((ConnectionRefusedError,), Unreachable, "{host} refuses connections"),
    ((http.client.IncompleteRead, ConnectionError), Faltering, "{host} broke the answer off"),
)


def meaning(problem: Exception, url: str, *, forbidden_is_absent: bool) -> Exception:
    """What went wrong, in words: `Absent` or `Unreachable`."""
    host = urlsplit(without_login(url)[0]).netloc
    if isinstance(problem, HTTPError):
        if problem.code in (404, 410) or (forbidden_is_absent and problem.code == 403):
            return Absent()
        kind = Faltering if problem.code in _PASSING else Unreachable
        return kind(f"{host} answered {problem.code} {problem.reason}".rstrip())
    cause = problem.reason if isinstance(problem, URLError) else problem
    for kinds, kind, words in _WORDS:
        if isinstance(cause, kinds):
            why = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
            return kind(words.format(host=host, why=why or "the handshake failed"))
    words = str(getattr(cause, "strerror", None) or cause)
    return Unreachable(f"{host}: {' '.join(words.split())[:200]}")
