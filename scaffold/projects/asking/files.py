"""Files of requirements: pip's ``requirements.txt`` and conda's ``environment.yml``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from scaffold.locks.conda import LIMIT, read_conda
from scaffold.locks.model import Lock, Locked, Need
from scaffold.locks.requirements import read_requirements
from scaffold.projects.asking.model import Asked, Read
from scaffold.shell import line
from scaffold.sources.redact import redact

#: What projects call theirs, the usual name first.
REQUIREMENTS = (
    "requirements.txt",
    "requirements/base.txt",
    "requirements/requirements.txt",
    "requirements.in",
)
CONDA = ("environment.yml", "environment.yaml")


def is_requirements(path: PurePosixPath) -> bool:
    """Whether pip or conda reads a file: what projects call theirs, and what those mostly include.

    >>> is_requirements(PurePosixPath("requirements/base.txt")), is_requirements(PurePosixPath("notes.txt"))
    (True, False)
    """
    if str(path) in (*REQUIREMENTS, *CONDA):
        return True
    named = path.name.startswith(("requirements", "constraints")) or path.parent.name == "requirements"
    return named and path.suffix in {".txt", ".in"}


def of_requirements(read: Read, names: tuple[str, ...] = REQUIREMENTS) -> Asked:
    """What the first of the files asks for that asks for anything."""
    for name in names:
        text = read(name)
        lock = text and _read(text, lambda other, name=name: read(_beside(name, other)))  # type: ignore[misc]
        if lock:
            return _asked(lock, name)
    return Asked()


def of_conda(read: Read) -> Asked:
    """What ``environment.yml`` asks pip for; conda's own packages by name only."""
    for name in CONDA:
        text = read(name)
        if not text or len(text) > LIMIT:
            continue
        try:
            lock = read_conda(text, lambda other, name=name: read(_beside(name, other)))  # type: ignore[misc]
        except ValueError as problem:
            return Asked(place=name, notes=(f"{name}: {problem}",))
        if lock is not None:
            return _asked(lock, name)
    return Asked()


def _read(text: str, include: Callable[[str], str | None]) -> Lock | None:
    try:
        return read_requirements(text, include)
    except ValueError:
        return None  # of more packages than anybody asks for


def _beside(name: str, other: str) -> str:
    """An included file as seen from the project; the reader gives it as seen from the including one."""
    folder = name.rpartition("/")[0]
    return f"{folder}/{other}" if folder else other


def _asked(lock: Lock, name: str) -> Asked:
    limits: dict[str, list[str]] = {}
    for one in lock.constraints:
        limits.setdefault(one.name, []).append(one.specifier)
    rows = [(one, need) for one, need in zip(lock.packages, lock.roots, strict=True) if not one.conda]
    wanted = {one.name for one, _ in rows}
    told = tuple(f"{one.file}, line {one.line}:".removeprefix(", ") for one in lock.direct)
    notes = [_noted(one, name) for one in lock.notes if not one.startswith(told)]
    notes += [*_refused(rows, name), *_elsewhere(lock, name), *_unused(lock, name)]
    free = sorted(set(limits) - wanted)
    if free:
        notes.append(f"{name}: limits on what it does not name are left out: {', '.join(free)}")
    return Asked(
        lines=tuple(dict.fromkeys(_line(one, need, limits) for one, need in rows if not one.index)),
        place=name,
        python=_python(lock),
        conda=tuple(one.name for one in lock.packages if one.conda),
        notes=tuple(notes),
    )


def _python(lock: Lock) -> str:
    """Which Python conda would take; a comment of pip-compile's says for which one it was made, no more."""
    if lock.format == "environment.yml" and lock.python:
        return f"=={lock.python}.*"
    return lock.requires_python


def _noted(note: str, name: str) -> str:
    if note.startswith("line "):
        return f"{name}, {note}"
    return note if note.startswith(name) else f"{name}: {note}"


def _place(file: str, number: int, name: str) -> str:
    return f"{file or name}, line {number}"


def _refused(rows: list[tuple[Locked, Need]], name: str) -> Iterator[str]:
    for one, _ in rows:
        if one.index:
            extras = f"[{','.join(one.extras)}]" if one.extras else ""
            argument = one.index if one.wheels else f"{one.name}{extras} @ {one.index}"
            where = _place(one.file, one.line, name)
            yield f"{where}: {one.name} of a file or URL is not taken over; {by_hand(argument)}"


def _elsewhere(lock: Lock, name: str) -> Iterator[str]:
    for one in lock.direct:
        what = "an editable project" if one.editable else "what a path or URL leads to"
        options = ("--editable",) if one.editable else ()
        how, where = by_hand(one.location, *options), _place(one.file, one.line, name)
        if one.location.rstrip("/") == ".":
            what = "the project itself"
            yield f"{where}: {what} is installed where pyproject.toml or setup.py says how; else {how}"
        else:
            yield f"{where}: {what} is not taken over; {how}"


def by_hand(argument: str, *options: str) -> str:
    """How a user installs what we do not; a password in its address is not repeated."""
    if redact(argument) != argument:
        return "install it afterwards, in its environment, with pip, as it stands there"
    return f"afterwards, in its environment: {line('python', '-m', 'pip', 'install', *options, argument)}"


def _unused(lock: Lock, name: str) -> Iterator[str]:
    if lock.options:
        names, plural = " and ".join(lock.options), len(lock.options) > 1
        yield (
            f"{name}: {names} {'are' if plural else 'is'} not used: your own settings of pip and uv decide "
            "which sources are asked (scaffold env mirrors)"
        )


def _line(one: Locked, need: Need, limits: dict[str, list[str]]) -> str:
    """The requirement again, with what constraints say of it.

    >>> torch = Locked(name="torch", specifier=">=2", extras=("a",))
    >>> _line(torch, Need(name="torch", marker="a"), {"torch": ["<3"]})
    'torch[a]>=2,<3; a'
    """
    extras = f"[{','.join(one.extras)}]" if one.extras else ""
    version = ",".join(filter(None, (one.specifier, *limits.get(one.name, ()))))
    version = version or (f"=={one.version}" if one.version else "")
    return f"{one.name}{extras}{version}" + (f"; {need.marker}" if need.marker else "")
