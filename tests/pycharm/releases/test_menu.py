"""Entries in menus: on Linux real files, on Windows what PowerShell is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.releases import menu
from scaffold.pycharm.releases.windows_setup import ANSWERS, run_setup
from scaffold.recorded import RecordedSystem
from scaffold.system import Completed, joined
from tests.sources.conftest import host


class Windows(RecordedSystem):
    def __init__(self, appdata: Path) -> None:
        super().__init__({**host("windows")._record, "environment": {"APPDATA": str(appdata)}})
        self.allowed = True
        self.ran: list[tuple[tuple[str, ...], Mapping[str, str] | None]] = []

    def run(self, argv: Any, *, environment: Any = None, **_: Any) -> Completed:
        self.ran.append((joined(argv), environment))
        if self.allowed and environment and "SCAFFOLD_LINK" in environment:
            Path(environment["SCAFFOLD_LINK"]).parent.mkdir(parents=True)
            Path(environment["SCAFFOLD_LINK"]).write_bytes(b"L")
        return Completed(argv=joined(argv), outcome="exited", status=0)


def pycharm(folder: Path) -> Installation:
    return Installation(
        folder=folder, launcher=(str(folder / "bin/pycharm64.exe"),), product="PyCharm", version="2026.2.3",
        build="", edition="unified", how="ours", reason="", config_folder=None, vmoptions="",
    )  # fmt: skip


def test_a_shortcut_in_the_start_menu_with_every_character_of_a_path(tmp_path: Path) -> None:
    windows, folder = Windows(tmp_path), tmp_path / "O'Neil $x `& 项目"
    program = folder / "bin" / "pycharm64.exe"
    wanted = menu.entries(windows, program, pycharm(folder))
    link = tmp_path / "Microsoft/Windows/Start Menu/Programs/PyCharm 2026.2.3 (scaffold).lnk"
    assert [one.path for one in wanted] == [link]
    assert menu.write(windows, wanted, {}) == menu.MenuReport(written=(link,))
    [(argv, environment)] = windows.ran
    assert argv[:3] == ("powershell", "-NoProfile", "-Command")
    assert str(folder) not in argv[3]
    assert environment == {
        "APPDATA": str(tmp_path),
        "SCAFFOLD_LINK": str(link),
        "SCAFFOLD_TARGET": str(program),
        "SCAFFOLD_FOLDER": str(program.parent),
    }


def test_a_shortcut_is_made_once_and_removed(tmp_path: Path) -> None:
    windows, folder = Windows(tmp_path), tmp_path / "PyCharm"
    wanted = menu.entries(windows, folder / "bin" / "pycharm64.exe", pycharm(folder))
    [link] = menu.write(windows, wanted, {}).written
    assert menu.write(windows, wanted, {}) == menu.MenuReport()
    assert len(windows.ran) == 1
    assert menu.remove({str(link): wanted[0].mark}) == (link,)
    assert not link.exists()


def test_where_powershell_is_forbidden_no_shortcut_is_claimed(tmp_path: Path) -> None:
    windows, folder = Windows(tmp_path), tmp_path / "PyCharm"
    windows.allowed = False
    wanted = menu.entries(windows, folder / "bin" / "pycharm64.exe", pycharm(folder))
    assert menu.write(windows, wanted, {}) == menu.MenuReport()


def test_a_mac_needs_no_entry() -> None:
    assert menu.entries(host("macos"), Path("/x"), pycharm(Path("/x"))) == ()


def test_jetbrains_installer_is_run_for_this_user_only(tmp_path: Path) -> None:
    windows, archive = Windows(tmp_path), tmp_path / "download"
    archive.write_bytes(b"MZ")
    run_setup(windows, archive)
    assert windows.ran == [
        ((str(tmp_path / "setup.exe"), "/S", f"/CONFIG={tmp_path / 'silent.config'}"), None)
    ]
    assert (tmp_path / "silent.config").read_text() == ANSWERS
    assert archive.read_bytes() == b"MZ"
