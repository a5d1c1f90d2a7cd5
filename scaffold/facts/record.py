"""A recorded host from a file: every part of it is checked before anything looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from scaffold.facts.told import Told, shown
from scaffold.recorded import SCHEMA
from scaffold.system import OperatingSystem

_OUTCOMES = {"exited", "missing", "timeout", "refused"}
_TEXTS = {"environment", "files", "links", "programs"}


def sound_record(record: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The record with everything of a wrong kind left out, and what that was. Pure; never raises."""
    notes: list[str] = []
    told = Told(record, notes)
    home = record.get("home")
    return {
        "schema": SCHEMA,
        "about": told.text("about") if record.get("about") else "",
        "platform": _platform(told),
        "home": home if isinstance(home, str) else None,
        "interactive": record.get("interactive") is True,
        **{name: _texts(record.get(name), name, notes) for name in sorted(_TEXTS)},
        **{name: _paths(record.get(name), name, notes) for name in ("paths", "accessible")},
        **{name: _answers(record.get(name), name, notes) for name in ("commands", "probes")},
        "disk_free": told.whole("disk_free"),
        "memory": _memory(record.get("memory"), notes),
    }, tuple(notes)


def _platform(told: Told) -> dict[str, Any]:
    inner = told.below("platform")
    if not inner.facts:
        told.notes.append("platform: not told, Linux on x86_64 is assumed")
    systems: tuple[OperatingSystem, ...] = get_args(OperatingSystem)
    system = inner.facts.get("os")
    if inner.facts and system not in systems:
        told.notes.append(f"platform.os: none of {', '.join(systems)}, Linux is assumed")
    text = {name: _line(inner, name) for name in ("machine", "release", "version", "libc")}
    if text["libc"] and not re.fullmatch(r"(?:glibc|musl)(?: \d+(?:\.\d+)*)?|libc", text["libc"]):
        inner.note("libc", text["libc"], "no C library")
        text["libc"] = ""
    return {
        "os": system if system in systems else "linux",
        **text,
        "machine": text["machine"] or "x86_64",
        "cpu_count": min(inner.whole("cpu_count") or 0, 1 << 16),
    }


def _line(inner: Told, name: str) -> str:
    return "" if inner.facts.get(name) in ("", None) else inner.text(name)


def _texts(value: object, name: str, notes: list[str]) -> dict[str, str]:
    rows = _object(value, name, notes)
    wrong = [key for key, text in rows.items() if not isinstance(text, str)]
    if wrong:
        notes.append(f"{name}: {shown(wrong[0])} is no text and was passed over")
    return {key: text for key, text in rows.items() if isinstance(text, str)}


def _paths(value: object, name: str, notes: list[str]) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        notes.append(f"{name}: no list, it was passed over")
        return []
    return [path for path in value if isinstance(path, str)]


def _answers(value: object, name: str, notes: list[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for command, answer in _object(value, name, notes).items():
        if not isinstance(answer, dict):
            notes.append(f"{name}: {shown(command)} is no answer and was passed over")
            continue
        status, outcome = answer.get("status", 0), answer.get("outcome", "exited")
        found[command] = {
            "outcome": outcome if isinstance(outcome, str) and outcome in _OUTCOMES else "exited",
            "status": status if isinstance(status, int) else None,
            **{key: answer[key] if isinstance(answer.get(key), str) else "" for key in ("stdout", "stderr")},
        }
    return found


def _object(value: object, name: str, notes: list[str]) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        notes.append(f"{name}: no object, it was passed over")
        return {}
    return value


def _memory(value: object, notes: list[str]) -> list[int] | None:
    if value is None:
        return None
    pair = value if isinstance(value, list) else []
    if len(pair) == 2 and all(isinstance(one, int) and 0 <= one < 1 << 60 for one in pair):
        return [int(one) for one in pair]
    notes.append(f"memory: {shown(str(value)[:100])} are not two numbers of bytes; they were passed over")
    return None
