"""Look it up on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scaffold.probing.room import windows
from scaffold.probing.room.limits import cpu_quota, limits
from scaffold.probing.room.model import RoomFacts
from scaffold.probing.room.places import leftovers, places, shared_memory
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> RoomFacts:
    """Limits, disks, paths and file systems for a target; reads, and starts nothing of it."""
    system = scene.system
    on_windows = system.platform.os == "windows"
    linux = system.platform.os == "linux"
    commit = system.commit() if on_windows else None
    charset, source = text_charset(system.environment) if linux else ("", "")
    return RoomFacts(
        places=places(scene),
        shared_memory=shared_memory(scene),
        limits=limits(system),
        leftovers=leftovers(scene),
        cpu_quota=cpu_quota(system) if linux else None,
        swap=swap(system.read_text("/proc/meminfo") or "") if linux else None,
        commit_limit=commit[0] if commit else None,
        commit_free=commit[1] if commit else None,
        strict_overcommit=(system.read_text("/proc/sys/vm/overcommit_memory") or "").strip() == "2"
        if linux
        else None,
        watches=_number(system.read_text("/proc/sys/fs/inotify/max_user_watches")) if linux else None,
        long_paths=windows.long_paths(system) if on_windows else None,
        store_python=_is_store(str(scene.target.python or "")) if on_windows else None,
        charset=charset,
        charset_source=source,
    )


def swap(text: str) -> int | None:
    r"""Bytes of swap out of /proc/meminfo.

    >>> swap("MemTotal: 16284380 kB\nSwapTotal:       2097148 kB\n")
    2147479552
    """
    found = re.search(r"^SwapTotal:\s+(\d{1,18}) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def text_charset(environment: Mapping[str, str]) -> tuple[str, str]:
    """In what texts are read and written, and the variable that says so; "" for what Python makes UTF-8.

    >>> text_charset({"LANG": "zh_CN.GB18030"}), text_charset({"LANG": "zh_CN.GBK", "PYTHONUTF8": "1"})
    (('GB18030', 'LANG'), ('', ''))
    >>> text_charset({"LANG": "C"}), text_charset({"LC_ALL": "en_US.UTF-8", "LANG": "de_DE@euro"})
    (('', ''), ('UTF-8', 'LC_ALL'))
    """
    if environment.get("PYTHONUTF8") == "1":
        return "", ""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environment.get(name, "")
        if value:
            charset = value.partition(".")[2].partition("@")[0]
            return (charset, name) if charset else ("", "")
    return "", ""


def _number(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isdecimal() and len(stripped) < 20 else None


def _is_store(program: str) -> bool:
    return bool(re.search(r"WindowsApps|PythonSoftwareFoundation", program, re.IGNORECASE))
