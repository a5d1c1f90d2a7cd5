"""What Windows' list of installed programs knows of PyCharm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from scaffold.pycharm.installations.places import folder_of
from scaffold.pycharm.products import FAMILY
from scaffold.system import System

_UNINSTALL = r"Microsoft\Windows\CurrentVersion\Uninstall"
#: JetBrains' installer writes into the first or the last; the middle one is for what is to come.
KEYS = tuple(
    rf"{hive}\{_UNINSTALL}" for hive in (r"HKCU\SOFTWARE", r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node")
)
#: The list may be long, yet reg.exe answers soon or never.
SECONDS = 10.0


def folders(system: System) -> Iterator[tuple[Path, str]]:
    """(folder, the key that names it) of every PyCharm in the list."""
    if system.platform.os != "windows":
        return
    for key in KEYS:
        for name, folder in installed(system.run(["reg", "query", key, "/s"], timeout=SECONDS).stdout):
            yield folder_of(folder), f"{key}\\{name}"


def installed(output: str) -> tuple[tuple[str, str], ...]:
    r"""(key's name, folder) of each PyCharm in what ``reg query ... /s`` prints.

    >>> installed("HKEY_CURRENT_USER\\Software\\...\\Uninstall\\PyCharm 2026.2.3\n"
    ...           "    DisplayName    REG_SZ    PyCharm 2026.2.3\n"
    ...           "    InstallLocation    REG_SZ    C:\\Users\\ada\\AppData\\Local\\Programs\\PyCharm\n"
    ...           "    Publisher    REG_SZ    JetBrains s.r.o.\n\n"
    ...           "HKEY_CURRENT_USER\\Software\\...\\Uninstall\\Other\n"
    ...           "    InstallLocation    REG_SZ    C:\\Other\n")
    (('PyCharm 2026.2.3', 'C:\\Users\\ada\\AppData\\Local\\Programs\\PyCharm'),)
    """
    blocks = re.split(r"^HKEY_[A-Z_]+\\(\S.*?)\s*$", output, flags=re.MULTILINE)
    found = []
    for key, text in zip(blocks[1::2], blocks[2::2], strict=True):
        name = key.rsplit("\\", 1)[-1]
        values = dict(re.findall(r"^    (\S+)    REG_\w+    (.*?)\s*$", text, re.MULTILINE))
        folder = values.get("InstallLocation", "").strip('"') or _above(values.get("UninstallString", ""))
        if name.startswith(FAMILY) and PureWindowsPath(folder).is_absolute():
            found.append((name, folder))
    return tuple(found)


def _above(uninstaller: str) -> str:
    r"""``"C:\...\PyCharm 2026.2\bin\Uninstall.exe"`` lies two levels below the folder."""
    path = PureWindowsPath(uninstaller.strip().strip('"'))
    return str(path.parent.parent) if path.name.lower() == "uninstall.exe" else ""
