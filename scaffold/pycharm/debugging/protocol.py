"""What PyCharm and its debugger engine say to each other: pure functions, text to values and back.

A message is a line ``COMMAND<tab>SEQUENCE<tab>TEXT``. The IDE counts with odd numbers, the engine with even
ones; an answer bears its question's number. The engine quotes its text as URLs are, and once more the values
inside its XML. Commands and fields after pydevd_comm.py and RemoteDebugger.java of intellij-community, and
what pydevd-pycharm 233 to 263 said when asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

RUN = 101
THREAD_CREATED = 103
THREAD_SUSPENDED = 105
RESUME_THREAD = 106
SET_BREAKPOINT = 111
REMOVE_BREAKPOINT = 112
GET_FRAME = 114
VERSION = 501
ERROR = 901

#: Longer values are cut: a list of a million numbers prints as megabytes.
VALUE_LIMIT = 300

#: Of a number, at most: of a process, a line, a message.
_DIGITS = 10

#: Headings of the IDE's list, not variables (pydevd_frame_type_handler.py).
_HEADINGS = {"_dummy_ret_val", "_dummy_ipython_val", "_dummy_special_var"}

_THREAD = re.compile(r'<thread\b[^>]*?\sid="([^"<>]*)"')

#: The group of variables in GET_FRAME: plain ones. Engines from 2023 on ask for it, older ones pass it over.
_PLAIN_VARIABLES = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One line of the engine, its text with the outer quoting removed."""

    command: int
    sequence: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a thread stands: its uppermost frame."""

    thread: str  # pid_4711_id_140262999926032
    frame: str
    function: str
    file: str
    line: int
    reason: str  # of the stop: 111, a breakpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A local variable as the IDE shows it."""

    name: str
    type: str  # Tensor, int
    value: str  # at most `VALUE_LIMIT` characters
    shape: str = ""  # (64, 1, 28, 28), of arrays and tensors
    elements: str = ""  # the type of their elements: torch.float32


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakpoint:
    """A line of a file, counted from 1."""

    file: str
    line: int


def hello(system: Literal["UNIX", "WIN"], build: str) -> tuple[int, str]:
    r"""The IDE's first words: its build, and how its paths look.

    >>> hello("UNIX", "263.7307.50")
    (501, 'PY-263.7307.50\tUNIX')
    """
    return VERSION, f"PY-{build}\t{system}"


def set_breakpoint(point: Breakpoint) -> tuple[int, str]:
    r"""A line breakpoint that stops the thread which reaches it, and no other.

    >>> set_breakpoint(Breakpoint(file="/p/train.py", line=7))
    (111, 'python-line\t/p/train.py\t7\tNone\tNONE\tNone\tNone')
    """
    # kind, file, line, function, what is suspended, condition, expression to be logged
    return SET_BREAKPOINT, f"python-line\t{point.file}\t{point.line}\tNone\tNONE\tNone\tNone"


def remove_breakpoint(point: Breakpoint) -> tuple[int, str]:
    r"""Take a line breakpoint back.

    >>> remove_breakpoint(Breakpoint(file="/p/train.py", line=7))
    (112, 'python-line\t/p/train.py\t7')
    """
    return REMOVE_BREAKPOINT, f"python-line\t{point.file}\t{point.line}"


def get_frame(frame: Frame) -> tuple[int, str]:
    """Ask for the variables of a frame."""
    return GET_FRAME, f"{frame.thread}\t{frame.frame}\tFRAME\t{_PLAIN_VARIABLES}"


def line_of(command: int, sequence: int, text: str) -> bytes:
    r"""A message as it goes over the wire.

    >>> line_of(106, 3, "pid_1_id_2")
    b'106\t3\tpid_1_id_2\n'
    """
    return f"{command}\t{sequence}\t{text}\n".encode()


