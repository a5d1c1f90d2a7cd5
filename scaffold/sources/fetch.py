"""Ask a package server for a page, in limited time, with the user's proxy, certificates and credentials."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scaffold.sources.credentials import Login, basic, server, with_login, without_login
from scaffold.sources.model import SourceSettings
from scaffold.sources.problems import FAILURES, Faltering, Unreachable, meaning

#: No project's listing is this large (torch's on PyPI: 2 MB); a stream without end is none.
SIZE_LIMIT = 64 << 20

#: Seconds for a connection to stand, encryption included. What takes longer is not there.
CONNECT_SECONDS = 3.0

#: Seconds before a faltering server is asked again; doubled each time.
PAUSE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer: its final address after redirects, its type without parameters, its text."""

    url: str
    content_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How requests are made. ``answer``: seconds without a byte; ``whole``: seconds for a page."""

    settings: SourceSettings
    logins: Mapping[str, Login] = field(default_factory=dict)  # host -> user, password (netrc)
    connect: float = CONNECT_SECONDS
    answer: float = 5.0
    whole: float = 20.0
    attempts: int = 3  # where the server falters: it breaks off, or says that it is overloaded
    wait: Callable[[float], None] = time.sleep

    def get(self, url: str, accept: str, *, forbidden_is_absent: bool = False) -> Page:
        """The page at ``url``, asked for again where the server falters; raises `Absent` or `Unreachable`."""
        for pause in (PAUSE * 2**number for number in range(self.attempts - 1)):
            try:
                return self._once(url, accept, forbidden_is_absent=forbidden_is_absent)
            except Faltering:
                self.wait(pause)
        return self._once(url, accept, forbidden_is_absent=forbidden_is_absent)

    def _once(self, url: str, accept: str, *, forbidden_is_absent: bool) -> Page:
        try:
            with self._open(url, {"Accept": accept, "Accept-Encoding": "gzip"}) as response:
                body = _body(response, time.monotonic() + self.whole)
                charset = response.headers.get_content_charset() or "utf-8"
                return Page(
                    url=with_login(response.url, url),
                    content_type=response.headers.get_content_type(),
                    text=_decoded(body, charset),
                )
        except FAILURES as problem:
            raise meaning(problem, url, forbidden_is_absent=forbidden_is_absent) from problem

    def part(self, url: str, first: int, last: int) -> bytes:
        """The bytes ``first`` to ``last`` (both included) of the file at ``url``.

        Raises `Absent` or `Unreachable`, that one also where the server would send the whole file:
        nothing of it is read then.
        """
        wanted = {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
        try:
            with self._open(url, wanted) as response:
                said = response.headers.get("Content-Range", "")
                if response.status != http.client.PARTIAL_CONTENT or not said.startswith(f"bytes {first}-"):
                    host = urlsplit(without_login(url)[0]).netloc
                    raise Unreachable(f"{host} sends whole files only, no parts of them")
                body = _body(response, time.monotonic() + self.whole, limit=last - first + 1)
        except FAILURES as problem:
            raise meaning(problem, url, forbidden_is_absent=False) from problem
        return body

    def file(self, url: str, limit: int) -> bytes:
        """The whole file at ``url``, of at most ``limit`` bytes; raises `Absent` or `Unreachable`."""
        try:
            with self._open(url, {"Accept-Encoding": "identity"}) as response:
                return _body(response, time.monotonic() + self.whole, limit=limit)
        except FAILURES as problem:
            raise meaning(problem, url, forbidden_is_absent=False) from problem

    def size(self, url: str) -> int | None:
        """How many bytes the file at ``url`` has, where the server tells without sending it."""
        try:
            with self._open(url, {}, method="HEAD") as response:
                return int(response.headers["Content-Length"])
        except (OSError, http.client.HTTPException, ValueError, TypeError, Unreachable):
            return None

    def stream(self, url: str, headers: Mapping[str, str]) -> Any:
        """The open answer, to be read bit by bit and closed; raises one of `FAILURES`."""
        return self._open(url, headers)

    def status(self, url: str) -> int | None:
        """What the server answers for ``url``, nothing of which is read; None where it does not answer."""
        try:
            with self._open(url, {"Accept": "*/*"}) as response:
                return int(response.status)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code
        except (*FAILURES, Unreachable):
            return None

    def _open(self, url: str, headers: Mapping[str, str], method: str = "GET") -> Any:
        plain, login = without_login(url)
        host = urlsplit(plain).hostname or ""
        login = login or self.logins.get(host) or self.logins.get("")
        request = urllib.request.Request(  # noqa: S310 (the opener knows http: and https: only)
            plain, headers={"User-Agent": "scaffold", **headers}, method=method
        )
        if login is not None:
            request.add_unredirected_header("Authorization", basic(*login))
        return self._opener(host, urlsplit(plain).port).open(request, timeout=self.answer)

    def _opener(self, host: str, port: int | None) -> urllib.request.OpenerDirector:
        opener = urllib.request.OpenerDirector()  # not build_opener: no ftp:, data: or file: from a redirect
        proxy = self.settings.proxy
        proxies = None if proxy is None else dict.fromkeys(("http", "https"), proxy.value)
        trusted = {one.value.lower() for one in self.settings.trusted_hosts}
        verify = not trusted & {host.lower(), f"{host}:{port}".lower()}
        for handler in (
            urllib.request.ProxyHandler(proxies),
            _Http(self.connect),
            _Https(self.connect, context(self.settings, verify=verify)),
            _SameHostLogin(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.UnknownHandler(),
        ):
            opener.add_handler(handler)
        return opener


def context(settings: SourceSettings, *, verify: bool = True) -> ssl.SSLContext:
    """TLS as the settings want it; raises `Unreachable` where their certificates cannot be read."""
    certificates = settings.certificates
    if not verify:
        return ssl._create_unverified_context()  # noqa: S323, SLF001 (the user named the host as trusted)
    if certificates is None:
        # The operating system's own trust, as pip does: a Python from python.org on macOS has none.
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    path = Path(certificates.value)
    try:
        return ssl.create_default_context(
            capath=str(path) if path.is_dir() else None, cafile=None if path.is_dir() else str(path)
        )
    except OSError as problem:  # SSLError is one
        raise Unreachable(f"cannot read the certificates {path} ({certificates.origin})") from problem


class _SameHostLogin(urllib.request.HTTPRedirectHandler):
    """Credentials follow a redirect only to the place that they are meant for."""

    def redirect_request(self, req: urllib.request.Request, *rest: Any) -> urllib.request.Request | None:
        following = super().redirect_request(req, *rest)
        login = req.unredirected_hdrs.get("Authorization")
        if following is not None and login and server(following.full_url) == server(req.full_url):
            following.add_unredirected_header("Authorization", login)
        return following


class _Http(urllib.request.HTTPHandler):
    def __init__(self, connect: float) -> None:
        super().__init__()
        self._connect = connect

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_patient(http.client.HTTPConnection, self._connect), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, connect: float, tls: ssl.SSLContext) -> None:
        super().__init__(context=tls)
        self._connect, self._tls = connect, tls

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        connection: Any = _patient(http.client.HTTPSConnection, self._connect)
        return self.do_open(connection, req, context=self._tls)


def _patient(base: type[http.client.HTTPConnection], seconds: float) -> type[http.client.HTTPConnection]:
    """A connection with one time limit for being made and another, its own, for answers."""

    class Patient(base):  # type: ignore[valid-type, misc]
        timeout: float | None

        def connect(self) -> None:
            answer = self.timeout  # what the request was opened with
            self.timeout = seconds
            super().connect()
            self.sock.settimeout(answer)

    return Patient


def _body(response: Any, deadline: float, limit: int = SIZE_LIMIT) -> bytes:
    compressed = response.headers.get("Content-Encoding", "").lower() == "gzip"
    inflate = zlib.decompressobj(wbits=31) if compressed else None
    received, chunks, size = 0, [], 0
    while chunk := response.read1(1 << 16):
        received += len(chunk)
        chunks.append(chunk if inflate is None else inflate.decompress(chunk, limit))
        size += len(chunks[-1])
        if size > limit:
            raise ValueError(f"sent more than {_amount(limit)}")
        if time.monotonic() > deadline:
            raise TimeoutError
    expected = response.headers.get("Content-Length", "")
    if (expected.isdigit() and received < int(expected)) or (inflate is not None and not inflate.eof):
        raise http.client.IncompleteRead(b"", 0)
    return b"".join(chunks)


def _amount(count: int) -> str:
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count} bytes"


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, errors="replace")
    except LookupError:  # a charset that nobody knows
        return body.decode("utf-8", errors="replace")
