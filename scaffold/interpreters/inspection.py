"""Ask one program whether it is a Python that environments can be made from.

python-discovery runs it with a small script and keeps the answer on disk (by path and time of
change), so that a second scan costs milliseconds.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.interpreters.candidates import Candidate, environment_of, is_shim
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.system import System, without

if TYPE_CHECKING:
    from python_discovery import PythonInfo

#: Older ones are left alone by current frameworks: torch 2.10 and keras 3.14 need at least 3.10.
OLDEST = (3, 10)

#: Bits of a pointer: there is no 32-bit build of a current framework.
WORD = 64

#: Seconds; a healthy Python answers in a tenth of one, a cold network disk takes several.
QUERY_SECONDS = 10.0

#: Hands back what a candidate turned out to be.
Inspect = Callable[[System, Candidate], Interpreter | Refusal]

_OLD = re.compile(r" is Python (\d[\w.]*), older than")
_STATUS = re.compile(
    r" with code (-?\d+)(?: out: .*?)?(?: err: (?P<quote>['\"])(?P<words>.*)(?P=quote))?$", re.DOTALL
)

#: The mark that the question carries; a program that echoes it took it for a file's name.
_ECHO = re.compile(r"[0-9a-f]{32}|_py_info_collect")


def inspector(cache_folder: Path | None) -> Inspect:
    """The function that inspects with python-discovery and remembers answers below ``cache_folder``."""
    from python_discovery import DiskCache

    # What it finds odd about a stranger's shim is not for our user's terminal.
    logging.getLogger("python_discovery").setLevel(logging.CRITICAL + 1)
    cache = DiskCache(cache_folder) if cache_folder is not None else None

    def inspect(system: System, candidate: Candidate) -> Interpreter | Refusal:
        from python_discovery import PythonInfo

        environment = _environment(system.environment)
        try:
            info = PythonInfo.from_exe(str(candidate.path), cache, env=environment)
        except Exception as problem:  # noqa: BLE001 (a stranger's program: RuntimeError, OSError, ValueError)
            return Refusal(path=candidate.path, why=explain(str(problem)))
        if info is None:
            return Refusal(path=candidate.path, why="it does not answer as a Python does")
        return _judge(system, candidate, info)

    return inspect


def explain(problem: str) -> str:
    r"""What python-discovery says of a program that it could not use, in a few words.

    >>> explain("/p/python is Python 2.7.18, older than the minimum 3.6 python-discovery can query")
    'Python 2.7.18 is too old: at least 3.10 is needed'
    >>> explain("failed to query /p/x with code 127 err: 'pyenv: python3.12: command not found\\n'")
    'it does not run: pyenv: python3.12: command not found (status 127)'
    """
    old, status = _OLD.search(problem), _STATUS.search(problem)
    if old:
        return too_old(old[1])
    lines = (status["words"] or "").replace("\\n", "\n").strip().splitlines() if status else []
    if status is None or not lines or _ECHO.search(lines[0]):
        return "it does not answer as a Python does"
    if lines[-1] == "timed out":
        return f"it did not answer within {QUERY_SECONDS:g} seconds"
    return f"it does not run: {lines[0].strip()[:200]} (status {status[1]})"


def too_old(version: str) -> str:
    """Why a version below `OLDEST` is refused."""
    return f"Python {version} is too old: at least {OLDEST[0]}.{OLDEST[1]} is needed"


def objection(info: PythonInfo) -> str:
    """Why environments for the frameworks cannot be made from a Python; "" where they can."""
    objections = (
        (tuple(info.version_info[:2]) < OLDEST, too_old(info.version_str)),
        (info.implementation != "CPython", f"{info.implementation}: the frameworks' builds are for CPython"),
        (info.free_threaded, "free-threaded build: the frameworks publish few builds for it"),
        (info.debug_build, "debug build: no published wheel fits it"),
        (info.architecture != WORD, f"{info.architecture}-bit: the frameworks publish 64-bit builds only"),
        (not info.has_venv, "its standard library lacks venv"),
    )
    return next((why for holds, why in objections if holds), "")


def architecture(machine: str, operating_system: str) -> str:
    """An architecture in the spelling that the operating system's wheels use."""
    word = machine.lower()
    if word in ("arm64", "aarch64"):
        return "arm64" if operating_system == "macos" else "aarch64"
    return "x86_64" if word in ("amd64", "x64", "x86_64") else word


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Without what bends a Python's own idea of itself."""
    clean = without(inherited, "PYTHONHOME", "PYTHONPATH", "PYTHONINSPECT", "__PYVENV_LAUNCHER__")
    return {"PY_DISCOVERY_TIMEOUT": f"{QUERY_SECONDS:g}", **clean}


def _judge(system: System, candidate: Candidate, info: PythonInfo) -> Interpreter | Refusal:
    why = objection(info)
    if why:
        return Refusal(path=candidate.path, why=why)
    stand_in = is_shim(candidate.path) or environment_of(system, candidate.path) is not None
    path = Path(info.system_exe) if stand_in else candidate.path
    return Interpreter(
        path=path.absolute(),
        version=_version(info),
        implementation=info.implementation,
        machine=architecture(info.machine, system.platform.os),
        bits=info.architecture,
        origin=candidate.origin,
    )


def _version(info: PythonInfo) -> str:
    """With what marks a pre-release: ``3.15.0rc1``."""
    marks = {"alpha": "a", "beta": "b", "candidate": "rc"}
    mark = marks.get(info.version_info.releaselevel, "")
    return info.version_str + (f"{mark}{info.version_info.serial}" if mark else "")