def parse_line(line: bytes) -> Message | None:
    r"""A line of the engine; None where it is none.

    >>> parse_line(b'150\t2\t<xml><warning id="cython" /></xml>')
    Message(command=150, sequence=2, text='<xml><warning id="cython" /></xml>')
    >>> parse_line(b"901\t5\tunable to find thread%0Afor%3A pid_1_id_2").text
    'unable to find thread\nfor: pid_1_id_2'
    >>> parse_line(b"Traceback (most recent call last):")
    """
    command, _, rest = line.decode("utf-8", errors="replace").rstrip("\r\n").partition("\t")
    sequence, _, text = rest.partition("\t")
    what, number = _number(command), _number(sequence)
    if what is None or number is None:
        return None
    return Message(command=what, sequence=number, text=unquote(text))


def parse_suspended(text: str) -> Frame | None:
    """Where the thread of a THREAD_SUSPENDED stands; None where the text does not say.

    >>> parse_suspended('<xml><thread id="pid_281_id_14" stop_reason="111" message="" suspend_type="trace">'
    ...                 '<frame id="1403" name="epoch" file="/a%20b/loop.py" line="115"></frame>'
    ...                 '</thread></xml>')  # doctest: +NORMALIZE_WHITESPACE
    Frame(thread='pid_281_id_14', frame='1403', function='epoch', file='/a b/loop.py', line=115,
          reason='111')
    >>> parse_suspended('<xml><thread id="1" stop_reason="5"></thread></xml>')
    """
    thread = next(_elements(text, "thread"), None)
    frame = None if thread is None else thread.find("frame")
    if thread is None or frame is None:
        return None
    return Frame(
        thread=thread.get("id", ""),
        frame=frame.get("id", ""),
        function=frame.get("name", ""),
        file=unquote(frame.get("file", "")),
        line=_number(frame.get("line", "")) or 0,
        reason=thread.get("stop_reason", ""),
    )


def thread_of(text: str) -> str:
    """The id of the thread of which a message tells, also where the rest is no XML; "" where there is none.

    >>> thread_of('<xml><thread id="pid_281_id_14" stop_reason="111"><frame name="<module>"')
    'pid_281_id_14'
    """
    found = _THREAD.search(text)
    return found.group(1) if found else ""


def parse_variables(text: str) -> tuple[Variable, ...]:
    """The variables of an answer to GET_FRAME; headings among them are left out.

    >>> parse_variables('<xml><var name="loss" type="Tensor" qualifier="torch" value="tensor%282.29%2C '
    ...                 'grad_fn=%3CAddBackward0&gt;%29" isContainer="True" shape="()" '
    ...                 'arrayElementType="torch.float32" /></xml>')
    (Variable(name='loss', type='Tensor', value='tensor(2.29, grad_fn=<AddBackward0>)', shape='()', \
elements='torch.float32'),)
    """
    return tuple(
        Variable(
            name=unquote(one.get("name", "")),
            type=one.get("type", ""),
            value=_cut(unquote(one.get("value", ""))),
            shape=unquote(one.get("shape", "")),
            elements=unquote(one.get("arrayElementType", "")),
        )
        for one in _elements(text, "var")
        if one.get("name") not in _HEADINGS
    )


def process_of(thread: str) -> int | None:
    """The process that a thread's id names.

    >>> process_of("pid_28105_id_140262999926032")
    28105
    >>> process_of("console_main")
    """
    word, _, rest = thread.partition("_")
    number = rest.partition("_")[0]
    return _number(number) if word == "pid" else None


def _number(text: str) -> int | None:
    """A whole number; None for what is none, or longer than any that the engine sends.

    >>> _number("115"), _number("-1"), _number("9" * 5000), _number("")
    (115, -1, None, None)
    """
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
    return int(text) if is_number else None


def _cut(value: str) -> str:
    return value if len(value) <= VALUE_LIMIT else value[: VALUE_LIMIT - 1] + "…"


def _elements(text: str, tag: str) -> Iterator[Element]:
    """The elements of that tag; none where the text is no XML, or has declarations."""
    from xml.etree import ElementTree as ET

    if "<!" in text:  # values are quoted: this is no message of the engine's, and entities can grow
        return iter(())
    try:
        return ET.fromstring(text).iter(tag)  # noqa: S314 (no declaration, hence no entity)
    except (ET.ParseError, ValueError):
        return iter(())
