"""Read a machine from a file: a recorded host, printed facts, or a loose description.

A file holds one machine, or one a line (or in a list); ``FILE#id`` then says which.
"""

from __future__ import annotations

import errno
import json
import re
import stat
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from scaffold.errors import OptionRefused
from scaffold.facts.compose import host_record, shortened
from scaffold.facts.host import known_system, minor_python, system_name
from scaffold.facts.model import Observed
from scaffold.facts.told import Told, one_line, shown
from scaffold.machine.model import Machine
from scaffold.recorded import SCHEMA as HOST
from scaffold.recorded import RecordedSystem

MACHINE = "scaffold/machine/1"
SAVED = "scaffold/facts/1"  # by doctor: the machine is one of its facts

#: A recorded host has some hundred kilobytes; a file that is larger than this is something else.
LARGEST = 32 << 20

#: Any of these in an object: it describes a machine.
_KNOWN = {
    "os", "arch", "architecture", "gpus", "gpu", "nvidia_driver", "driver", "glibc", "libc", "python", "pci",
    "os_version", "cpu", "wsl", "container", "kernel", "distro", "gpu_count", "nvidia_smi", "libcuda",
}  # fmt: skip

_NO_FILE = "it is no ordinary file; what a pipe brings is read from standard input: --facts -"

_FORMS = (
    "A machine is read from: scaffold detect --save FILE, the output of scaffold detect --json, or an object "
    'such as {"os": "linux", "arch": "x86_64", "gpus": [{"name": "Tesla T4", "cc": "7.5"}], '
    '"nvidia_driver": "550.54.15"}'
)


def read_facts(location: str) -> Observed:
    """The machine that a file tells of: ``FILE``, ``FILE#id``, or ``-`` for standard input.

    Raises OptionRefused where there is no such file, where it tells of no machine, or of several.
    """
    row, path, note = _object(location)
    observed = observe(row, path)
    return _with_notes(observed, note) if note else observed


def read_object(location: str) -> tuple[dict[str, Any], str]:
    """The object that ``FILE``, ``FILE#id`` or ``-`` means, and the file's name. Raises OptionRefused."""
    row, path, _ = _object(location)
    return row, path


def _object(location: str) -> tuple[dict[str, Any], str, str]:
    """The object, its file, and what was odd about the others in it."""
    path, wanted = _split(location)
    text = _decoded(_content(path))
    rows, damaged = _rows(text, path)
    odd = f"{path}: {damaged} lines of it are no JSON and were passed over" if damaged else ""
    return _chosen(rows, wanted, path), path, odd


def observe(told: Mapping[str, Any], path: str = "the facts") -> Observed:
    """The machine that an object tells of, in any of the forms. Pure; raises OptionRefused for none."""
    schema = told.get("schema")
    if schema == HOST:
        _refuse_foreign(Told(told, []).below("platform").facts.get("os"), path)
        return _recorded(told)
    if schema == MACHINE:
        _refuse_foreign(Told(told, []).below("host").facts.get("os"), path)
        return _printed(told)
    if schema == SAVED:
        return observe({"schema": MACHINE, **Told(told, []).below("facts").below("machine").facts}, path)
    if isinstance(schema, str) and schema.startswith("scaffold/"):
        raise OptionRefused(
            f"{path} is of the schema {shown(schema)}, which tells of no machine", hint=_FORMS
        )
    facts = next((told[key] for key in ("facts", "machine") if isinstance(told.get(key), Mapping)), told)
    if facts is not told and isinstance(facts.get("schema"), str):
        return observe(facts, path)
    if facts is told and not _KNOWN & set(told):
        raise OptionRefused(f"{path} tells of no machine", detail=(_held(told),), hint=_FORMS)
    _refuse_foreign(system_name(Told(facts, [])), path)
    return _described(facts, _name(told))


def _refuse_foreign(name: object, path: str) -> None:
    """Nothing is published for another system than the three; a guess would speak of another machine."""
    if isinstance(name, str) and re.search("[A-Za-z]", name) and known_system(name) is None:
        raise OptionRefused(
            f"{path}: nothing is known of the system {shown(name)}",
            detail=("known: Linux and its distributions, macOS, Windows",),
            hint='Where it is a distribution of Linux, tell {"os": "linux", "os_version": "its name"}',
        )


def _recorded(record: Mapping[str, Any]) -> Observed:
    from scaffold.facts.record import sound_record

    sound, notes = sound_record(record)
    python = minor_python(Told({"python": record.get("python")}, []))
    return _looked_at(sound, python=python, notes=list(notes), about=sound["about"])


