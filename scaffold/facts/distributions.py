"""Versions by other words for them: the glibc of a distribution, the macOS of a Darwin."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.facts.told import Told
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data"


def glibc_of(distribution: str) -> str:
    """The glibc that a distribution came with; "" for one that is not in the table.

    >>> glibc_of("Ubuntu 20.04.5 LTS"), glibc_of("CentOS 7"), glibc_of("Debian 12 image"), glibc_of("arch")
    ('2.31', '2.17', '2.36', '2.42')
    >>> glibc_of("Plan 9")
    ''
    """
    name, version = split_version(distribution)
    lowered = name.lower()
    for known, versions in _families().items():
        if re.search(rf"(?<![a-z]){re.escape(known)}", lowered):
            return _of_version(versions, version)
    return ""


def assumed_glibc() -> str:
    """What is assumed where nothing is known."""
    return str(_table()["assumed"])


def split_version(distribution: str) -> tuple[str, str]:
    """A distribution's name and its version.

    >>> split_version("Ubuntu 22.04.4 LTS"), split_version("RHEL9"), split_version("Arch Linux")
    (('Ubuntu', '22.04.4'), ('RHEL', '9'), ('Arch Linux', ''))
    """
    match = re.match(r"(.*?)[\s_-]*(\d+(?:\.\d+)*)", distribution, re.ASCII)
    return (match[1].strip(), match[2]) if match else (distribution.strip(), "")


def macos_version(told: Told, version: str) -> str:
    """The version of macOS: as it is told, by Darwin's number, or, with a note, an ordinary one.

    >>> macos_version(Told({}, []), "24.1.0"), macos_version(Told({}, []), "14.5")
    ('15', '14.5')
    """
    table = loads((_DATA / "macos.toml").read_text(encoding="utf-8"))
    by_darwin = table["darwin"].get(version.partition(".")[0])
    if by_darwin:
        return str(by_darwin)
    if re.match(r"\d", version):
        return version
    told.notes.append(f"macOS version: not told, {table['assumed']} is assumed")
    return str(table["assumed"])


def _of_version(versions: dict[str, str], version: str) -> str:
    parts = version.split(".")
    starts = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((versions[start] for start in starts if start in versions), versions.get("", ""))


@cache
def _families() -> dict[str, dict[str, str]]:
    """Name -> versions, with the other names; the longest first, so that none hides a longer one."""
    table = {name: versions for name, versions in _table().items() if name not in {"assumed", "same_as"}}
    table |= {other: table[name] for other, name in _table()["same_as"].items()}
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))


@cache
def _table() -> dict[str, Any]:
    return loads((_DATA / "glibc.toml").read_text(encoding="utf-8"))
