"""The process in which copier or cookiecutter works: its rooms, its limits, its end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import scaffold
from scaffold.passing import passing_folder
from scaffold.projects.foreign.problems import problem_of, stopped
from scaffold.projects.model import ProjectName
from scaffold.projects.origins.model import Fetched
from scaffold.results import read_json
from scaffold.system import System, without
from scaffold.watched import Watched, run_watched
from scaffold.words import shown

_SCRIPT = Path(__file__).with_name("probes") / "drive.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a template may take. Ordinary ones need a second, 200 MB of memory, and write a few megabytes."""

    seconds: float = 120.0
    trusted_seconds: float = 1800.0  # its hooks may install things
    cpu: int = 20  # seconds of computing
    memory: int = 2 << 30  # bytes of address space
    file: int = 64 << 20  # bytes of one file
    total: int = 256 << 20  # bytes of all that it writes
    files: int = 20_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the child is asked for, beside the template and the room."""

    name: ProjectName
    answers: Mapping[str, Any] = field(default_factory=dict)
    remembered: Mapping[str, Any] = field(default_factory=dict)
    user: Mapping[str, Any] = field(default_factory=dict)
    trust: bool = False
    since: str | None = None  # the version of an earlier rendering, "" where nobody knows; None: the first
    folder: str = ""  # where a hook prepared the template; else where it was fetched to
    ran: tuple[str, ...] = ()  # before this
    tasks: bool = True  # whether what is trusted runs; False: only extensions, without which nothing renders
    #: How chance falls, in secrets above all: as it does; always alike; alike, and each default another one.
    secrets: Literal["free", "fixed", "other"] = "free"
    again: bool = False  # of a project that is there: no secret comes from the user's settings any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Folders of one rendering, all in one that goes away with it."""

    folder: Path

    @property
    def out(self) -> Path:
        """Where the project is rendered."""
        return self.folder / "out"

    @property
    def inner(self) -> tuple[Path, ...]:
        """Where it may write."""
        return (self.out, *(self.folder / name for name in ("home", "tmp", "replay")))

    @property
    def output(self) -> Path:
        """What was printed."""
        return self.folder / "output.txt"


@contextlib.contextmanager
def room() -> Iterator[Room]:
    """A room of one's own, readable by nobody else. Raises NoSpace, NoPermission."""
    from scaffold.projects.refusals import explained

    with explained(Path(tempfile.gettempdir())), passing_folder("scaffold-foreign-") as folder:
        made = Room(folder=folder)
        for inner in (*made.inner, made.folder / "bin"):
            inner.mkdir()
        yield made


def call(operation: str, fetched: Fetched, system: System, place: Room, request: Request) -> dict[str, Any]:
    """What the child found; at the terminal for ``ask``. Raises what `problem_of` makes of its problem."""
    limits = LIMITS
    asked, answer = place.folder / f"{operation}.json", place.folder / f"{operation}-done.json"
    asked.write_text(
        json.dumps(_spelt(operation, fetched, place, request, limits, answer), default=str), encoding="utf-8"
    )
    asking, code_runs = operation == "ask", request.trust and operation not in {"describe", "preview"}
    seconds = None if asking else limits.trusted_seconds if code_runs else limits.seconds
    ended = run_watched(
        [sys.executable, "-I", "-B", "-X", "utf8", _SCRIPT, asked],
        environment=_environment(system, place, trust=code_runs),
        cwd=place.out,
        seconds=seconds,
        output=None if asking else place.output,
        wrong=lambda: too_much(place.folder, limits),
    )
    if ended.stopped:
        raise stopped(ended.stopped, fetched)
    return _answer(answer, ended, fetched, place, limits)


def _answer(path: Path, ended: Watched, fetched: Fetched, place: Room, limits: Limits) -> dict[str, Any]:
    try:
        answer = read_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise stopped(why_died(ended, place, limits), fetched) from None
    if "problem" in answer:
        raise problem_of(answer["problem"], fetched, printed(place))
    return dict(answer["done"])


