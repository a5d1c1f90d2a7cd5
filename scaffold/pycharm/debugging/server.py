"""The IDE's half of the debugger: it listens, sets breakpoints, reads variables, lets the program go on.

One thread and no lock: whoever runs the program calls `Server.step` again and again. Every process of the
program connects anew (DataLoader workers, torchrun's ranks) and is told the same breakpoints. Nothing here
waits without end, and nothing grows without end, whatever the other side sends.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, cast

from scaffold.pycharm.debugging import protocol
from scaffold.pycharm.debugging.engine import release
from scaffold.pycharm.debugging.protocol import Breakpoint, Frame, Message, Variable

#: Bytes of one message. The engine cuts values itself; what is longer than this is none of its messages.
MESSAGE_LIMIT = 8 << 20

#: What is kept and held open at most.
CONNECTION_LIMIT = 256
HIT_LIMIT = 1000
VARIABLE_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A breakpoint that was reached, and what the frame's variables were."""

    point: Breakpoint
    function: str
    process: int | None
    variables: tuple[Variable, ...] = ()
    problem: str = ""  # why there are none


@dataclass(slots=True, kw_only=True)
class _Connection:
    """One process of the program."""

    channel: socket.socket
    received: bytearray = field(default_factory=bytearray)
    to_send: bytearray = field(default_factory=bytearray)
    sequence: int = -1
    process: int | None = None
    asked: dict[int, tuple[Frame, float]] = field(default_factory=dict)  # question -> frame, when to give up
    reached: Counter[Breakpoint] = field(default_factory=Counter)


