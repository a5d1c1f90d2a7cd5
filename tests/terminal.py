"""A person at a terminal: a program in a real pseudo-terminal, read until a text is there, typed into."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.screen import Screen

#: Seconds until a text must be there. A machine under load takes long; waiting ends with the text.
DEADLINE = 120.0

#: What moves the cursor, sets colours, names the window: no text.
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHM])"
)

UP, DOWN, LEFT, TAB, BACK_TAB, ENTER, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[D", "\t", "\x1b[Z", "\r", "\x1b"
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """A program whose standard input, output and error are one terminal, of which it is the leader."""

    def __init__(
        self,
        argv: Sequence[object],
        *,
        cwd: Path,
        environment: Mapping[str, str] | None = None,
        rows: int = 40,
        columns: int = 100,
        encoding: str = "utf-8",
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "LANGUAGE")}
        self.process = subprocess.Popen(
            [*map(str, argv)], cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
            env={**inherited, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(environment or {})},
            start_new_session=True, preexec_fn=_take_terminal,  # noqa: PLW1509 - no threads here
        )  # fmt: skip
        os.close(theirs)
        self._said = b""
        self._screen = Screen(rows, columns)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._read_to = 0  # what `until` has found already

    @property
    def said(self) -> str:
        """All that was written, in order, as plain text; what was drawn over is in it."""
        return _ESCAPES.sub(b"", self._said).decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def sent(self) -> bytes:
        """All that was written, as it was written."""
        return self._said

    @property
    def screen(self) -> str:
        """What stands on the screen."""
        return self._screen.text

    def shows(self, *texts: str) -> None:
        """Wait until the screen shows all of these."""
        end = time.monotonic() + DEADLINE
        while not all(text in self.screen for text in texts):
            ends = time.monotonic() > end or not self._read(1.0)
            assert not ends or all(text in self.screen for text in texts), f"not {texts}:\n{self.screen}"

    def until(self, text: str) -> None:
        """Wait for a text behind the one that was waited for last."""
        end = time.monotonic() + DEADLINE
        while text not in self.said[self._read_to :]:
            assert time.monotonic() < end, f"{text!r} did not come:\n{self.said}"
            if not self._read(1.0):
                assert text in self.said[self._read_to :], f"it ended without {text!r}:\n{self.said}"
        self._read_to = self.said.index(text, self._read_to) + len(text)

    def type(self, *keys: str) -> None:
        """Press keys."""
        for one in keys:
            os.write(self._ours, one.encode())

    def end(self) -> int:
        """Read until it ends; its exit status."""
        while self._read(DEADLINE):
            pass
        self.close()
        return self.process.wait(timeout=DEADLINE)

    def close(self) -> None:
        """The window is closed: what runs in it is hung up."""
        if self._ours >= 0:
            os.close(self._ours)
        self._ours = -1

    def kill(self) -> int:
        """The machine loses power."""
        self.process.send_signal(signal.SIGKILL)
        return self.end()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def _read(self, seconds: float) -> bool:
        """Read what is there; False where the other end is closed."""
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if not ready:
            return seconds < DEADLINE
        try:
            more = os.read(self._ours, 65536)
        except OSError:  # Linux says so where the other end is closed
            return False
        self._said += more
        self._screen.write(self._decoder.decode(more))
        return bool(more)


def _take_terminal() -> None:
    # Linux sends the signal of Ctrl-C first and throws away what is still to be shown then: the last words, too.
    settings = termios.tcgetattr(0)
    settings[3] |= termios.NOFLSH
    termios.tcsetattr(0, termios.TCSANOW, settings)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
