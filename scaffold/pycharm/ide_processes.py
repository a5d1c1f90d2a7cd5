"""The PyCharms among this user's processes, as each system lists them."""

from __future__ import annotations

import csv
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from scaffold.pycharm.products import FAMILY, LAUNCHERS, WINDOWS_LAUNCHERS, may_be_pycharm

if TYPE_CHECKING:
    from scaffold.system import System

_SELECTOR = re.compile(r"-Didea\.paths\.selector=(\S+)")
_CONFIG = re.compile(r"-Didea\.config\.path=(.+?)(?=\s+-|$)")

#: What an IDE before 2024 is, as Windows lists it.
_JAVA = "java.exe"

_ASKED = " or ".join(f"Name='{name}'" for name in (*WINDOWS_LAUNCHERS, _JAVA))
#: From the program's folder.
_PRODUCT_INFO = ("../product-info.json", "../Resources/product-info.json")

_ASK_WINDOWS = (
    f'Get-CimInstance Win32_Process -Filter "{_ASKED}"'
    " | Select-Object ProcessId,ExecutablePath,CommandLine | ConvertTo-Json -Compress"
)


#: A program's path at the beginning of a command line, in which blanks are not quoted.
_PROGRAM = re.compile(rf"(.*?/(?:MacOS|bin)/(?:java|{'|'.join(sorted(LAUNCHERS))}))(?:\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningIde:
    """One PyCharm that is open."""

    pid: int
    program: str
    selector: str = ""  # PyCharm2026.2: the name of its folder of settings; "" where it does not tell
    config: Path | None = None  # said on its command line
    usual: Path | None = None  # where its own home has its settings; None where that cannot be seen

    @property
    def words(self) -> str:
        """``process 4711 (/opt/pycharm/bin/pycharm)``."""
        return f"process {self.pid} ({self.program})"


def running_ides(system: System) -> tuple[RunningIde, ...]:
    """Every PyCharm of this user that is open."""
    found = (_ide(system, pid, argv) for pid, argv in _processes(system))
    return tuple(one for one in found if one is not None)


def base_name(program: str) -> str:
    """The last part of a program's path, as Windows or the others spell it."""
    return PureWindowsPath(program).name if "\\" in program else PurePosixPath(program).name


def _ide(system: System, pid: int, argv: tuple[str, ...]) -> RunningIde | None:
    program, line = argv[0], " ".join(argv)
    if len(argv) == 1:  # a whole command line
        program = _first_word(line)
    selector = _SELECTOR.search(line)
    exact = (one.partition("=")[2] for one in argv if one.startswith("-Didea.config.path="))
    config = next(exact, "") or (found[1] if (found := _CONFIG.search(line)) else "")
    name = base_name(program)
    if selector is not None:
        if not selector[1].startswith(FAMILY):
            return None
    elif name not in LAUNCHERS:
        return None
    named = selector[1] if selector else _selector_of(system, program)
    return RunningIde(
        pid=pid,
        program=program,
        selector=named,
        config=Path(config.strip('"')) if config else None,
        usual=parse_usual(system.read_text(f"/proc/{pid}/environ") or "", named),
    )


def parse_usual(environment: str, selector: str) -> Path | None:
    r"""Where an IDE on Linux has its settings by its own variables, of ``/proc/<n>/environ``.

    A sandbox and a desktop of another home have others than ours.

    >>> parse_usual("LANG=C\0HOME=/home/ada\0", "PyCharm2026.2").as_posix()
    '/home/ada/.config/JetBrains/PyCharm2026.2'
    """
    variables = dict(one.partition("=")[::2] for one in environment.split("\0"))
    base, home = variables.get("XDG_CONFIG_HOME", ""), variables.get("HOME", "")
    if not selector or not (base.startswith("/") or home):
        return None
    return Path(base if base.startswith("/") else f"{home}/.config") / "JetBrains" / selector


def _selector_of(system: System, program: str) -> str:
    """The launcher starts Java within itself: its command line tells nothing, its installation does."""
    folder = posixpath.dirname(program.replace("\\", "/"))
    for place in _PRODUCT_INFO:
        named = parse_data_folder(system.read_text(posixpath.normpath(f"{folder}/{place}")) or "")
        if named:
            return named
    return ""


def parse_data_folder(text: str) -> str:
    """``dataDirectoryName`` of an installation's ``product-info.json``; "" where it has none.

    >>> parse_data_folder('{"name": "PyCharm", "version": "2026.2", "dataDirectoryName": "PyCharm2026.2"}')
    'PyCharm2026.2'
    """
    try:
        value = json.loads(text).get("dataDirectoryName")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _processes(system: System) -> Iterable[tuple[int, tuple[str, ...]]]:
    if system.platform.os == "linux":
        return _of_proc(system)
    if system.platform.os == "macos":
        answer = system.run(["ps", "-xww", "-o", "pid=,command="], timeout=10.0)
        return parse_ps(answer.stdout)
    listed = system.run(["tasklist", "/FO", "CSV", "/NH"], timeout=20.0).stdout
    if not any(base_name(name).lower() in LAUNCHERS | {_JAVA} for name, _ in parse_tasklist(listed)):
        return []
    told = list(parse_windows_processes(_powershell(system, _ASK_WINDOWS)))
    # where PowerShell is forbidden, the names at least are known
    named = [(number, (name,)) for name, number in parse_tasklist(listed) if name.lower() in LAUNCHERS]
    return told or named


def _of_proc(system: System) -> Iterator[tuple[int, tuple[str, ...]]]:
    own = _user(system, "self")
    for name in system.list_folder("/proc"):
        if not name.isdecimal():
            continue
        argv = tuple((system.read_text(f"/proc/{name}/cmdline") or "").rstrip("\0").split("\0"))
        mine = FAMILY in "".join(argv) or may_be_pycharm(argv[0])
        if mine and (not own or _user(system, name) in ("", own)):
            yield int(name), argv


def _user(system: System, process: str) -> str:
    """The user's number, of ``/proc/<n>/status``; "" where it cannot be read."""
    found = re.search(r"^Uid:\s*(\d+)", system.read_text(f"/proc/{process}/status") or "", re.MULTILINE)
    return found[1] if found else ""


def parse_ps(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    r"""Number and command line of each process, of ``ps -o pid=,command=``.

    >>> list(parse_ps("  501 /Applications/PyCharm CE.app/Contents/MacOS/pycharm /Users/ada/a\ngarbage\n"))
    [(501, ('/Applications/PyCharm CE.app/Contents/MacOS/pycharm /Users/ada/a',))]
    """
    for line in text.splitlines():
        number, _, command = line.strip().partition(" ")
        if number.isdecimal() and command.strip():
            yield int(number), (command.strip(),)


def parse_tasklist(text: str) -> Iterator[tuple[str, int]]:
    r"""Program and number of each process, of ``tasklist /FO CSV /NH``.

    >>> list(parse_tasklist('"pycharm64.exe","4711","Console","1","1,204,512 K"\nINFO: No tasks\n'))
    [('pycharm64.exe', 4711)]
    """
    for row in csv.reader(text.splitlines()):
        if len(row) > 1 and row[1].isdecimal():
            yield row[0], int(row[1])


def parse_windows_processes(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    r"""Number, program and command line of each process, of ``ConvertTo-Json``: a list, or one object.

    >>> text = r'{"ProcessId": 7, "ExecutablePath": "C:\\P\\bin\\pycharm64.exe", "CommandLine": null}'
    >>> list(parse_windows_processes(text))
    [(7, ('C:\\P\\bin\\pycharm64.exe', ''))]
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return
    for one in answer if isinstance(answer, list) else [answer]:
        if isinstance(one, dict) and isinstance(one.get("ProcessId"), int) and one.get("ExecutablePath"):
            yield one["ProcessId"], (str(one["ExecutablePath"]), str(one.get("CommandLine") or ""))


def _first_word(line: str) -> str:
    """The program of a command line in which blanks of its path are not quoted: up to the launcher's name."""
    found = _PROGRAM.match(line)
    return found[1] if found else line.partition(" ")[0]


def command_of(system: System, process: int) -> str:
    """The command line of a process, words apart by blanks; "" where none runs or nobody tells."""
    if system.platform.os == "linux":
        return (system.read_text(f"/proc/{process}/cmdline") or "").replace("\0", " ").strip()
    if system.platform.os == "macos":
        return system.run(["ps", "-ww", "-p", str(process), "-o", "command="], timeout=10.0).stdout.strip()
    ask = f'(Get-CimInstance Win32_Process -Filter "ProcessId={process}").CommandLine'
    return _powershell(system, ask).strip()


def _powershell(system: System, ask: str) -> str:
    return system.run(["powershell", "-NoProfile", "-NonInteractive", "-Command", ask], timeout=30.0).stdout


def is_installed_ide(system: System, number: str, program: str) -> bool:
    """Whether a program that lives is one of JetBrains' IDEs, by the file that each has beside it.

    On Windows its name alone is told at first; where its folder is not told, either, a name as they bear it
    (``idea64.exe``) is enough: an IDE that is open must never be taken for closed.
    """
    if system.platform.os == "windows" and program and "\\" not in program:
        ask = f'(Get-CimInstance Win32_Process -Filter "ProcessId={number}").ExecutablePath'
        path = _powershell(system, ask).strip()
        if not path:
            return program.lower().endswith("64.exe")
        program = path
    folder = posixpath.dirname(program.replace("\\", "/"))
    return bool(folder) and any(
        system.exists(posixpath.normpath(f"{folder}/{place}")) for place in _PRODUCT_INFO
    )


def program_of(system: System, number: str) -> str:
    """What runs under a number; "" where nothing does."""
    if system.platform.os == "linux":
        return (system.read_text(f"/proc/{number}/cmdline") or "").split("\0")[0]
    if system.platform.os == "macos":
        return system.run(["ps", "-p", number, "-o", "comm="], timeout=10.0).stdout.strip()
    answer = system.run(["tasklist", "/FI", f"PID eq {number}", "/FO", "CSV", "/NH"], timeout=20.0)
    return next((name for name, pid in parse_tasklist(answer.stdout) if str(pid) == number), "")
