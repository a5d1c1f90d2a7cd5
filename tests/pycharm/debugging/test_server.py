from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scaffold.pycharm.debugging import server as module
from scaffold.pycharm.debugging.protocol import Breakpoint, Variable
from scaffold.pycharm.debugging.server import Hit, Server

POINT = Breakpoint(file="/p/train.py", line=7)
STOPPED = (
    '105\t2\t<xml><thread id="pid_4711_id_1" stop_reason="111"><frame id="9" name="step" '
    'file="/p/train.py" line="7"></frame></thread></xml>\n'
)


@contextmanager
def engine(server: Server) -> Iterator[socket.socket]:
    """A connection that has been greeted; what it reads from now on is new."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(5)
        server.step(1)
        read(connection, 3)
        yield connection


def read(connection: socket.socket, lines: int = 1) -> bytes:
    """Exactly so many lines, however they arrive."""
    said = b""
    while said.count(b"\n") < lines:
        said += connection.recv(4096)
    return said


def say(server: Server, connection: socket.socket, text: str) -> None:
    connection.sendall(text.encode())
    server.step(1)


def test_the_greeting() -> None:
    with Server([POINT], system="WIN") as server, socket.create_connection(("127.0.0.1", server.port)) as one:
        server.step(1)
        assert read(one, 3) == (
            b"501\t1\tPY-263.7307.50\tWIN\n"
            b"111\t3\tpython-line\t/p/train.py\t7\tNone\tNONE\tNone\tNone\n"
            b"101\t5\t\n"
        )


def test_a_stop_is_asked_about_read_and_let_go() -> None:
    with Server([POINT], each=1) as server, engine(server) as one:
        say(server, one, STOPPED)
        assert read(one) == b"114\t7\tpid_4711_id_1\t9\tFRAME\t0\n"
        assert server.waiting
        say(server, one, '114\t7\t<xml><var name="x" type="int" value="1" /></xml>\n')
        assert read(one, 2) == b"112\t9\tpython-line\t/p/train.py\t7\n106\t11\tpid_4711_id_1\n"
        seen = (Variable(name="x", type="int", value="1"),)
        assert server.hits == [Hit(point=POINT, function="step", process=4711, variables=seen)]
        assert (server.processes, server.connections, server.waiting) == ((4711,), 1, False)


def test_a_question_that_is_refused_or_not_answered_holds_nothing_up() -> None:
    now = 0.0
    with Server([POINT], patience=5, clock=lambda: now) as server, engine(server) as one:
        say(server, one, STOPPED)
        read(one)
        say(server, one, "901\t7\tno such frame\n")
        assert read(one) == b"106\t9\tpid_4711_id_1\n"
        say(server, one, STOPPED)
        read(one)
        now = 5.0
        server.step(0)
        assert read(one) == b"106\t13\tpid_4711_id_1\n"
        late = "the debugger told no variables in 5 s"
        assert [hit.problem for hit in server.hits] == ["no such frame", late]


def test_a_stop_without_a_frame_goes_on() -> None:
    with Server([POINT]) as server, engine(server) as one:
        say(server, one, '105\t2\t<xml><thread id="pid_1_id_1" stop_reason="105"></thread></xml>\n')
        assert read(one) == b"106\t7\tpid_1_id_1\n"
        assert server.hits == []


def test_a_line_may_come_in_pieces() -> None:
    with Server([POINT]) as server, engine(server) as one:
        for piece in (STOPPED[:50], STOPPED[50:]):
            say(server, one, piece)
        assert read(one) == b"114\t7\tpid_4711_id_1\t9\tFRAME\t0\n"


def test_more_processes_than_it_can_hold_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTION_LIMIT", 1)
    with (
        Server([POINT]) as server,
        engine(server),
        socket.create_connection(("127.0.0.1", server.port)) as more,
    ):
        server.step(1)
        assert more.recv(10) == b""
        assert server.problems == ["more than 1 processes at once: some ran without breakpoints"]


def test_an_engine_that_only_asks_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HIT_LIMIT", 3)
    with Server([POINT]) as server, engine(server) as one:
        say(server, one, STOPPED * 4)
        assert server.problems == ["the debugger asks and does not listen, and was left alone"]
        assert server.processes == ()


def test_who_hangs_up_is_forgotten() -> None:
    with Server([POINT]) as server:
        with engine(server) as one:
            say(server, one, STOPPED)
        server.step(1)
        assert server.processes == ()
        assert server.hits == []
