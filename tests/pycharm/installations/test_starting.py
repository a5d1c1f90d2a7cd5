"""The command line that opens a folder, and where none can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import LaunchFailed
from scaffold.pycharm.installations.find import installations
from scaffold.pycharm.installations.starting import argv_of, demand_screen, is_windows_program, windows_side
from scaffold.recorded import RecordedSystem
from tests.pycharm.installations.test_find import machine
from tests.pycharm.releases.standin import product_info
from tests.sources.conftest import host

ROOT = Path("/home/ada/a b & 项目")
WSL = {
    "machine": "x86_64",
    "release": "5.15.167.4-microsoft-standard-WSL2",
    "version": "",
    "libc": "glibc 2.39",
}


def wsl(**more: Any) -> RecordedSystem:
    programs = "/mnt/c/Users/ada/AppData/Local/Programs/PyCharm"
    files: dict[str, bytes | str] = {
        f"{programs}/product-info.json": product_info("2026.2.3", system="Windows"),
        "/mnt/c/Program Files/JetBrains/PyCharm 2025.2/product-info.json": product_info(
            "2025.2", system="Windows"
        ),
    }
    return machine("linux", files, platform={"os": "linux", "cpu_count": 4, **WSL}, **more)


def test_from_wsl_a_folder_has_windows_name() -> None:
    system = wsl(
        commands={f"wslpath -w {ROOT}": {"stdout": "\\\\wsl.localhost\\Ubuntu\\home\\ada\\a b & 项目\n"}}
    )
    assert installations(system) == ()
    found = windows_side(system)
    assert [one.title for one in found] == ["PyCharm 2026.2.3", "PyCharm 2025.2"]
    assert is_windows_program(found[0])
    assert argv_of(system, found[0], ROOT) == (
        "/mnt/c/Users/ada/AppData/Local/Programs/PyCharm/bin/pycharm64.exe",
        "\\\\wsl.localhost\\Ubuntu\\home\\ada\\a b & 项目",
    )


def test_a_wsl_that_does_not_tell() -> None:
    system = wsl()
    with pytest.raises(LaunchFailed):
        argv_of(system, windows_side(system)[0], ROOT)


def test_windows_is_seen_from_wsl_only() -> None:
    assert windows_side(host()) == ()


@pytest.mark.parametrize(
    ("system", "where"),
    [
        (host(), "without a desktop"),
        (host(SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22"), "over SSH"),
    ],
)
def test_no_screen(system: RecordedSystem, where: str) -> None:
    with pytest.raises(LaunchFailed) as failed:
        demand_screen(system)
    assert failed.value.code == "no-screen"
    assert failed.value.message == f"This session is {where}: there is no screen to open PyCharm on"
    assert "Remote Development" in failed.value.hint


@pytest.mark.parametrize(
    "system", [host(DISPLAY=":0"), host(WAYLAND_DISPLAY="wayland-0"), host("macos"), host("windows")]
)
def test_a_screen(system: RecordedSystem) -> None:
    demand_screen(system)
