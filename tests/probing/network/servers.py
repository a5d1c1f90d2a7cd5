"""Stand-ins for the internet, each on a free port of this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

#: Of the certificate that `conftest.certificate` makes.
ISSUER = "Gateway Inc., Gateway Root CA"

Talk = Callable[[socket.socket], None]


@contextmanager
def served(talk: Talk) -> Iterator[int]:
    """A server that talks with each that comes, until the block ends; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_ones.append(connection)
            threading.Thread(target=_quietly, args=(talk, connection), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_ones:
            one.close()
        thread.join(5)


def _quietly(talk: Talk, connection: socket.socket) -> None:
    try:
        talk(connection)
    except (OSError, ValueError):  # the client left in the middle
        connection.close()


def answering(status: str = "200 OK", *, time: float | None = None) -> Talk:
    """Answers one request."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        date = formatdate(time, usegmt=True)
        connection.sendall(f"HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode())
        connection.close()

    return talk


def secure(then: Talk, certificate: Path) -> Talk:
    """The same with TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def talk(connection: socket.socket) -> None:
        then(context.wrap_socket(connection, server_side=True))

    return talk


def silent(connection: socket.socket) -> None:
    """Takes the connection and says nothing."""
    connection.settimeout(20)
    while connection.recv(65536):
        pass


def hanging_up(connection: socket.socket) -> None:
    """Closes at once."""
    connection.recv(1)
    connection.close()
