"""Ask one program whether it is a Python that environments can be made from.

python-discovery runs it with a small script; `Answers` keeps what it said, so that a second scan costs
milliseconds and does not even load python-discovery.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.interpreters.answers import Answer, Answers
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.interpreters.places import Candidate, environment_of, is_shim, real_path
from scaffold.system import System, without

if TYPE_CHECKING:
    from python_discovery import PythonInfo

#: Older ones are left alone by current frameworks: torch 2.10 and keras 3.14 need at least 3.10.
OLDEST = (3, 10)

#: Bits of a pointer: there is no 32-bit build of a current framework.
WORD = 64

#: A healthy Python answers in a tenth of a second, one on a cold network disk in several. python-discovery
#: asks twice before it gives up.
QUERY_SECONDS = 5.0

#: Hands back what a candidate turned out to be.
Inspect = Callable[[System, Candidate], Interpreter | Refusal]

_OLD = re.compile(r" is Python (\d[\w.]*), older than")
_STATUS = re.compile(
    r" with code (-?\d+)(?: out: .*?)?(?: err: (?P<quote>['\"])(?P<words>.*)(?P=quote))?$", re.DOTALL
)

#: The mark that the question carries; a program that echoes it took it for a file's name.
_ECHO = re.compile(r"[0-9a-f]{32}|_py_info_collect")


@contextlib.contextmanager
def inspecting(cache_folder: Path | None, *, anew: bool = False) -> Iterator[Inspect]:
    """Inspect with python-discovery; answers are kept below ``cache_folder`` when the block ends.

    ``anew``: what was kept is not believed. What programs print beside their answer is dropped: no
    ``sitecustomize`` writes into our output.
    """
    answers = Answers(cache_folder / "answers.json" if cache_folder is not None else None)

    def inspect(system: System, candidate: Candidate) -> Interpreter | Refusal:
        answer = None if anew else answers.get(candidate.path)
        if answer is None:
            answer = ask(candidate.path, system.environment)
            answers.put(candidate.path, answer)
        return judge(system, candidate, answer)

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield inspect
    finally:
        answers.save()


def ask(program: Path, inherited: Mapping[str, str]) -> Answer:
    """Run a program and hand back what it said of itself. Takes up to twice `QUERY_SECONDS`; never raises."""
    import logging

    from python_discovery import PythonInfo

    # What it finds odd about a stranger's program is not for our user's terminal.
    logging.getLogger("python_discovery").setLevel(logging.CRITICAL + 1)
    try:
        info = PythonInfo.from_exe(str(program), None, env=_environment(inherited))
        return _answer(info) if info is not None else Answer(problem="no answer")
    except Exception as problem:  # noqa: BLE001 (a stranger's program: RuntimeError, OSError, ValueError)
        return Answer(problem=str(problem) or type(problem).__name__)


def _answer(info: PythonInfo) -> Answer:
    return Answer(
        version=_version(info),
        implementation=info.implementation,
        machine=info.machine,
        bits=info.architecture,
        free_threaded=bool(info.free_threaded),
        debug=bool(info.debug_build),
        venv=bool(info.has_venv),
        executable=str(info.original_executable),
        base=str(info.system_exe),
    )


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
        return "it did not answer in time, though it was asked twice"
    return f"it does not run: {lines[0].strip()[:200]} (status {status[1]})"


def too_old(version: str) -> str:
    """Why a version below `OLDEST` is refused."""
    return f"Python {version} is too old: at least {OLDEST[0]}.{OLDEST[1]} is needed"


def objection(answer: Answer) -> str:
    """Why environments for the frameworks cannot be made from a Python; "" where they can."""
    objections = (
        (is_too_old(answer.version), too_old(answer.version)),
        (
            answer.implementation != "CPython",
            f"{answer.implementation}: the frameworks' builds are for CPython",
        ),
        (answer.free_threaded, "free-threaded build: the frameworks publish few builds for it"),
        (answer.debug, "debug build: no published wheel fits it"),
        (answer.bits != WORD, f"{answer.bits}-bit: the frameworks publish 64-bit builds only"),
        (not answer.venv, "its standard library lacks venv"),
    )
    return next((why for holds, why in objections if holds), "")


def is_too_old(version: str) -> bool:
    """Whether a version (``3.9``, ``3.9.18``) is below `OLDEST`; "" is not."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return bool(numbers) and numbers < OLDEST[: len(numbers)]


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


def judge(system: System, candidate: Candidate, answer: Answer) -> Interpreter | Refusal:
    """What an answer makes of a candidate."""
    why = explain(answer.problem) if answer.problem else objection(answer)
    if why:
        old = _OLD.search(answer.problem)
        version = answer.version or (old[1] if old else "")
        return Refusal(path=candidate.path, why=why, version=version, origin=candidate.origin)
    return Interpreter(
        path=_path(system, candidate, answer).absolute(),
        version=answer.version,
        implementation=answer.implementation,
        machine=architecture(answer.machine, system.platform.os),
        bits=answer.bits,
        origin=candidate.origin,
    )


def _path(system: System, candidate: Candidate, answer: Answer) -> Path:
    """The candidate's own, unless it stands in for another: a shim, a wrapper, an environment."""
    stands_in = is_shim(candidate.path) or environment_of(system, candidate.path) is not None
    if stands_in or real_path(system, candidate.path) != real_path(system, Path(answer.executable)):
        return Path(answer.base)
    return candidate.path


def _version(info: PythonInfo) -> str:
    """With what marks a pre-release: ``3.15.0rc1``."""
    marks = {"alpha": "a", "beta": "b", "candidate": "rc"}
    mark = marks.get(info.version_info.releaselevel, "")
    return info.version_str + (f"{mark}{info.version_info.serial}" if mark else "")
