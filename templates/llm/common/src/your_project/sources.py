"""Where texts come from: what every Python brings, a published text, files of your own."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from .downloads import Download, fetch
from .errors import ProjectError
from .files import find, project_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .settings import Settings

#: modules of the standard library whose source is the text `source`
MODULES = (
    *("argparse", "ast", "calendar", "cmd", "configparser", "contextlib", "csv", "dataclasses", "difflib"),
    *("fractions", "functools", "gettext", "heapq", "inspect", "locale", "optparse", "pprint", "random"),
    *("shutil", "statistics", "string", "tarfile", "textwrap", "threading", "tokenize", "zipfile"),
)
ENDINGS = (".txt", ".md")

#: 1.1 million characters of Shakespeare's plays, the text of char-rnn and nanoGPT (public domain)
SHAKESPEARE = Download(
    "tinyshakespeare.txt",
    ("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",),
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)


def read(settings: Settings, name: str) -> list[str]:
    """Return the documents of a text that has a name, of a file, or of the files in a folder."""
    known: dict[str, Callable[[], list[str]]] = {
        "topics": topics,
        "source": source,
        "shakespeare": lambda: [read_file(fetch(SHAKESPEARE, project_root() / settings.cache))],
    }
    if name in known:
        return known[name]()
    place = find(name)
    if place.is_dir():
        files = sorted(file for file in place.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
        if not files:
            raise ProjectError(f"{place} holds no {' or '.join(ENDINGS)} files")
    elif place.is_file():
        files = [place]
    else:
        raise ProjectError(
            f"--data {name} is neither a file, nor a folder, nor one of {', '.join(known)}, chats"
        )
    return [read_file(file) for file in files]


def topics() -> list[str]:
    """Return the texts of Python's own `help()`: the language reference, as it is printed in a terminal."""
    try:
        from pydoc_data.topics import topics as texts
    except ImportError:  # a Python that was cut down
        raise ProjectError(
            "this Python lacks pydoc_data, the text of its help(): give a text by --data"
        ) from None
    return [str(texts[name]) for name in sorted(texts)]


def source() -> list[str]:
    """Return the source of some modules of Python's standard library."""
    found = list(_sources())
    if not found:
        raise ProjectError("this Python comes without the source of its library: give a text by --data")
    return found


def _sources() -> Iterator[str]:
    for name in MODULES:
        spec = importlib.util.find_spec(name)
        text = getattr(spec.loader, "get_source", lambda _: None)(name) if spec else None
        if text:
            yield text


def read_file(file: Path) -> str:
    """Return the text of a file in UTF-8 or GB 18030; a `ProjectError` names the line that is neither."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise ProjectError(f"cannot read {file}: {problem}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        try:  # UTF-8 has rules that other encodings break at once; older Chinese files are in GBK
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            line = content.count(b"\n", 0, problem.start) + 1
            raise ProjectError(
                f"{file}, line {line}: byte 0x{content[problem.start]:02x} is neither UTF-8 nor GBK;"
                " save the file as UTF-8"
            ) from None
        print(f"data        {file.name} is no UTF-8; read as GBK (GB 18030)")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ProjectError(f"{file}, line {line}: a zero byte, so this is no text")
    return text.replace("\r\n", "\n")
