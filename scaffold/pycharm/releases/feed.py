"""What the release service answers: releases, and the file of each for a machine. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from scaffold.pycharm.installations.model import numbers
from scaffold.pycharm.products import ARCHIVES
from scaffold.system import OperatingSystem

#: (system, architecture) -> names in ``downloads``; the first that is there is taken. On Windows what is only
#: unpacked goes before an installer.
KEYS: Mapping[tuple[OperatingSystem, str], tuple[str, ...]] = {
    ("linux", "x86_64"): ("linux",),
    ("linux", "aarch64"): ("linuxARM64",),
    ("windows", "x86_64"): ("windowsZip", "windows"),
    ("windows", "aarch64"): ("windowsZipARM64", "windowsARM64"),
    ("macos", "arm64"): ("macM1",),
    ("macos", "x86_64"): ("mac",),
}

_FILE = re.compile(rf"(?:{'|'.join(ARCHIVES)})-(?P<version>\d{{4}}\.\d+(?:\.\d+)*)(?P<more>[-.].*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One file of a release. ``size``: bytes, None where unknown."""

    key: str  # linux, windowsZip, ...; "" for one that the user named
    url: str
    size: int | None
    checksum_url: str

    @property
    def filename(self) -> str:
        """The last part of its address."""
        return unquote(urlsplit(self.url).path).rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of PyCharm."""

    version: str
    build: str
    date: str
    kind: str  # release, eap, ...
    downloads: tuple[Download, ...]


def releases_of(text: str, code: str) -> tuple[Release, ...]:
    """The releases in an answer; whatever is not as expected in it is passed over.

    >>> [one] = releases_of('{"PCP": [{"date": "2026-11-05", "type": "release", "version": "2026.2.3",'
    ...     ' "majorVersion": "2026.2", "build": "262.8117.27", "notesLink": null, "downloads": {"linux": {'
    ...     ' "link": "https://download.jetbrains.com/python/pycharm-2026.2.3.tar.gz", "size": 1234567890,'
    ...     ' "checksumLink": "https://download.jetbrains.com/python/pycharm-2026.2.3.tar.gz.sha256"},'
    ...     ' "thirdPartyLibrariesJson": null, "mac": {"link": 7}}}, {"version": "2026.2"}, 3]}', "PCP")
    >>> one.version, one.downloads[0].key, one.downloads[0].size, one.downloads[0].filename
    ('2026.2.3', 'linux', 1234567890, 'pycharm-2026.2.3.tar.gz')
    >>> releases_of('{"PCP": {}}', "PCP"), releases_of("<html>", "PCP"), releases_of("[]", "PCP")
    ((), (), ())
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    rows = values.get(code) if isinstance(values, dict) else None
    found = (_release(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return tuple(one for one in found if one is not None)


def chosen(releases: Iterable[Release], version: str = "") -> Release | None:
    """The newest release, or the newest of ``version``: 2026.1 means 2026.1.3, too."""
    wanted = numbers(version)
    fitting = [
        one for one in releases if one.kind == "release" and numbers(one.version)[: len(wanted)] == wanted
    ]
    exact = [one for one in fitting if one.version == version]
    return max(exact or fitting, key=lambda one: numbers(one.version), default=None)


def download_for(release: Release, system: OperatingSystem, architecture: str) -> Download | None:
    """The file of a release that runs on such a machine; None where there is none."""
    by_key = {one.key: one for one in release.downloads}
    names = KEYS.get((system, architecture), ())
    return next((by_key[name] for name in names if name in by_key), None)


def version_in(filename: str) -> str:
    """The version in an archive's usual name.

    >>> version_in("pycharm-2026.2.3-aarch64.tar.gz"), version_in("pycharm-professional-2024.3.5.exe")
    ('2026.2.3', '2024.3.5')
    >>> version_in("pycharm.tar.gz")
    ''
    """
    match = _FILE.fullmatch(filename)
    return match["version"] if match else ""


def sha256_in(text: str) -> str:
    """The hash in a published checksum: its first word; "" where that is none.

    >>> sha256_in("9CFF6F18" + "0" * 56 + " *pycharm.tar.gz")[:10], sha256_in("<html>"), sha256_in("")
    ('9cff6f1800', '', '')
    """
    word = (text.split() or [""])[0].lower()
    return word if re.fullmatch(r"[0-9a-f]{64}", word) else ""


def _release(row: Mapping[str, Any]) -> Release | None:
    version, listed = _text(row, "version"), row.get("downloads")
    if not numbers(version) or not isinstance(listed, dict):
        return None
    downloads = (_download(key, one) for key, one in listed.items() if isinstance(one, dict))
    return Release(
        version=version,
        build=_text(row, "build"),
        date=_text(row, "date"),
        kind=_text(row, "type"),
        downloads=tuple(one for one in downloads if one is not None),
    )


def _download(key: str, row: Mapping[str, Any]) -> Download | None:
    link, size = _text(row, "link"), row.get("size")
    if not _is_web(link):
        return None
    checksum = _text(row, "checksumLink")
    return Download(
        key=key,
        url=link,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None,
        checksum_url=checksum if _is_web(checksum) else f"{link}.sha256",
    )


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"https", "http"}
    except ValueError:  # an unclosed [ of an IPv6 address
        return False


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""
