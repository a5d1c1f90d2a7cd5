from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaffold.pycharm.configs import ConfigFolder, base_folder, config_folders, windows_folders
from scaffold.pycharm.ide_processes import RunningIde
from scaffold.recorded import SCHEMA, RecordedSystem


def host(os: str, home: str, paths: list[str], **more: Any) -> RecordedSystem:
    platform = {"os": os, "machine": "x86_64", "release": "6.1", "version": "", "libc": "", "cpu_count": 4}
    platform |= more.pop("platform", {})
    return RecordedSystem({"schema": SCHEMA, "platform": platform, "home": home, "paths": paths, **more})


def told(folders: tuple[ConfigFolder, ...]) -> list[tuple[str, str, str]]:
    return [(str(one.path).replace("\\", "/"), one.title, one.how) for one in folders]


def test_linux_has_native_flatpak_and_snap_ones_the_newest_first() -> None:
    system = host(
        "linux",
        "/home/ada",
        [
            "/home/ada/.config/JetBrains/PyCharm2025.3/options/jdk.table.xml",
            "/home/ada/.config/JetBrains/PyCharm2025.10/options",
            "/home/ada/.config/JetBrains/PyCharm2022.1/options",
            "/home/ada/.config/JetBrains/PyCharmCE2026.1/options",
            "/home/ada/.config/JetBrains/IntelliJIdea2026.1/options",
            "/home/ada/.config/JetBrains/DataSpell2026.1/options",
            "/home/ada/.config/JetBrains/PyCharm2026.2-backup/options",
            "/home/ada/.var/app/com.jetbrains.PyCharm-Professional/config/JetBrains/PyCharm2026.1/options",
            "/home/ada/snap/pycharm-community/current/.config/JetBrains/PyCharmCE2024.1/options",
            "/home/ada/snap/firefox/current/.config/JetBrains/PyCharm2024.2/options",
        ],
    )
    found = config_folders(system)
    assert told(found) == [
        (
            "/home/ada/.var/app/com.jetbrains.PyCharm-Professional/config/JetBrains/PyCharm2026.1",
            "PyCharm 2026.1",
            "flatpak",
        ),
        ("/home/ada/.config/JetBrains/PyCharmCE2026.1", "PyCharm Community 2026.1", "native"),
        ("/home/ada/.config/JetBrains/PyCharm2025.10", "PyCharm 2025.10", "native"),
        ("/home/ada/.config/JetBrains/PyCharm2025.3", "PyCharm 2025.3", "native"),
        (
            "/home/ada/snap/pycharm-community/current/.config/JetBrains/PyCharmCE2024.1",
            "PyCharm Community 2024.1",
            "snap",
        ),
        ("/home/ada/.config/JetBrains/PyCharm2022.1", "PyCharm 2022.1", "native"),
    ]
    assert [one.is_old for one in found] == [False, False, False, False, False, True]


def test_a_moved_xdg_folder_is_looked_at_beside_the_ordinary_one() -> None:
    paths = ["/cfg/JetBrains/PyCharm2026.2/x", "/home/ada/.config/JetBrains/PyCharm2026.1/x"]
    system = host("linux", "/home/ada", paths, environment={"XDG_CONFIG_HOME": "/cfg"})
    assert [str(one.path) for one in config_folders(system)] == [
        "/cfg/JetBrains/PyCharm2026.2",
        "/home/ada/.config/JetBrains/PyCharm2026.1",
    ]


@pytest.mark.parametrize(
    ("os", "home", "environment", "base"),
    [
        ("macos", "/Users/ada", {}, "/Users/ada/Library/Application Support/JetBrains"),
        (
            "windows",
            "C:/Users/王",
            {"APPDATA": "D:\\Roaming"},
            "D:/Roaming/JetBrains",
        ),
        ("windows", "C:/Users/王", {}, "C:/Users/王/AppData/Roaming/JetBrains"),
        ("linux", "/home/ada", {"XDG_CONFIG_HOME": "  "}, "/home/ada/.config/JetBrains"),
    ],
)
def test_each_system_has_its_place(os: str, home: str, environment: dict[str, str], base: str) -> None:
    system = host(os, home, [f"{base}/PyCharm2026.2/options"], environment=environment)
    assert str(base_folder(system)).replace("\\", "/") == base
    assert [one.title for one in config_folders(system)] == ["PyCharm 2026.2"]


def test_nobody_without_a_home_has_settings() -> None:
    assert config_folders(host("linux", "", [])) == ()


@pytest.mark.parametrize(
    ("files", "environment"),
    [
        ({"/p.properties": "idea.config.path=/data/mine\n"}, {"PYCHARM_PROPERTIES": "/p.properties"}),
        ({"/o.vmoptions": "-Xmx4g\n-Didea.config.path=/data/mine\n"}, {"PYCHARM_VM_OPTIONS": "/o.vmoptions"}),
        ({"/home/ada/idea.properties": "idea.config.path=/data/mine\n"}, {}),
        (
            {
                "/home/ada/.config/JetBrains/PyCharm2026.2/pycharm64.vmoptions": "-Didea.config.path=/data/mine"
            },
            {},
        ),
    ],
)
def test_settings_that_the_user_moved(files: dict[str, str], environment: dict[str, str]) -> None:
    system = host("linux", "/home/ada", ["/data/mine/options"], files=files, environment=environment)
    moved = [one for one in config_folders(system) if one.how == "moved"]
    assert [str(one.path) for one in moved] == ["/data/mine"]
    assert moved[0].title == (
        "PyCharm 2026.2" if "vmoptions" in str(files) and not environment else "PyCharm"
    )


def test_a_running_ide_tells_where_its_settings_are() -> None:
    system = host(
        "linux", "/home/ada", ["/data/PyCharm2025.1/options", "/home/ada/.config/JetBrains/PyCharm2026.2/x"]
    )
    running = (
        RunningIde(pid=7, program="java", selector="PyCharm2025.2", config=Path("/data/PyCharm2025.1")),
    )
    assert told(config_folders(system, running=running))[1] == (
        "/data/PyCharm2025.1",
        "PyCharm 2025.2",
        "moved",
    )


def test_wsl_sees_the_windows_side_and_a_plain_linux_does_not() -> None:
    paths = [
        "/mnt/c/Users/ada/AppData/Roaming/JetBrains/PyCharm2025.2/options",
        "/mnt/c/Users/ada/AppData/Roaming/JetBrains/PyCharm2026.1/options",
        "/mnt/c/Users/Public/x",
    ]
    wsl = host("linux", "/home/ada", paths, platform={"release": "5.15.167.4-microsoft-standard-WSL2"})
    assert [(one.title, one.how) for one in windows_folders(wsl)] == [
        ("PyCharm 2026.1", "wsl"),
        ("PyCharm 2025.2", "wsl"),
    ]
    assert config_folders(wsl) == ()
    assert windows_folders(host("linux", "/home/ada", paths)) == ()