def why_died(ended: Watched, place: Room, limits: Limits) -> str:
    """Killed by the system, mostly for a limit that it kept."""
    if ended.status == -getattr(signal, "SIGXCPU", 0):
        return f"it computed for more than {limits.cpu} seconds"
    if ended.status is not None and ended.status < 0:
        return f"the system ended it (signal {-ended.status}): it took too much"
    return "; ".join([f"it ended with status {ended.status} and no answer", *printed(place)[-3:]])


def printed(place: Room, most: int = 20) -> tuple[str, ...]:
    """The last lines of what it and what it started printed."""
    try:
        with place.output.open("rb") as stream:
            stream.seek(max(0, os.fstat(stream.fileno()).st_size - (64 << 10)))
            text = stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ()
    lines = (shown(line.rstrip()) for line in text.splitlines())
    return tuple(line for line in lines if line)[-most:]


def too_much(folder: Path, limits: Limits) -> str:
    """Why what a template has written so far is too much; "" where it is not."""
    total = count = 0
    for above, _folders, names in os.walk(folder):
        count += len(names) + 1
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(Path(above, name)).st_size
        if count > limits.files:
            return f"it made more than {limits.files} files"
        if total > limits.total:
            return f"it wrote more than {limits.total >> 20} MB"
    return ""


def _spelt(
    operation: str, fetched: Fetched, place: Room, request: Request, limits: Limits, answer: Path
) -> dict[str, Any]:
    location = fetched.location
    commit = fetched.revision if location.kind in {"git", "folder"} else ""
    url = str(fetched.folder) if location.kind in {"folder", "installed"} else location.public  # it is kept
    return {
        "op": operation,
        "kind": fetched.kind,
        "folder": request.folder or str(fetched.folder.resolve()),
        "prepared": bool(request.folder),
        "url": url,
        "checkout": fetched.described or location.revision or commit,
        "revision": commit,
        "writable": [*map(str, place.inner), str(answer)],
        "out": str(place.out),
        "replay": str(place.folder / "replay"),
        "result": str(answer),
        "name": request.name.distribution,
        "spellings": asdict(request.name),
        "scaffold": str(Path(scaffold.__file__).resolve().parents[1]),
        "answers": dict(request.answers),
        "remembered": dict(request.remembered),
        "user": dict(request.user),
        "trust": request.trust,
        "tasks": request.tasks,
        "secrets": request.secrets,
        "again": request.again,
        "since": request.since,
        "ran": list(request.ran),
        "limits": {"memory": limits.memory, "file": limits.file, "cpu": limits.cpu},
    }


#: Variables that a child needs to find its way on a terminal and on Windows, and no more.
_KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES", "TZ")
_WINDOWS = ("SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "SYSTEMDRIVE", "NUMBER_OF_PROCESSORS")


def _environment(system: System, place: Room, *, trust: bool) -> dict[str, str]:
    """Confined; whoever is trusted sees what the user sees, for its hooks need it."""
    if trust:
        return {**without(system.environment, "COPIER_", "COOKIECUTTER_"), **_own(place)}
    return confined(system.environment, place)


def _own(place: Room) -> dict[str, str]:
    return {
        "TMPDIR": str(place.folder / "tmp"),
        "TEMP": str(place.folder / "tmp"),
        "TMP": str(place.folder / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",  # for hooks, which are programs of their own
        "COPIER_SETTINGS_PATH": str(place.folder / "home" / "settings.yml"),
    }


def confined(environment: Mapping[str, str], place: Room) -> dict[str, str]:
    """What a child that nobody trusts sees of the user's environment: its own home and an empty PATH."""
    kept = {name: environment[name] for name in (*_KEPT, *_WINDOWS) if name in environment}
    home = str(place.folder / "home")
    return {
        **kept, **_own(place), "HOME": home, "USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home,
        "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "PATH": str(place.folder / "bin"),
    }  # fmt: skip
