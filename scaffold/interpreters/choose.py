"""Choose one Python of those that were found, or say how to get it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.errors import OptionRefused, PythonMissing
from scaffold.interpreters.advice import RECOMMENDED, install_command, known_versions
from scaffold.interpreters.find import Found, default_cache_folder, version_key
from scaffold.interpreters.inspection import Inspect, inspecting, is_too_old
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.interpreters.places import Candidate, real_path
from scaffold.system import System

#: The best base for an environment first: what is kept for that purpose and is not upgraded or
#: removed by something else. A conda Python brings its own C++ and CUDA libraries along.
_PREFERENCE = (
    "uv", "pyenv", "mise", "asdf", "rye", "pdm", "hatch", "python.org", "registry", "scoop", "tool cache",
    "macports", "homebrew", "system", "nix", "PATH", "running", "conda",
)  # fmt: skip

_VERSION = re.compile(r"(?:python|cpython)?@?(\d+(?:\.\d+){0,2})", re.IGNORECASE)


def choose(found: Found, minor: str, *, machine: str = "") -> Interpreter:
    """The best interpreter of a version (``3.12``, ``3.12.1`` or ``3``); PythonMissing where there is none.

    Best: built for the machine's architecture, newest, from the steadiest origin. ``machine`` says
    the architecture where more is known of it than the scan knew (Rosetta).
    """
    native = machine or found.machine
    fitting = [one for one in found.interpreters if _is_version(one.version, minor)]
    if not fitting:
        raise missing(found, minor)

    def merit(one: Interpreter) -> tuple[bool, tuple[int, int, int, bool, str], int]:
        return (one.machine == native, version_key(one.version), -_rank(one.origin))

    return max(fitting, key=merit)


def resolve(
    system: System, spec: str, found: Found, *, machine: str = "", inspect: Inspect | None = None
) -> Interpreter:
    """The interpreter that ``--python`` means: a version, a path, or a program's name.

    An environment's Python stands for the one that it was made from. Raises `PythonMissing`, which
    says what there is instead and how to get what is missing.
    """
    wanted = spec.strip()
    if not wanted:
        raise PythonMissing("--python names no interpreter", hint=_hint_of(found))
    version = _VERSION.fullmatch(wanted)
    if version is not None:
        if not any(_is_version(one.version, version[1]) for one in found.interpreters):
            known = known_versions(system)
            if (
                known
                and not is_too_old(version[1])
                and not any(_is_version(one, version[1]) for one in known)
            ):
                raise _unknown(found, version[1], known)
            raise missing(found, version[1], install_command(system, version[1]))
        return choose(found, version[1], machine=machine)
    return _by_path(system, _located(system, wanted, found), found, inspect)


def missing(found: Found, version: str, command: str = "") -> PythonMissing:
    """The error that says what there is instead of a version; ``command`` brings it, where one does."""
    about = re.compile(rf"(?<![\d.]){re.escape(version)}(?!\d)")
    refused = [one for one in found.refused if about.search(f"{one.version} {one.path.name} {one.why}")]
    return PythonMissing(
        f"There is no usable Python {version} on this machine",
        detail=(*inventory(found), *(f"refused: {one.path}: {one.why}" for one in refused)),
        hint=_hint_of(found) if is_too_old(version) or not command else command,
    )


def within(system: System, found: Found, fixed: Interpreter | None, allowed: str) -> Found:
    """What was found, less what a project's ``requires-python`` leaves out ("" or nonsense: nothing).

    ``fixed`` is what was asked for by name. Raises OptionRefused where that one is left out, PythonMissing
    where every one is.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        limits = SpecifierSet(allowed)
    except InvalidSpecifier:
        return found
    fitting = tuple(one for one in found.interpreters if limits.contains(one.version, prereleases=True))
    minors = tuple(dict.fromkeys(one.minor for one in fitting))
    if fixed is not None and not limits.contains(fixed.version, prereleases=True):
        there = f"the project can have {', '.join(minors)} of those here; or change" if minors else "change"
        raise OptionRefused(
            f"--python: Python {fixed.version} is outside of what the project allows: "
            f"requires-python {allowed}",
            detail=(f"asked for: {fixed.path}",),
            hint=f"{there} requires-python in pyproject.toml",
        )
    if fixed is None and found.interpreters and not fitting:
        known = [one for one in known_versions(system) if limits.contains(one, prereleases=False)]
        best = min(known, key=lambda one: abs(_minor_of(one) - _minor_of(RECOMMENDED)), default="")
        raise PythonMissing(
            f"No Python on this machine is what the project allows: requires-python {allowed}",
            detail=inventory(found),
            hint=install_command(system, best.rpartition(".")[0])
            if best
            else "change requires-python in pyproject.toml",
        )
    return replace(found, interpreters=fitting)