class Server:
    """Listens on 127.0.0.1 from its making on; a context manager that closes everything.

    ``each``: how often a process may stop at one breakpoint before it is taken back. ``patience``: seconds
    for the answer to a question, after which the thread goes on all the same.
    """

    def __init__(
        self,
        points: Iterable[Breakpoint],
        *,
        system: Literal["UNIX", "WIN"] = "UNIX",
        each: int = 3,
        patience: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hits: list[Hit] = []
        self.problems: list[str] = []
        self.connections = 0
        self._points, self._system = tuple(points), system
        self._each, self._patience, self._clock = each, patience, clock
        self._open: dict[socket.socket, _Connection] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(0)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in tuple(self._open):
            self._close(channel)
        self._selector.close()
        self._listener.close()

    @property
    def port(self) -> int:
        """Where the program's engine has to connect to."""
        return cast("int", self._listener.getsockname()[1])

    @property
    def processes(self) -> tuple[int, ...]:
        """The processes that are connected now."""
        return tuple(one.process for one in self._open.values() if one.process is not None)

    @property
    def waiting(self) -> bool:
        """Whether a question is not answered yet."""
        return any(one.asked for one in self._open.values())

    def step(self, seconds: float) -> None:
        """Answer what comes in within this time, at most once round; returns at once where something came."""
        for key, events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._accept()
                continue
            channel = cast("socket.socket", key.fileobj)
            if events & selectors.EVENT_READ and channel in self._open:
                self._read(self._open[channel])
            if channel in self._open:
                self._flush(self._open[channel])
        for one in tuple(self._open.values()):
            self._give_up_late_answers(one)

    def _accept(self) -> None:
        try:
            channel, _ = self._listener.accept()
        except OSError:  # it hung up before we came
            return
        self.connections += 1
        if len(self._open) >= CONNECTION_LIMIT:
            channel.close()
            self._problem(f"more than {CONNECTION_LIMIT} processes at once: some ran without breakpoints")
            return
        channel.settimeout(0)
        one = self._open[channel] = _Connection(channel=channel)
        self._selector.register(channel, selectors.EVENT_READ)
        self._say(one, protocol.hello(self._system, release().version))
        for point in self._points:
            self._say(one, protocol.set_breakpoint(point))
        self._say(one, (protocol.RUN, ""))

    def _read(self, one: _Connection) -> None:
        try:
            data = one.channel.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:  # a process that ends hard resets its connection
            data = b""
        if not data:
            self._close(one.channel)
            return
        one.received += data
        *lines, rest = one.received.split(b"\n")
        one.received = rest
        if len(rest) > MESSAGE_LIMIT:
            self._problem("the debugger sent a message without end and was left alone")
            self._close(one.channel)
            return
        for line in lines:
            message = protocol.parse_line(bytes(line))
            if message is not None and one.channel in self._open:
                self._hear(one, message)
        if len(one.asked) > HIT_LIMIT or len(one.to_send) > MESSAGE_LIMIT:
            self._problem("the debugger asks and does not listen, and was left alone")
            self._close(one.channel)

    def _hear(self, one: _Connection, message: Message) -> None:
        if message.command in {protocol.THREAD_CREATED, protocol.THREAD_SUSPENDED}:
            thread = protocol.thread_of(message.text)
            one.process = one.process or protocol.process_of(thread)
        if message.command == protocol.THREAD_SUSPENDED:
            frame = protocol.parse_suspended(message.text)
            if frame is None:  # it stands nowhere that could be shown
                self._say(one, (protocol.RESUME_THREAD, thread))
                return
            question = self._say(one, protocol.get_frame(frame))
            one.asked[question] = frame, self._clock() + self._patience
        elif message.command in {protocol.GET_FRAME, protocol.ERROR} and message.sequence in one.asked:
            frame, _ = one.asked.pop(message.sequence)
            if message.command == protocol.GET_FRAME:
                self._reached(one, frame, variables=protocol.parse_variables(message.text))
            else:
                self._reached(one, frame, problem=message.text[: protocol.VALUE_LIMIT])

    def _reached(
        self, one: _Connection, frame: Frame, *, variables: Sequence[Variable] = (), problem: str = ""
    ) -> None:
        """Note a hit, and let its thread go on."""
        point = Breakpoint(file=frame.file, line=frame.line)
        if frame.reason == str(protocol.SET_BREAKPOINT) and len(self.hits) < HIT_LIMIT:
            hit = Hit(
                point=point,
                function=frame.function,
                process=one.process,
                variables=tuple(variables[:VARIABLE_LIMIT]),
                problem=problem,
            )
            self.hits.append(hit)
            one.reached[point] += 1
            if one.reached[point] == self._each:
                # by the path with which it was set: the engine tells the one of the import
                self._say(one, protocol.remove_breakpoint(find_point(point, self._points) or point))
        self._say(one, (protocol.RESUME_THREAD, frame.thread))

    def _give_up_late_answers(self, one: _Connection) -> None:
        now = self._clock()
        for question, (frame, late) in tuple(one.asked.items()):
            if now >= late:
                del one.asked[question]
                self._reached(one, frame, problem=f"the debugger told no variables in {self._patience:g} s")

    def _say(self, one: _Connection, message: tuple[int, str]) -> int:
        """Send a message; return the number that its answer will bear."""
        one.sequence += 2
        one.to_send += protocol.line_of(message[0], one.sequence, message[1])
        self._flush(one)
        return one.sequence

    def _flush(self, one: _Connection) -> None:
        with contextlib.suppress(OSError):  # it is busy, and is told later; or gone, and reading will tell
            while one.to_send:
                del one.to_send[: one.channel.send(one.to_send)]
        if one.channel in self._open:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if one.to_send else 0)
            self._selector.modify(one.channel, wanted)

    def _close(self, channel: socket.socket) -> None:
        del self._open[channel]
        self._selector.unregister(channel)
        channel.close()

    def _problem(self, text: str) -> None:
        if text not in self.problems:
            self.problems.append(text)


def find_point(point: Breakpoint, points: Iterable[Breakpoint]) -> Breakpoint | None:
    """Which of ``points`` it is; the engine may name a file by another path that leads to it."""
    for one in points:
        if one.line == point.line and (one.file == point.file or _is_same_file(one.file, point.file)):
            return one
    return None


def _is_same_file(first: str, second: str) -> bool:
    try:
        return Path(first).samefile(second)
    except (OSError, ValueError):
        return False
