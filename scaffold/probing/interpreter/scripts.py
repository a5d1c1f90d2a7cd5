"""Which interpreter a program of an environment starts: the first line of scripts, the tail of launchers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.interpreters.places import real_path
from scaffold.probing.interpreter.model import Script
from scaffold.system import System

#: As many programs of one folder are looked at; pip's launcher on Windows has about 100 KB.
_LIMIT, _LAUNCHER = 400, 1 << 18

#: What is looked at in folders that hold other programs, too.
TOOLS = frozenset(
    {"accelerate", "ipython", "jupyter", "jupyter-lab", "pip", "pip3", "pipx", "poetry", "tensorboard"}
    | {"torchrun", "transformers-cli", "virtualenv", "wandb"}
)

#: Where a system keeps everybody's programs.
_SHARED = ("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin")

_LONG = re.compile(r"""^'''exec' ["']?(?P<path>[^"'\n]+?)["']? "\$0" """, re.MULTILINE)
_BESIDE = re.compile(r"realpath|dirname|\$\(")  # a relocatable script looks beside itself
_IN_LAUNCHER = re.compile(rb"#!\"?([^\"\r\n\x00]{3,260}?python[^\"\r\n\x00]{0,20}?\.exe)\"?", re.IGNORECASE)


def interpreter_of(text: str) -> str:
    r"""The Python that the head of a script names; "" where it names none, or finds one beside itself.

    >>> interpreter_of("#!/home/ada/app/.venv/bin/python3\nimport sys")
    '/home/ada/app/.venv/bin/python3'
    >>> interpreter_of("#!/bin/sh\n'''exec' \"/a b/.venv/bin/python\" \"$0\" \"$@\"\n' '''")
    '/a b/.venv/bin/python'
    >>> interpreter_of("#!/usr/bin/env python3\n"), interpreter_of("\x7fELF")
    ('', '')
    """
    if not text.startswith("#!"):
        return ""
    first = text[2:].split("\n", 1)[0].strip()
    if first.endswith(("/sh", "/bash")):
        long = _LONG.search(text[:2048])
        return "" if long is None or _BESIDE.search(long["path"]) else long["path"]
    program = first.split(" -")[0].strip().strip('"')
    name = re.split(r"[\\/]", program)[-1].lower()
    return program if name.startswith(("python", "pypy")) and program != name else ""


def interpreter_in_launcher(content: bytes) -> str:
    r"""The Python that one of Windows' launchers starts: pip and distlib append its line to the program.

    >>> interpreter_in_launcher(b"MZ\x00...#!C:\\p\\.venv\\Scripts\\python.exe\r\nPK...")
    'C:\\p\\.venv\\Scripts\\python.exe'
    """
    found = _IN_LAUNCHER.findall(content)
    return str(found[-1].decode("utf-8", errors="replace")) if found else ""


def named_by(system: System, program: Path) -> str:
    """The interpreter that a script or a launcher names; "" where it names none."""
    if program.suffix.lower() == ".exe":
        return interpreter_in_launcher(system.read_bytes(program, size=_LAUNCHER) or b"")
    start = system.read_bytes(program, size=2048) or b""
    return interpreter_of(start.decode("utf-8", errors="replace"))


def stale(system: System, folder: Path, prefix: Path) -> tuple[tuple[Script, ...], int]:
    """The scripts of a folder that start a Python that is gone, or another environment's; how many were seen.

    In folders that hold everybody's programs only those that people train with are looked at.
    """
    shared = folder.as_posix() in _SHARED
    found, seen = [], 0
    for program in _programs(system, folder, shared=shared):
        named = named_by(system, program)
        if not named:
            continue
        seen += 1
        alive = system.exists(named)
        if not alive or (not shared and _is_elsewhere(system, Path(named), prefix)):
            found.append(Script(path=str(program), interpreter=named, alive=alive))
    return tuple(found), seen


def _programs(system: System, folder: Path, *, shared: bool) -> Iterator[Path]:
    names = [
        name
        for name in system.list_folder(folder)
        if not re.match(r"python|activate|deactivate", name, re.IGNORECASE) and (not shared or name in TOOLS)
    ]
    return (folder / name for name in names[:_LIMIT])


def _is_elsewhere(system: System, interpreter: Path, prefix: Path) -> bool:
    """Whether an interpreter lies in another environment than the script that names it."""
    folder = real_path(system, interpreter.parent)
    ours = real_path(system, prefix)
    return ours not in (folder, folder.parent)