def _unknown(found: Found, version: str, known: Sequence[str]) -> PythonMissing:
    """The error for a version that nobody ever released."""
    fitting = [one for one in known if _is_version(one, ".".join(version.split(".")[:2]))]
    minors = sorted({".".join(one.split(".")[:2]) for one in known}, key=version_key)
    about = f"of {fitting[-1].rpartition('.')[0]} the newest is {fitting[-1]}" if fitting else ""
    return PythonMissing(
        f"No Python {version} is known to exist",
        detail=(*inventory(found), about or f"known to uv: {', '.join(minors)}"),
        hint=f"{_hint_of(found)}; where it is newer than this uv: pip install --upgrade uv",
    )


def inventory(found: Found) -> tuple[str, ...]:
    """What there is, a line each."""
    if not found.interpreters:
        return ("no usable Python was found",)
    return tuple(f"found: Python {one.version} ({one.origin}) {one.path}" for one in found.interpreters)


def _located(system: System, spec: str, found: Found) -> Path:
    """Where a path or a program's name points to."""
    if spec.startswith("~") and system.home is not None and spec[1:2] in ("", "/", "\\"):
        return Path(f"{system.home}{spec[1:]}")
    separators = ("/", "\\") if system.platform.os == "windows" else ("/",)
    if any(one in spec for one in separators) or system.exists(spec):
        return Path(os.path.abspath(spec))  # noqa: PTH100 (resolve() would follow an environment's link)
    program = system.which(spec)
    if program is None:
        raise PythonMissing(
            f"There is no program called '{spec}' on PATH", detail=inventory(found), hint=_hint_of(found)
        )
    return program.absolute()


def _by_path(system: System, path: Path, found: Found, inspect: Inspect | None) -> Interpreter:
    _refuse_what_is_no_program(system, path, found)
    known = {real_path(system, one.path): one for one in found.interpreters}
    # What somebody names is asked anew: it may have been mended since the last scan.
    with contextlib.nullcontext(inspect) if inspect else inspecting(default_cache_folder(), anew=True) as ask:
        answer = ask(system, Candidate(path=path, origin="--python"))
    if isinstance(answer, Refusal):
        raise PythonMissing(
            f"{path} cannot be used: {answer.why}", detail=inventory(found), hint=_hint_of(found)
        )
    return known.get(real_path(system, answer.path), answer) if answer.path != path else answer


def _refuse_what_is_no_program(system: System, path: Path, found: Found) -> None:
    if not system.exists(path):
        target = system.resolve_link(path)
        what = f"is a link to {target}, which is not there" if target else "does not exist"
        raise PythonMissing(f"{path} {what}", detail=inventory(found), hint=_hint_of(found))
    if path.is_dir():
        inside = [path / name for name in ("bin/python3", "bin/python", "python.exe", "Scripts/python.exe")]
        programs = [f"name the program in it: {one}" for one in inside if system.exists(one)]
        raise PythonMissing(
            f"{path} is a folder, not an interpreter",
            detail=inventory(found),
            hint=programs[0] if programs else _hint_of(found),
        )


def _hint_of(found: Found) -> str:
    """Versions that are there, the recommended one first; the same for ``--python`` and ``env python``."""
    minors = sorted(found.minors, key=lambda one: one != RECOMMENDED)
    return f"give a version that is there: {', '.join(minors)}" if minors else ""


def _minor_of(version: str) -> int:
    return int(version.split(".")[1])


def _is_version(version: str, wanted: str) -> bool:
    return version == wanted or version.startswith(f"{wanted}.")


def _rank(origin: str) -> int:
    return _PREFERENCE.index(origin) if origin in _PREFERENCE else len(_PREFERENCE)
