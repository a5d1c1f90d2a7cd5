"""A user's machine: a real home folder in a temporary one, and processes that the test makes up."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.system import Completed, HostSystem, OperatingSystem

PathLike = str | os.PathLike[str]


class Machine(HostSystem):
    """This machine, with another home, other variables, and other processes; on demand another system."""

    def __init__(
        self,
        home: Path,
        *,
        os: OperatingSystem = "linux",
        processes: Mapping[int, str] | None = None,
        commands: Mapping[str, str] | None = None,
        **environment: str,
    ) -> None:
        super().__init__()
        self._home, self.environment = home, {"PATH": "/usr/bin", **environment}
        self.platform = replace(self.platform, os=os, release="6.1.0")
        self.processes = dict(processes or {})  # number -> command line, words apart by \0
        self.commands = dict(commands or {})  # first words of a command -> its output
        self.there: set[str] = set()  # paths outside of the test's folder that are there

    @property
    def home(self) -> Path | None:
        return self._home

    def run(
        self,
        argv: Sequence[PathLike],
        *,
        timeout: float | None,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        command = tuple(map(str, argv))
        for start, output in self.commands.items():
            if " ".join(command).startswith(start):
                return Completed(argv=command, outcome="exited", status=0, stdout=output)
        if command[0] == "git":
            return super().run(argv, timeout=timeout, environment=environment, cwd=cwd, on_line=on_line)
        return Completed(argv=command, outcome="missing")

    def exists(self, path: PathLike) -> bool:
        system = str(path).startswith(("/usr/", "/opt/"))
        return str(path) in self.there if system else super().exists(path)

    def list_folder(self, path: PathLike) -> tuple[str, ...]:
        if str(path) == "/proc":
            return tuple(map(str, self.processes))
        return super().list_folder(path)

    def read_text(self, path: PathLike) -> str | None:
        parts = Path(path).parts
        if parts[:2] != ("/", "proc"):
            return super().read_text(path)
        number, what = parts[2], parts[3]
        if what == "status":
            return "Name:\tx\nUid:\t1000\t1000\n"
        return self.processes.get(int(number)) if number.isdecimal() else None


def config(home: Path, name: str = "PyCharm2026.2", table: str | None = None) -> Path:
    """A folder of settings of a PyCharm that has run, with a table of interpreters where one is given."""
    folder = home / ".config" / "JetBrains" / name
    (folder / "options").mkdir(parents=True)
    if table is not None:
        (folder / "options" / "jdk.table.xml").write_bytes(table.encode())
    return folder


def environment(location: Path, version: str = "3.12.1", base: str = "/usr/bin") -> Path:
    """An environment that nothing is run in; its interpreter."""
    minor = ".".join(version.split(".")[:2])
    (location / "bin").mkdir(parents=True)
    (location / "lib" / f"python{minor}" / "site-packages").mkdir(parents=True)
    (location / "pyvenv.cfg").write_text(f"home = {base}\nversion_info = {version}\n", encoding="utf-8")
    python = location / "bin" / "python"
    python.write_text("", encoding="utf-8")
    return python


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what is in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
