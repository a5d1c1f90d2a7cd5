"""Device files, from a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told

_REFUSED = re.compile(
    r"denied|not permitted|no (?:access|permission|read)|insufficient|forbidden|(?:not|un|in)[ -]?"
    r"(?:readable|accessible|writable|usable|allowed)|cannot (?:be )?(?:open|read)|operation not",
    re.IGNORECASE,
)
_PATH = re.compile(r"/dev/[\w./-]{1,200}", re.ASCII)
_LS = re.compile(r"[cb]([r-][w-][\w-])([r-][w-][\w-])([r-][w-][\w-])[+.@]?(?:\s+\d+)?(?:\s+(\w+)\s+(\w+))?")


def lists_devices(told: Told) -> bool:
    """Whether the description speaks of device files at all: then those it does not list are not there."""
    value = told.first("devices")
    return isinstance(value, (list, dict, str)) or value is False


def device_files(told: Told) -> dict[str, bool]:
    """Device file -> whether this user may use it.

    A list of paths (words may follow), of objects with ``path`` and ``accessible``, or an object path ->
    true, false, words, or the mode as ``ls -l`` shows it. What ``files`` tells of a device file counts, too.

    >>> device_files(Told({"devices": {"/dev/kfd": "permission denied", "/dev/dxg": True}}, []))
    {'/dev/kfd': False, '/dev/dxg': True}
    >>> device_files(Told({"devices": ["/dev/nvidia0 (not readable)", "/dev/nvidiactl"]}, []))
    {'/dev/nvidia0': False, '/dev/nvidiactl': True}
    """
    groups = {str(group) for group in told.rows("groups")} if told.has("groups") else None
    found: dict[str, bool] = {}
    for path, usable in (*_listed(told, groups), *_among_files(told, groups)):
        found[path] = usable and found.get(path, True)
    return found


def _listed(told: Told, groups: set[str] | None) -> Iterator[tuple[str, bool]]:
    value = told.first("devices")
    rows = value.items() if isinstance(value, dict) else [(None, row) for row in told.rows("devices")]
    for key, said in rows:
        inner = Told(said if isinstance(said, dict) else {}, [])
        place = key or (said if isinstance(said, str) else inner.text("path", "name"))
        path = _PATH.search(place[:1000]) if isinstance(place, str) else None
        if not path or (key and path[0] != key):
            continue
        words: Any = inner.first("error", "access", "mode", "permissions", "status") if inner.facts else said
        usable = inner.flag("accessible", "readable", "writable")
        yield path[0], usable is not False and said is not False and _open(words, groups)


def _among_files(told: Told, groups: set[str] | None) -> Iterator[tuple[str, bool]]:
    for path, said in told.below("files").facts.items():
        if isinstance(path, str) and _PATH.fullmatch(path) and isinstance(said, str):
            yield path, _open(said, groups)


def _open(words: object, groups: set[str] | None) -> bool:
    """Whether words, or a mode, leave a device file to an ordinary user.

    A group may use it where the user is told to be in it, or where nothing is told of groups; nobody is in
    root's.

    >>> _open("crw------- root root", None), _open("crw-rw---- root root", None)
    (False, False)
    >>> _open("crw-rw---- root video", None), _open("crw-rw-rw- 1 root root", None)
    (True, True)
    >>> _open("crw-rw---- root video", {"users"}), _open("0600", None), _open("open", None)
    (False, False, True)
    """
    if not isinstance(words, str):
        return True
    text = words[:1000]
    octal = re.fullmatch(r"\s*(?:0o?)?([0-7])([0-7])([0-7])\s*", text, re.ASCII)
    if octal:
        return octal[3] in "67" or octal[2] in "67"
    mode = _LS.search(text)
    if not mode:
        return not _REFUSED.search(text)
    if mode[3].startswith("rw"):
        return True
    group = mode[5] or ""
    member = group != "root" if groups is None else group in groups
    return mode[2].startswith("rw") and member


def lists_none(told: Told, sketch: Sketch) -> bool:
    """The description lists device files and none of them is NVIDIA's."""
    if sketch.os != "linux" or sketch.wsl or not lists_devices(told):
        return False
    return not any("nvidia" in path for path in device_files(told))


def closed_devices(told: Told) -> set[str]:
    """NVIDIA's device files that this user may not open."""
    return {path for path, usable in device_files(told).items() if "nvidia" in path and not usable}
