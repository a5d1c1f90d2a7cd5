"""What interpreters answered, kept between runs, so that a second scan starts no process.

One JSON file, written whole. An answer counts as long as the program is the file that it was: time of
change, size and file number are the same. A program that did not answer is asked again after a while.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scaffold import __version__

#: Seconds for which a program is left alone that hung or crashed: it may be mended any time.
PATIENCE = 600.0

#: Kept only for the same fields and the same reading of what a program says.
_SCHEMA = f"scaffold/interpreters/1/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a program said of itself, or why it said nothing (``problem``)."""

    problem: str = ""
    version: str = ""  # 3.15.0rc1
    implementation: str = ""
    machine: str = ""  # as the program spells it: AMD64
    bits: int = 0
    free_threaded: bool = False
    debug: bool = False
    venv: bool = False
    executable: str = ""  # the program that really ran: another one than was asked, behind a wrapper
    base: str = ""  # the Python that it was made from; its own path where it is no environment


class Answers:
    """The answers of this user's programs; None as the file keeps them for this run only."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._kept: dict[str, dict[str, Any]] = dict(_read(file)) if file is not None else {}
        self._new = False

    def get(self, program: Path) -> Answer | None:
        """What the program said last time; None where it must be asked (again)."""
        entry = self._kept.get(str(program))
        if entry is None or entry.get("file") != _identity(program):
            return None
        try:
            answer, age = Answer(**entry["answer"]), time.time() - entry["asked"]
        except (KeyError, TypeError):
            return None
        if answer.problem:
            return answer if 0 <= age < PATIENCE else None
        return answer if os.path.exists(answer.base) else None

    def put(self, program: Path, answer: Answer) -> None:
        """Remember an answer, unless it is a wrapper's: what stands behind that may change any time."""
        identity = _identity(program)
        if identity is None or not (answer.problem or _is_same(program, answer.executable)):
            return
        self._kept[str(program)] = {"file": identity, "asked": time.time(), "answer": asdict(answer)}
        self._new = True

    def save(self) -> None:
        """Write what is new; a folder that cannot be written costs time at the next run, no more."""
        if self._file is None or not self._new:
            return
        # Another process may have written meanwhile: its answers are as good.
        kept = {**_read(self._file), **self._kept}
        there = {program: entry for program, entry in kept.items() if os.path.exists(program)}
        with contextlib.suppress(OSError):
            _write(self._file, json.dumps({"schema": _SCHEMA, "programs": there}))
        self._new = False


def _identity(program: Path) -> list[int] | None:
    """Time of change, size and number of the file that a path leads to."""
    try:
        seen = program.stat()
    except OSError:
        return None
    return [seen.st_mtime_ns, seen.st_size, seen.st_ino]


def _is_same(program: Path, other: str) -> bool:
    try:
        return program.samefile(other)
    except OSError:
        return False


def _read(file: Path) -> Mapping[str, dict[str, Any]]:
    """The programs of a file; empty where it is missing, damaged, of another release or another user's."""
    try:
        with open(file, encoding="utf-8") as stream:
            if not _is_own(os.fstat(stream.fileno())):
                return {}
            document = json.load(stream)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        return {}
    programs = document.get("programs")
    if not isinstance(programs, dict):
        return {}
    return {program: entry for program, entry in programs.items() if isinstance(entry, dict)}


def _is_own(seen: os.stat_result) -> bool:
    """Whether nobody else could have written it: it says which programs will be started."""
    if not hasattr(os, "geteuid"):
        return True
    return seen.st_uid in (os.geteuid(), 0) and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
