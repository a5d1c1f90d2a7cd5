"""Which release, and which of its files, for a machine."""

from __future__ import annotations

import json

import pytest

from scaffold.pycharm.releases.feed import Download, Release, chosen, download_for, releases_of
from scaffold.system import OperatingSystem

BASE = "https://download.jetbrains.com/python/pycharm-2026.2.3"
ENDS = {
    "linux": ".tar.gz",
    "linuxARM64": "-aarch64.tar.gz",
    "windows": ".exe",
    "windowsZip": ".win.zip",
    "windowsARM64": "-aarch64.exe",
    "mac": ".dmg",
    "macM1": "-aarch64.dmg",
}


def release(version: str, kind: str = "release", keys: tuple[str, ...] = ("linux",)) -> Release:
    downloads = [
        Download(key=key, url=BASE + ENDS[key], size=1, checksum_url=f"{BASE}{ENDS[key]}.sha256")
        for key in keys
    ]
    return Release(version=version, build="", date="", kind=kind, downloads=tuple(downloads))


#: As the service lists them: by branch, not by date.
LISTED = [
    release("2026.3", kind="eap"), release("2026.2.3"), release("2026.2"), release("2026.1.5"),
    release("2026.1.10"), release("2025.1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("", "2026.2.3"),
        ("2026.2", "2026.2"),
        ("2026.1", "2026.1.10"),
        ("2026.2.3", "2026.2.3"),
        ("2025", "2025.1"),
    ],
)
def test_the_newest_that_fits(wanted: str, version: str) -> None:
    found = chosen(LISTED, wanted)
    assert found is not None
    assert found.version == version


@pytest.mark.parametrize("wanted", ["2026.3", "2024.3", "2026.2.4", "2026.1.1"])
def test_none_that_is_not_released(wanted: str) -> None:
    assert chosen(LISTED, wanted) is None


@pytest.mark.parametrize(
    ("system", "architecture", "key"),
    [
        ("linux", "x86_64", "linux"),
        ("linux", "aarch64", "linuxARM64"),
        ("windows", "x86_64", "windowsZip"),
        ("windows", "aarch64", "windowsARM64"),
        ("macos", "arm64", "macM1"),
        ("macos", "x86_64", "mac"),
    ],
)
def test_the_file_for_a_machine(system: OperatingSystem, architecture: str, key: str) -> None:
    found = download_for(release("2026.2.3", keys=tuple(ENDS)), system, architecture)
    assert found is not None
    assert (found.key, found.url) == (key, BASE + ENDS[key])


def test_an_installer_where_windows_has_nothing_else() -> None:
    found = download_for(release("2026.2.3", keys=("windows", "linux")), "windows", "x86_64")
    assert found is not None
    assert found.key == "windows"
    assert download_for(release("2026.2.3"), "linux", "riscv64") is None


@pytest.mark.parametrize(
    "row",
    [
        {"version": "2026.2", "downloads": {"linux": {"link": "file:///etc/passwd", "size": 1}}},
        {"version": "2026.2", "downloads": {"linux": {"link": "ftp://host/x", "size": 1}}},
        {"version": "2026.2", "downloads": {"linux": {"link": "https://[", "size": 1}}},
        {"version": "2026.2", "downloads": {"linux": "https://host/x"}},
    ],
)
def test_only_web_addresses_are_taken(row: dict[str, object]) -> None:
    [found] = releases_of(json.dumps({"PCP": [row]}), "PCP")
    assert found.downloads == ()


@pytest.mark.parametrize("size", [True, -1, 0, "7", None, 1.5])
def test_a_size_that_is_none_is_unknown(size: object) -> None:
    row = {"version": "2026.2", "downloads": {"linux": {"link": "https://host/x", "size": size}}}
    [found] = releases_of(json.dumps({"PCP": [row]}), "PCP")
    assert found.downloads == (
        Download(key="linux", url="https://host/x", size=None, checksum_url="https://host/x.sha256"),
    )
