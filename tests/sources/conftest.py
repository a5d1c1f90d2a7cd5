"""Stand-ins: a host whose settings are written down, a package server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scaffold.recorded import RecordedSystem

PLATFORMS = {
    "linux": {"machine": "x86_64", "release": "6.8", "version": "", "libc": "glibc 2.39"},
    "macos": {"machine": "arm64", "release": "23.5.0", "version": "14.5", "libc": ""},
    "windows": {"machine": "AMD64", "release": "10", "version": "10.0.22631", "libc": ""},
}
HOMES = {"linux": "/home/ada", "macos": "/Users/ada", "windows": "C:/Users/ada"}


def host(
    os: str = "linux",
    *,
    files: Mapping[str, str] | None = None,
    paths: tuple[str, ...] = (),
    **environment: str,
) -> RecordedSystem:
    """A host with these files and environment variables and nothing else."""
    return RecordedSystem(
        {
            "schema": "scaffold/host/1",
            "platform": {"os": os, "cpu_count": 4, **PLATFORMS[os]},
            "environment": environment,
            "home": HOMES[os],
            "files": dict(files or {}),
            "paths": list(paths),
        }
    )


@dataclass
class Reply:
    status: int = 200
    body: bytes | str = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})


@dataclass
class PackageServer:
    """Answers with what a test puts into ``replies``; a callable gets the request's handler."""

    url: str
    replies: dict[str, Reply | Callable[[BaseHTTPRequestHandler], Reply | None]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def netloc(self) -> str:
        return self.url.removeprefix("http://").removeprefix("https://")


def serve(
    wrap: Callable[[ThreadingHTTPServer], None] | None = None, scheme: str = "http"
) -> Iterator[PackageServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append((self.command, self.path, dict(self.headers)))
            reply = server.replies.get(self.path, Reply(status=404, body="no such page"))
            if callable(reply):
                reply = reply(self)
            if reply is None:
                self.close_connection = True
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    listener.handle_error = lambda *_: None  # a client that hung up is what some tests are about
    if wrap is not None:
        wrap(listener)
    server = PackageServer(url=f"{scheme}://127.0.0.1:{listener.server_address[1]}")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageServer]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield from serve()
