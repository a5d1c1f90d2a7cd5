"""A package index on this machine that misbehaves as it is told to, as often as it is told to."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: Sends an answer's body in its own way.
Fault = Callable[[BaseHTTPRequestHandler, bytes, str], None]


def send(
    request: BaseHTTPRequestHandler, body: bytes, kind: str, *, status: int = 200, length: int = -1
) -> None:
    """An honest answer, unless ``length`` says otherwise."""
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body) if length < 0 else length))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)
        request.wfile.flush()


def status(code: int) -> Fault:
    """Refuse with a status."""
    return lambda request, body, kind: send(request, b"oops", "text/plain", status=code)


def truncated(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """Announce everything, send half, hang up."""
    send(request, body[: len(body) // 2], kind, length=len(body))
    request.close_connection = True


def dropped(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """Hang up without a word, as a router that restarts (RST)."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.close_connection = True


def stalled(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """Announce everything, send half, and nothing more until the client loses its patience."""
    send(request, body[: len(body) // 2], kind, length=len(body))
    with contextlib.suppress(OSError):
        request.connection.settimeout(60)
        request.connection.recv(1)  # returns when the client hangs up
    request.close_connection = True


def corrupted(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """All bytes, a few of them wrong."""
    third = len(body) // 3
    send(request, body[:third] + bytes(b ^ 0xFF for b in body[third : third + 40]) + body[third + 40 :], kind)


def shortened(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """Half of it, told as if it were all."""
    send(request, body[: len(body) // 2], kind)


def signing_in(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """The page of a network that wants people to sign in."""
    send(request, b"<!DOCTYPE html><title>Sign in</title><form action=/login></form>", "text/html")


@dataclass
class FlakyIndex:
    """``/simple/<project>/`` (PEP 503), ``/flat/`` (find-links), ``/files/<wheel>``."""

    url: str
    folder: Path
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    @property
    def simple(self) -> str:
        """The index's address."""
        return f"{self.url}/simple"

    def spoil(self, pattern: str, fault: Fault, times: int = 1_000_000) -> None:
        """Answer so often with a fault where a path matches; rightly from then on."""
        self.faults[pattern] = deque([fault] * min(times, 1_000))

    def asked_for(self, pattern: str) -> int:
        """How often a path that matches was asked for."""
        return sum(re.search(pattern, path) is not None for path in self.requests)

    def answer(self, path: str) -> tuple[bytes, str] | None:
        """What an index in order would say."""
        if path == "/flat/":
            return self._page(sorted(self.folder.glob("*.whl"))), "text/html"
        if project := re.fullmatch(r"/simple/([^/]+)/", path):
            wheels = sorted(self.folder.glob(f"{project[1].replace('-', '_')}-*.whl"))
            return (self._page(wheels), "text/html") if wheels else None
        wheel = self.folder / path.removeprefix("/files/").replace("%2B", "+")
        return (wheel.read_bytes(), "application/octet-stream") if wheel.is_file() else None

    def _page(self, wheels: list[Path]) -> bytes:
        lines = [
            f'<a href="/files/{one.name.replace("+", "%2B")}'
            f'#sha256={hashlib.sha256(one.read_bytes()).hexdigest()}">{one.name}</a><br>'
            for one in wheels
        ]
        return "\n".join(["<!DOCTYPE html><html><body>", *lines, "</body></html>"]).encode()


@contextlib.contextmanager
def flaky_index(folder: Path) -> Iterator[FlakyIndex]:
    """Serve the wheels of a folder on 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.requests.append(self.path)
            answer = index.answer(self.path)
            if answer is None:
                send(self, b"no such page", "text/plain", status=404)
                return
            for pattern, faults in index.faults.items():
                if faults and re.search(pattern, self.path):
                    faults.popleft()(self, *answer)
                    return
            send(self, *answer)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    listener.handle_error = lambda *_: None  # type: ignore[method-assign, assignment]
    index = FlakyIndex(url=f"http://127.0.0.1:{listener.server_address[1]}", folder=folder)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
