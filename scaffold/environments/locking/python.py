"""The Pythons for a lock: those that it allows, rather the version that the project has been using."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.locking.model import ProjectLock
from scaffold.errors import OptionRefused, PythonMissing
from scaffold.interpreters.find import Found
from scaffold.interpreters.model import Interpreter
from scaffold.system import System

#: A line of ``.python-version`` (pyenv, uv) that names CPython; other names are no wish that we could grant.
_PINNED = re.compile(r"(?:cpython[-@]?|python[-@]?)?(?P<version>3\.\d+(?:\.\d+)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A Python that a lock may be installed for, and why it stands where it stands."""

    interpreter: Interpreter
    reason: str
    named: bool = False  # by --python: no other one may be taken


def candidates(
    system: System,
    locks: Sequence[ProjectLock],
    found: Found,
    *,
    root: Path,
    wanted: str | None,
    planned: str,
    architecture: str,
) -> tuple[Candidate, ...]:
    """One Python of each version that some lock allows, the best first; ``wanted`` (``--python``) alone.

    Best: what ``.python-version`` asks for, then the version of the environment on this machine
    (``planned``), then the one that the lock was made with, then the usual preference. Raises
    OptionRefused where no lock is for ``wanted``, PythonMissing.
    """
    from scaffold.interpreters import choose as pythons

    asked = ", ".join(dict.fromkeys(one.head.get("python", "") for one in locks))
    if wanted:
        named = pythons.resolve(system, wanted, found, machine=architecture)
        if not any(allows(one, named.version) for one in locks):
            raise OptionRefused(
                f"the lock is for Python {asked}, and --python {wanted} is {named.version}",
                hint="leave out --python, or change requires-python in pyproject.toml and lock anew",
            )
        return (Candidate(interpreter=named, reason=f"--python {wanted} asks for it", named=True),)
    allowed = [one for one in found.interpreters if any(allows(lock, one.version) for lock in locks)]
    if not allowed:
        raise PythonMissing(
            f"The lock is for Python {asked}, and there is none on this machine",
            detail=pythons.inventory(found),
            hint="see what there is, and get one: scaffold env python",
        )
    usable = Found(interpreters=tuple(allowed), refused=(), machine=found.machine)
    return tuple(
        Candidate(interpreter=pythons.choose(usable, version, machine=architecture), reason=reason)
        for version, reason in _in_order(locks, usable, pinned_python(root), planned)
    )


def _in_order(
    locks: Sequence[ProjectLock], usable: Found, pinned: str, planned: str
) -> Iterable[tuple[str, str]]:
    """Versions to look for, each minor once, and why; a pinned 3.11.7 that is not here stands for 3.11."""
    from scaffold.builds.model import PREFERENCE

    exact = any(one.version == pinned for one in usable.interpreters)
    wishes = [
        (pinned if exact else minor_of(pinned), f".python-version asks for Python {pinned}"),
        (planned, f"the project's environment here is of Python {planned}"),
        *((made_with(one), f"the lock was made with Python {made_with(one)}") for one in locks),
        *((one, "it is the best of those that the lock allows") for one in (*PREFERENCE, *usable.minors)),
    ]
    seen = set[str]()
    for version, reason in wishes:
        if minor_of(version) in usable.minors and minor_of(version) not in seen:
            seen.add(minor_of(version))
            yield version, reason


def allows(lock: ProjectLock, version: str) -> bool:
    """Whether a lock is for a Python (``3.12.1``)."""
    return within(lock.head.get("python", ""), version)


def within(requires: str, version: str) -> bool:
    """Whether ``requires-python`` allows a version, however early; what is none allows all.

    >>> within(">=3.11,<3.14", "3.12.1"), within("nonsense", "3.12.1")
    (True, True)
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(requires).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True


def python_of_project(root: Path, requires: str, *, planned: str, kept: str) -> str:
    """The minor version that a new lock is for, so that a clone takes the same; "" where nothing tells.

    What ``.python-version`` asks for, then ``planned`` (of the environment on this machine), then ``kept``
    (of the lock before), as far as ``requires`` allows.
    """
    wishes = (minor_of(one) for one in (pinned_python(root), planned, kept))
    return next((one for one in wishes if one and within(requires, f"{one}.99")), "")


def allowed_python(system: System, requires: str, rather: str) -> Interpreter | None:
    """A Python of this machine that a project allows: ``rather`` that version, else the usual preference."""
    from scaffold.builds.model import PREFERENCE
    from scaffold.interpreters.find import find

    wishes = (rather, *PREFERENCE)
    fitting = (one for one in find(system).interpreters if within(requires, one.version))
    return min(
        fitting,
        key=lambda one: wishes.index(one.minor) if one.minor in wishes else len(wishes),
        default=None,
    )


def made_with(lock: ProjectLock) -> str:
    """The minor version of the environment that a lock was made for; "" where it does not tell."""
    return minor_of(lock.head.get("with", ""))


def minor_of(version: str) -> str:
    """``3.11`` of 3.11.7; "" of what is no version.

    >>> minor_of("3.11.7"), minor_of("pypy")
    ('3.11', '')
    """
    found = re.match(r"\d+\.\d+", version)
    return found[0] if found else ""


def pinned_python(root: Path) -> str:
    """What ``.python-version`` asks for: ``3.11``, ``3.11.7``; "" where it asks for no CPython."""
    try:
        text = (root / ".python-version").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
    return pinned(text)


def pinned(text: str) -> str:
    r"""The first line that names a Python decides, as with pyenv and uv.

    >>> pinned("# ours\ncpython-3.11.7-linux-x86_64-gnu\n3.12\n"), pinned("pypy3.10\n")
    ('3.11.7', '')
    """
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = _PINNED.match(next((line for line in lines if line), ""))
    return found["version"] if found else ""
