"""PEP 514, with a registry that is a dictionary."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from scaffold.interpreters.registry import installations

Tree = dict[tuple[str, int], dict[str, Any]]


class FakeWinreg:
    """As much of the module winreg as is used: keys are nested dictionaries, values stand under "="."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE = "HKCU", "HKLM"
    KEY_READ, KEY_WOW64_64KEY, KEY_WOW64_32KEY = 1, 64, 32

    def __init__(self, hives: Tree) -> None:
        self.hives = hives

    @contextmanager
    def OpenKeyEx(self, hive: str, path: str, _reserved: int, access: int):  # noqa: N802 (winreg's spelling)
        key: Any = self.hives.get((hive, access & ~self.KEY_READ), {})
        for part in path.split("\\"):
            if part not in key:
                raise FileNotFoundError(2, "The system cannot find the file specified", path)
            key = key[part]
            if key == "closed":
                raise PermissionError(13, "Access is denied", path)
        yield key

    def QueryInfoKey(self, key: dict[str, Any]) -> tuple[int, int, int]:  # noqa: N802
        return len([name for name in key if name != "="]), len(key.get("=", {})), 0

    def EnumKey(self, key: dict[str, Any], number: int) -> str:  # noqa: N802
        return [name for name in key if name != "="][number]

    def QueryValueEx(self, key: dict[str, Any], name: str) -> tuple[Any, int]:  # noqa: N802
        if name not in key.get("=", {}):
            raise FileNotFoundError(2, "The system cannot find the file specified", name)
        return key["="][name], 1


def python(**companies: Any) -> dict[str, Any]:
    return {"Software": {"Python": companies}}


def test_every_installer_in_every_view() -> None:
    def installed(**values: str) -> dict[str, Any]:
        return {"InstallPath": {"=": {name.replace("default", ""): value for name, value in values.items()}}}

    registry = FakeWinreg(
        {
            ("HKCU", 0): python(
                PythonCore={"3.12": installed(ExecutablePath=r"C:\Users\ada\Python312\python.exe")},
                Astral={"CPython3.13.1": installed(ExecutablePath=r"C:\Users\ada\uv\python.exe")},
                PyLauncher={"3.9": installed(ExecutablePath=r"C:\Windows\py.exe")},
            ),
            ("HKLM", 64): python(
                PythonCore={"3.11": installed(default="C:\\Program Files\\Python311\\"), "3.10": "closed"},
                ContinuumAnalytics={"Anaconda312-64": installed(default=r"C:\ProgramData\anaconda3")},
            ),
            ("HKLM", 32): python(PythonCore={"3.10-32": installed(default=r"C:\Python310-32")}),
        }
    )
    assert list(installations(registry)) == [
        (r"C:\Users\ada\Python312\python.exe", "registry"),
        (r"C:\Users\ada\uv\python.exe", "uv"),
        (r"C:\Program Files\Python311\python.exe", "registry"),
        (r"C:\ProgramData\anaconda3\python.exe", "conda"),
        (r"C:\Python310-32\python.exe", "registry"),
    ]


def test_what_is_odd_is_passed_over() -> None:
    tags = {
        "no path": {},
        "nothing in it": {"InstallPath": {}},
        "a number": {"InstallPath": {"=": {"ExecutablePath": 7}}},
        "relative": {"InstallPath": {"=": {"ExecutablePath": r"Python\python.exe"}}},
    }
    assert list(installations(FakeWinreg({("HKCU", 0): python(PythonCore=tags, Closed="closed")}))) == []
    assert list(installations(FakeWinreg({}))) == []
