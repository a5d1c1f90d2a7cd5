"""Every way in which PyCharm gets onto a machine, real trees on Linux, recorded hosts for the others."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from scaffold.errors import IdeMissing
from scaffold.ide.open import chosen
from scaffold.pycharm.installations.find import at, installations
from scaffold.pycharm.installations.model import Installation
from scaffold.recorded import RecordedSystem
from scaffold.system import HostSystem
from tests.pycharm.releases.standin import product_info
from tests.sources.conftest import HOMES, PLATFORMS


def machine(os_name: str, files: dict[str, bytes | str], **more: object) -> RecordedSystem:
    return RecordedSystem(
        {
            "schema": "scaffold/host/1",
            "platform": {"os": os_name, "cpu_count": 4, **PLATFORMS[os_name]},
            "home": HOMES[os_name],
            "files": {path: text if isinstance(text, str) else text.decode() for path, text in files.items()},
            **more,
        }
    )


def told(one: Installation) -> tuple[str, str, str, str, str]:
    return one.title, one.how, one.folder.as_posix(), " ".join(one.launcher), str(one.config_folder)


def test_linux_by_every_way_the_newest_first() -> None:
    toolbox = "/home/ada/.local/share/JetBrains/Toolbox"
    state = {"version": 1, "tools": [{"productCode": "PY", "installLocation": f"{toolbox}/apps/pycharm"}]}
    flatpak = "/var/lib/flatpak/app/com.jetbrains.PyCharm-Professional/current/active"
    system = machine(
        "linux",
        {
            f"{toolbox}/state.json": json.dumps(state),
            f"{toolbox}/apps/pycharm/product-info.json": product_info("2026.2.3"),
            "/snap/pycharm-community/current/product-info.json": product_info("2024.3.5", "PC"),
            f"{flatpak}/files/extra/pycharm/product-info.json": product_info("2026.1"),
            "/opt/pycharm-2025.2/product-info.json": product_info("2025.2"),
            "/opt/idea/product-info.json": product_info("2026.9").replace(b'"PY"', b'"IU"'),
            "/opt/pycharm-broken/product-info.json": "{",
            "/home/ada/pycharm-professional-2024.1/product-info.json": product_info("2024.1"),
            "/home/ada/.local/share/scaffold/ide/pycharm-2026.3/product-info.json": product_info("2026.3"),
            "/home/ada/.local/share/scaffold/ide/.scaffold-pycharm-2026.3.json": "{}",
        },
        paths=["/snap/bin/pycharm-community"],
    )
    settings = "/home/ada/.config/JetBrains"
    ours = "/home/ada/.local/share/scaffold/ide/pycharm-2026.3"
    flatpak_settings = "/home/ada/.var/app/com.jetbrains.PyCharm-Professional/config/JetBrains/PyCharm2026.1"
    assert [told(one) for one in installations(system)] == [
        ("PyCharm 2026.3", "ours", ours, f"{ours}/bin/pycharm", f"{settings}/PyCharm2026.3"),
        ("PyCharm 2026.2.3", "toolbox", f"{toolbox}/apps/pycharm", f"{toolbox}/apps/pycharm/bin/pycharm",
         f"{settings}/PyCharm2026.2"),
        ("PyCharm 2026.1", "flatpak", f"{flatpak}/files/extra/pycharm",
         "flatpak run com.jetbrains.PyCharm-Professional", flatpak_settings),
        ("PyCharm 2025.2", "standalone", "/opt/pycharm-2025.2", "/opt/pycharm-2025.2/bin/pycharm",
         f"{settings}/PyCharm2025.2"),
        ("PyCharm Community 2024.3.5", "snap", "/snap/pycharm-community/current",
         "/snap/bin/pycharm-community", f"{settings}/PyCharmCE2024.3"),
        ("PyCharm Professional 2024.1", "standalone", "/home/ada/pycharm-professional-2024.1",
         "/home/ada/pycharm-professional-2024.1/bin/pycharm", f"{settings}/PyCharm2024.1"),
    ]  # fmt: skip


def test_a_store_that_tells_nothing_of_its_files() -> None:
    system = machine("linux", {}, paths=["/snap/pycharm/current/x"])
    [one] = installations(system)
    assert told(one) == ("PyCharm", "snap", "/snap/pycharm/current", "snap run pycharm", "None")


def test_macos() -> None:
    system = machine(
        "macos",
        {
            "/Applications/PyCharm.app/Contents/Resources/product-info.json": product_info(
                "2026.2.3", system="macOS"
            ),
            "/Users/ada/Applications/PyCharm CE.app/Contents/Resources/product-info.json": product_info(
                "2025.1", "PC", system="macOS"
            ),
            "/Applications/Safari.app/Contents/Info.plist": "",
        },
    )
    settings = "/Users/ada/Library/Application Support/JetBrains"
    found = installations(system)
    assert [told(one) for one in found] == [
        ("PyCharm 2026.2.3", "bundle", "/Applications/PyCharm.app",
         "open -na /Applications/PyCharm.app --args", f"{settings}/PyCharm2026.2"),
        ("PyCharm Community 2025.1", "bundle", "/Users/ada/Applications/PyCharm CE.app",
         "open -na /Users/ada/Applications/PyCharm CE.app --args", f"{settings}/PyCharmCE2025.1"),
    ]  # fmt: skip
    assert found[0].vmoptions == "pycharm.vmoptions"


UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"


def test_windows() -> None:
    local = "C:/Users/ada/AppData/Local"
    listed = (
        rf"HKEY_LOCAL_MACHINE\{UNINSTALL}\PyCharm 2025.2.4" + "\n"
        "    InstallLocation    REG_SZ    D:\\JetBrains\\PyCharm 2025.2.4\n"
        "    Publisher    REG_SZ    JetBrains s.r.o.\n\n"
        rf"HKEY_LOCAL_MACHINE\{UNINSTALL}\PyCharm gone" + "\n"
        '    UninstallString    REG_SZ    "C:\\gone\\bin\\Uninstall.exe"\n'
    )
    state = {"tools": [{"installLocation": r"C:\Users\ada\AppData\Local\Programs\PyCharm"}]}
    system = machine(
        "windows",
        {
            "D:/JetBrains/PyCharm 2025.2.4/product-info.json": product_info("2025.2.4", system="Windows"),
            f"{local}/Programs/PyCharm/product-info.json": product_info("2026.2.3", system="Windows"),
            f"{local}/JetBrains/Toolbox/state.json": json.dumps(state),
            "C:/Program Files/JetBrains/PyCharm Community Edition 2024.3/product-info.json": product_info(
                "2024.3", "PC", system="Windows"
            ),
        },
        environment={
            "LOCALAPPDATA": r"C:\Users\ada\AppData\Local",
            "APPDATA": "C:/Users/ada/AppData/Roaming",
            "ProgramFiles": r"C:\Program Files",
        },
        commands={rf"reg query HKLM\{UNINSTALL} /s": {"stdout": listed}},
    )
    found = installations(system)
    settings = "C:/Users/ada/AppData/Roaming/JetBrains"
    community = "C:/Program Files/JetBrains/PyCharm Community Edition 2024.3"
    assert [told(one) for one in found] == [
        ("PyCharm 2026.2.3", "toolbox", f"{local}/Programs/PyCharm",
         f"{local}/Programs/PyCharm/bin/pycharm64.exe", f"{settings}/PyCharm2026.2"),
        ("PyCharm 2025.2.4", "registry", "D:/JetBrains/PyCharm 2025.2.4",
         "D:/JetBrains/PyCharm 2025.2.4/bin/pycharm64.exe", f"{settings}/PyCharm2025.2"),
        ("PyCharm Community 2024.3", "standalone", community, f"{community}/bin/pycharm64.exe",
         f"{settings}/PyCharmCE2024.3"),
    ]  # fmt: skip
    assert {one.vmoptions for one in found} == {"pycharm64.exe.vmoptions"}


def lay(folder: Path, info: bytes) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "product-info.json").write_bytes(info)
    (folder / "bin" / "pycharm").write_text("")
    (folder / "bin" / "pycharm").chmod(0o755)
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="a real tree of Linux")
def test_a_real_tree_each_folder_once(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = lay(tmp_path / "elsewhere" / "pycharm-2026.2", product_info("2026.2"))
    lay(home / "项目 & x" / "pycharm", product_info("2026.1"))
    (home / "pycharm").symlink_to(folder)
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "pycharm").symlink_to(Path("..") / ".." / "pycharm" / "bin" / "pycharm")
    monkeypatch.setenv("PATH", str(home / ".local" / "bin"))
    found = [one for one in installations(HostSystem()) if one.folder.is_relative_to(tmp_path)]
    assert [(one.folder, one.how, one.reason) for one in found] == [
        (home / "pycharm", "standalone", str(home))
    ]
    (home / "pycharm").unlink()
    (home / ".local" / "bin" / "pycharm").unlink()
    (home / ".local" / "bin" / "pycharm").symlink_to(folder / "bin" / "pycharm")
    found = [one for one in installations(HostSystem()) if one.folder.is_relative_to(tmp_path)]
    assert [(one.folder, one.how, one.reason) for one in found] == [(folder, "path", "pycharm on PATH")]


@pytest.mark.skipif(sys.platform != "linux", reason="links")
def test_links_in_a_circle_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "pycharm-a").symlink_to(home / "pycharm-b")
    (home / "pycharm-b").symlink_to(home / "pycharm-a")
    monkeypatch.setenv("PATH", str(home))
    assert [one for one in installations(HostSystem()) if one.folder.is_relative_to(home)] == []


@pytest.mark.parametrize(
    ("named", "launcher"),
    [
        ("../../../../bin/sh", "bin/pycharm.sh"),
        ("/bin/sh", "bin/pycharm.sh"),
        ("bin/pycharm", "bin/pycharm"),
        ("", "bin/pycharm.sh"),
    ],
)
def test_only_what_lies_within_is_started(tmp_path: Path, named: str, launcher: str) -> None:
    folder = lay(tmp_path / "p", product_info().replace(b'"bin/pycharm"', json.dumps(named).encode()))
    found = at(HostSystem(), folder)
    assert found is not None
    assert found.launcher == (os.fspath(folder / launcher),)


@pytest.mark.parametrize(
    "state", ["", "[]", '{"tools": {"a": 1}}', '{"tools": [{"installLocation": "../x"}]}', "[" * 99999]
)
def test_a_state_of_the_toolbox_that_is_none(state: str) -> None:
    system = machine("linux", {"/home/ada/.local/share/JetBrains/Toolbox/state.json": state})
    assert installations(system) == ()


@pytest.mark.parametrize("os_name", ["linux", "macos", "windows"])
def test_a_user_without_a_home(os_name: str) -> None:
    system = machine(os_name, {}, home=None)
    assert installations(system) == ()


def test_a_script_of_the_toolbox_app_on_path_leads_to_what_it_starts() -> None:
    tool = "/data/a da/pycharm"
    script = f'#!/bin/bash\n#Generated by JetBrains Toolbox\nnohup "{tool}/bin/pycharm.sh" "$@" &\n'
    system = machine(
        "linux",
        {"/home/ada/bin/pycharm": script, f"{tool}/product-info.json": product_info("2026.2.3")},
        programs={"pycharm": "/home/ada/bin/pycharm"},
    )
    assert [(one.folder.as_posix(), one.how, one.reason) for one in installations(system)] == [
        (tool, "path", "pycharm on PATH")
    ]


def test_a_command_that_leads_to_no_pycharm_is_told() -> None:
    system = machine(
        "linux",
        {"/home/ada/bin/pycharm": "#!/bin/sh\nssh x\n"},
        programs={"pycharm": "/home/ada/bin/pycharm"},
    )
    with pytest.raises(IdeMissing) as missing:
        chosen(system, None)
    assert missing.value.detail[1:] == (
        "/home/ada/bin/pycharm is on PATH, and leads to no folder with a product-info.json",
    )
