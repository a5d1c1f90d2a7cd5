"""Read a lock file, whatever its format: the content tells which, then the name."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffold.errors import OptionRefused
from scaffold.locks.model import FORMATS, PACKAGES, Lock
from scaffold.toml import TOMLDecodeError, loads

#: No lock file of a project is larger (bytes).
LIMIT = 64 << 20

#: Every extra and group is judged by itself: packages times choices.
WORK = 10_000_000

_TOML = re.compile(r"^[ \t]*(\[\[?[ \t]*[\w.-]+\s*\]\]?|(lock-)?version\s*=)", re.MULTILINE)
_TOML_PACKAGE = re.compile(r"^[ \t]*\[\[[ \t]*packages?[ \t]*\]\]", re.MULTILINE)
_YAML = re.compile(r"^(dependencies|channels)\s*:", re.MULTILINE)
#: Files that are near to a lock and are none, and how to make one.
_OTHERS = {
    "pyproject.toml": "lock it first: uv lock",
    "pdm.lock": "pdm export --format pylock -o pylock.toml",
    "Pipfile": "pipenv requirements > requirements.txt",
    "Pipfile.lock": "pipenv requirements > requirements.txt",
    "pixi.lock": "pixi workspace export conda-environment environment.yml",
    "conda-lock.yml": "name the environment.yml that it was made from",
}


def read_lock(path: Path) -> Lock:
    """The lock in a file. Raises OptionRefused where it cannot be read or is none that is known."""
    lock = parse_lock(_text(path), name=path.name, include=lambda other: _included(path.parent / other))
    if lock.format == "uv.lock" and lock.choices:
        return _with_default_groups(lock, path.parent / "pyproject.toml")
    return lock


def parse_lock(source: str, *, name: str = "", include: Callable[[str], str | None] = lambda _: None) -> Lock:
    """The lock that a text says; ``name`` is its file's, where it has one.

    Raises OptionRefused where it is in no format that is known, and says why.
    """
    shown = name or "standard input"
    if "\0" in source[:8192]:
        raise _refused(shown, "it is no text", name)
    if not source.strip():
        raise _refused(shown, "it is empty", name)
    lock, problem = _toml(source) if _is_toml(source, name) else (None, "")
    if lock is None and not problem and _is_yaml(source, name):
        lock, problem = _conda(source, include)
    if lock is None and not problem:
        from scaffold.locks.requirements import read_requirements

        lock, problem = _said(lambda: read_requirements(source, include))
    if lock is not None and len(lock.packages) * (len(lock.choices) + 1) > WORK:
        problem = f"it has {len(lock.choices):,} extras and groups over {len(lock.packages):,} packages"
        lock = None
    if lock is None:
        raise _refused(shown, problem or "no line of it is a requirement", name)
    return lock


def _is_toml(source: str, name: str) -> bool:
    return name.endswith((".lock", ".toml")) or (
        _TOML.search(source) is not None and not _is_yaml(source, name)
    )


def _is_yaml(source: str, name: str) -> bool:
    return name.endswith((".yml", ".yaml")) or _YAML.search(source) is not None


def _toml(source: str) -> tuple[Lock | None, str]:
    from scaffold.locks.poetry_lock import is_poetry_lock, read_poetry_lock
    from scaffold.locks.pylock import is_pylock, read_pylock
    from scaffold.locks.uv_lock import is_uv_lock, read_uv_lock

    if sum(1 for _ in _TOML_PACKAGE.finditer(source)) > PACKAGES:
        return None, f"it names more than {PACKAGES:,} packages"
    try:
        data: dict[str, Any] = loads(source)
    except TOMLDecodeError as problem:
        return None, f"it is no TOML: {problem}"
    if is_pylock(data):
        return read_pylock(source, data), ""
    if is_poetry_lock(data):
        return read_poetry_lock(source, data), ""
    if is_uv_lock(data):
        return read_uv_lock(source, data), ""
    return None, "it is TOML, and no lock file that is known"


def _conda(source: str, include: Callable[[str], str | None]) -> tuple[Lock | None, str]:
    from scaffold.locks.conda import LIMIT as YAML_LIMIT
    from scaffold.locks.conda import read_conda

    if len(source) > YAML_LIMIT:
        return None, "it is too large for an environment.yml"
    lock, problem = _said(lambda: read_conda(source, include))
    return lock, "" if lock else problem or "it is no YAML with a list of dependencies"


def _said(read: Callable[[], Lock | None]) -> tuple[Lock | None, str]:
    """What a reader answers, or why it refuses."""
    try:
        return read(), ""
    except ValueError as problem:
        return None, str(problem)


def _refused(shown: str, why: str, name: str) -> OptionRefused:
    return OptionRefused(
        f"{shown} is no lock file that can be judged: {why}",
        detail=(f"judged are: {', '.join(FORMATS)}",),
        hint=_OTHERS.get(name, "name one of these, for example: scaffold builds --lint uv.lock"),
    )


def _text(path: Path) -> str:
    try:
        mode = path.stat().st_mode  # before it is opened: a pipe that nobody writes to would never answer
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise OptionRefused(
                f"{path} cannot be read: it is no ordinary file",
                hint="name a file; for the output of a program: uv export | scaffold builds --lint -",
            )
        with path.open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", "") or str(problem)
        raise OptionRefused(f"{path} cannot be read: {why}", hint="name a lock file") from problem
    if len(content) > LIMIT:
        raise _refused(path.name, f"it has more than {LIMIT >> 20} MiB", path.name)
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _included(path: Path) -> str | None:
    try:
        return _text(path)
    except OptionRefused:
        return None


def _with_default_groups(lock: Lock, project: Path) -> Lock:
    """What uv installs unasked stands in the project; older releases do not repeat it in the lock."""
    text = _included(project)
    try:
        settings: Any = loads(text or "").get("tool", {}).get("uv", {}).get("default-groups")
    except (TOMLDecodeError, AttributeError):
        return lock
    if settings == "all":
        return replace(lock, default=tuple(one for one in lock.choices if one.startswith("group ")))
    if not isinstance(settings, list):
        return lock
    named = {f"group {one}" for one in settings if isinstance(one, str)}
    return replace(lock, default=tuple(one for one in lock.choices if one in named))