def _printed(printed: Mapping[str, Any]) -> Observed:
    from scaffold.facts.machine_json import host_record as stand_in
    from scaffold.facts.machine_json import read_machine

    machine, notes = read_machine(printed)
    system = RecordedSystem(stand_in(machine))
    about = machine.host.os_version or machine.host.os
    return Observed(machine=machine, system=system, notes=shortened(list(notes)), about=about)


def _described(facts: Mapping[str, Any], name: str) -> Observed:
    record, odd = host_record(facts)
    notes = list(odd)
    return _looked_at(record, python=minor_python(Told(facts, notes)), notes=notes, about=name)


def _looked_at(record: dict[str, Any], *, python: str, notes: list[str], about: str) -> Observed:
    from scaffold.machine import detect

    system = RecordedSystem(record)
    machine: Machine = printable(detect(system, system.home))
    return Observed(machine=machine, system=system, python=python, notes=shortened(notes), about=about)


def printable(value: Any) -> Any:
    r"""Facts without characters that a terminal would obey: a recorded host may come from a stranger.

    >>> printable(("\x1b[31mTesla T4", 75))
    ('[31mTesla T4', 75)
    """
    if isinstance(value, str):
        return "".join(character for character in value if character.isprintable())
    if isinstance(value, tuple):
        return tuple(map(printable, value))
    if isinstance(value, dict):
        return {printable(name): printable(one) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: printable(getattr(value, one.name)) for one in fields(value)})
    return value


def _with_notes(observed: Observed, *notes: str) -> Observed:
    return replace(observed, notes=(*notes, *observed.notes))


def _split(location: str) -> tuple[str, str]:
    """The file and the id behind its last ``#``, unless the file's own name has one."""
    if location == "-" or "#" not in location or Path(location).exists():
        return location, ""
    path, _, wanted = location.rpartition("#")
    return path, wanted


def _content(path: str) -> bytes:
    try:
        if path == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            _refuse_pipe(path)
            with open(path, "rb") as stream:
                content = stream.read(LARGEST + 1)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise OptionRefused(
            f"{path or 'the file of the facts'} cannot be read", detail=(why,), hint=_FORMS
        ) from None
    if len(content) > LARGEST:
        raise OptionRefused(f"{path} is larger than {LARGEST >> 20} MiB, it tells of no machine", hint=_FORMS)
    return content


def _refuse_pipe(path: str) -> None:
    """Looked at first: to open a named pipe waits for somebody who writes to it."""
    mode = Path(path).stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, _NO_FILE)


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 where PowerShell's ``>`` wrote it; what cannot be decoded is replaced."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if utf16 else "utf-8-sig", errors="replace")


def _rows(text: str, path: str) -> tuple[list[dict[str, Any]], int]:
    """Every object of a file, and how many of its lines are none."""
    whole = _parsed(text)
    if whole is not None:
        rows = [row for row in (whole if isinstance(whole, list) else [whole]) if isinstance(row, dict)]
        damaged = 0
    else:
        lines = [line for line in text.splitlines() if line.strip()]
        parsed = [_parsed(line) for line in lines]
        rows = [row for row in parsed if isinstance(row, dict)]
        damaged = len(lines) - len(rows)
    if not rows:
        first = one_line(text[:80]) or "nothing"
        raise OptionRefused(f"{path} holds no JSON object", detail=(f"it begins with: {first}",), hint=_FORMS)
    return rows, damaged


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _chosen(rows: list[dict[str, Any]], wanted: str, path: str) -> dict[str, Any]:
    """The one that is meant: by its id, or by its number where it has none."""
    names = [_name(row) or str(number) for number, row in enumerate(rows, 1)]
    if not wanted and len(rows) == 1:
        return rows[0]
    if wanted in names:
        return rows[names.index(wanted)]
    listed = ", ".join(names[:40]) + (f" and {len(names) - 40} more" if len(names) > 40 else "")
    problem = f"has no machine {shown(wanted)}" if wanted else f"tells of {len(rows)} machines"
    raise OptionRefused(
        f"{path} {problem}", detail=(f"it holds: {listed}",), hint=f"name one: {path}#{names[0]}"
    )


def _name(row: Mapping[str, Any]) -> str:
    name = row.get("id") or row.get("about") or ""
    return one_line(str(name)[:200]) if isinstance(name, (str, int)) else ""


def _held(told: Mapping[str, Any]) -> str:
    keys = [shown(key) for key in list(told)[:8]]
    return f"its keys: {', '.join(keys)}" if keys else "it is empty"
