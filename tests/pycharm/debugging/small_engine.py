"""Stands in for pydevd.py: the same command line and the same messages, for one thread of one small program.

The variable SMALL_ENGINE makes it misbehave: silent (never connects), deaf (answers nothing), garbage (sends
what is no message), endless (a line without end).
"""

import os
import socket
import sys
import threading
import time
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

SAFE = '/<>_=" \t'


def argument(name):
    return sys.argv[sys.argv.index(name) + 1]


class Debugger:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", int(argument("--port"))))
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.points, self.sequence = set(), 0

    def say(self, command, text, sequence=None):
        if sequence is None:
            self.sequence += 2
        self.socket.sendall(f"{command}\t{sequence or self.sequence}\t{quote(text, SAFE)}\n".encode())

    def hear(self, wanted):
        """Obey until a command of that kind; its sequence number and text."""
        for line in self.lines:
            command, sequence, text = line.rstrip("\n").split("\t", 2)
            if command == "111":
                _, file, number, *_ = text.split("\t")
                self.points.add((file, int(number)))
            if command == "112":
                _, file, number = text.split("\t")
                self.points.discard((file, int(number)))
            if command == wanted:
                return sequence, text
        sys.exit("the IDE hung up")

    def trace(self, frame, event, _):
        if event == "line" and (frame.f_code.co_filename, frame.f_lineno) in self.points:
            self.stop(frame)
        return self.trace

    def stop(self, frame):
        thread = f"pid_{os.getpid()}_id_{threading.get_ident()}"
        file = quote(frame.f_code.co_filename)
        self.say(
            105,
            f'<xml><thread id="{thread}" stop_reason="111"><frame id="1" name={quoteattr(frame.f_code.co_name)} '
            f'file="{file}" line="{frame.f_lineno}"></frame></thread></xml>',
        )
        sequence, text = self.hear("114")
        assert text == f"{thread}\t1\tFRAME\t0", text
        if os.environ.get("SMALL_ENGINE") != "deaf":
            variables = "".join(
                f'<var name="{name}" type="{type(value).__name__}" value={quoteattr(quote(repr(value), SAFE))} />\n'
                for name, value in sorted(frame.f_locals.items())
            )
            self.say(114, f"<xml>{variables}</xml>", sequence)
        self.hear("106")


def main():
    how = os.environ.get("SMALL_ENGINE", "")
    if how == "silent":
        time.sleep(600)
    debugger = Debugger()
    if how == "garbage":
        debugger.socket.sendall(b"\xff\xfe\n901\n105\t2\t<xml>\n105\t4\t<!DOCTYPE a><xml/>\n9e9\t1\t%\n")
    while how == "endless":
        debugger.socket.sendall(b"x" * (1 << 20))
    debugger.hear("101")
    target = argument("--file")
    sys.argv[:] = sys.argv[sys.argv.index("--file") + 1 :]
    del sys.path[0]
    import runpy

    sys.settrace(debugger.trace)
    if "--module" in ORIGINAL:
        runpy.run_module(target, run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(target, run_name="__main__")


ORIGINAL = list(sys.argv)
main()
