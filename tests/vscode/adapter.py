"""A client of the Debug Adapter Protocol, as small as a test needs: it plays VS Code before debugpy's adapter.

Messages are JSON behind a ``Content-Length`` header. The adapter asks back for one thing: to run a command
in VS Code's terminal, which is how it starts the program for ``"console": "integratedTerminal"``.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import IO, Any

PATIENCE = 60.0


class Session:
    """One debug session over two streams."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        self._reading, self._writing = reading, writing
        self._came: queue.Queue[dict[str, Any]] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        self._count = 0
        self.terminal: subprocess.Popen[str] | None = None
        self.terminal_argv: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def request(self, command: str, arguments: Mapping[str, Any] | None = None) -> int:
        """Ask for something; the number that its answer refers to."""
        self._count += 1
        self._send({"seq": self._count, "type": "request", "command": command, "arguments": arguments or {}})
        return self._count

    def ask(self, command: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask for something and wait for the answer's body."""
        number = self.request(command, arguments)
        answer = self._wait(lambda one: one["type"] == "response" and one["request_seq"] == number)
        assert answer["success"], answer
        body: dict[str, Any] = answer.get("body", {})
        return body

    def event(self, name: str) -> dict[str, Any]:
        """Wait for an event's body."""
        found = self._wait(lambda one: one["type"] == "event" and one["event"] == name)
        body: dict[str, Any] = found.get("body", {})
        return body

    def _wait(self, wanted: Any) -> dict[str, Any]:
        for one in self._kept:
            if wanted(one):
                self._kept.remove(one)
                return one
        while True:
            one = self._came.get(timeout=PATIENCE)
            if one.get("command") == "runInTerminal" and one["type"] == "request":
                self._run_in_terminal(one)
            elif wanted(one):
                return one
            else:
                self._kept.append(one)

    def _run_in_terminal(self, asked: dict[str, Any]) -> None:
        arguments = asked["arguments"]
        self.terminal_argv = arguments["args"]
        self.terminal = subprocess.Popen(
            arguments["args"],
            cwd=arguments["cwd"],
            env={"PATH": os.defpath, **arguments["env"]},
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._count += 1
        answer = {
            "type": "response",
            "request_seq": asked["seq"],
            "success": True,
            "command": "runInTerminal",
        }
        self._send({"seq": self._count, **answer, "body": {"processId": self.terminal.pid}})

    def _send(self, message: Mapping[str, Any]) -> None:
        content = json.dumps(message).encode()
        self._writing.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._writing.flush()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the other end is gone, or this one is closed
            while header := self._reading.readline():
                length = int(header.split(b":")[1])
                while self._reading.readline().strip():
                    pass  # further headers
                self._came.put(json.loads(self._reading.read(length)))


class Adapter(Session):
    """A debug session with an adapter of its own, as VS Code starts one for an entry of ``launch.json``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "debugpy.adapter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        super().__init__(self._process.stdout, self._process.stdin)

    def __enter__(self) -> Adapter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self.terminal, self._process):
            if process is not None:
                process.kill()
                process.communicate()


@contextlib.contextmanager
def child(attach: Mapping[str, Any]) -> Iterator[Session]:
    """The session of a child process, which the adapter asks for with its event ``debugpyAttach``."""
    place = attach["connect"]
    with socket.create_connection((place["host"], place["port"]), timeout=PATIENCE) as connection:
        stream = connection.makefile("rwb")
        session = Session(stream, stream)
        session.ask("initialize", {"adapterID": "debugpy"})
        session.request("attach", attach)
        session.event("initialized")
        yield session
