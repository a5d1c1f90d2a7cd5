"""The Pythons that Windows' registry knows (PEP 514). Nothing is run.

Installers of python.org, conda, uv and the Python install manager write there. Source:
https://peps.python.org/pep-0514/ (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PureWindowsPath
from typing import Any

#: Who an entry's company stands for among our origins.
_ORIGINS = {"Astral": "uv", "ContinuumAnalytics": "conda", "PythonCore": "registry"}


def installations(winreg: Any) -> Iterator[tuple[str, str]]:
    """(path of the program, origin) of each installation, the user's own first.

    ``winreg`` is the module of that name, which only Windows has. Entries that name no program, or one
    by a relative path, are passed over.
    """
    views = (
        (winreg.HKEY_CURRENT_USER, 0),
        (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_64KEY),
        (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_32KEY),
    )
    for hive, view in views:
        for company in _names(winreg, hive, r"Software\Python", view):
            if company == "PyLauncher":  # the launcher's own settings
                continue
            for tag in _names(winreg, hive, rf"Software\Python\{company}", view):
                program = _program(winreg, hive, rf"Software\Python\{company}\{tag}\InstallPath", view)
                if program:
                    yield program, _ORIGINS.get(company, "registry")


def _names(winreg: Any, hive: Any, path: str, view: int) -> list[str]:
    try:
        with winreg.OpenKeyEx(hive, path, 0, winreg.KEY_READ | view) as key:
            return [str(winreg.EnumKey(key, number)) for number in range(winreg.QueryInfoKey(key)[0])]
    except OSError:
        return []


def _program(winreg: Any, hive: Any, path: str, view: int) -> str:
    """``ExecutablePath``, else ``python.exe`` in the folder that the key names."""
    try:
        with winreg.OpenKeyEx(hive, path, 0, winreg.KEY_READ | view) as key:
            named = _text(winreg, key, "ExecutablePath")
            folder = "" if named else _text(winreg, key, "")
    except OSError:
        return ""
    program = PureWindowsPath(named) if named else PureWindowsPath(folder) / "python.exe"
    return str(program) if program.is_absolute() else ""


def _text(winreg: Any, key: Any, name: str) -> str:
    try:
        value = winreg.QueryValueEx(key, name)[0]
    except OSError:
        return ""
    return value if isinstance(value, str) else ""
