"""The Python for a lock: one that it allows, rather the version that the project has been using."""

from __future__ import annotations

from scaffold.environments.locking.model import ProjectLock
from scaffold.errors import OptionRefused, PythonMissing
from scaffold.interpreters.find import Found
from scaffold.interpreters.model import Interpreter
from scaffold.system import System


def choose_python(
    system: System, lock: ProjectLock, found: Found, *, wanted: str | None, planned: str, architecture: str
) -> Interpreter:
    """``wanted`` (``--python``) where the lock allows it, else the ``planned`` version, else the best.

    Raises OptionRefused where the lock is for another version than ``wanted``, PythonMissing.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from scaffold.builds.choice import PREFERENCE
    from scaffold.interpreters import choose as pythons

    try:
        allowed = SpecifierSet(lock.head.get("python", ""))
    except InvalidSpecifier:
        allowed = SpecifierSet()
    if wanted:
        named = pythons.resolve(system, wanted, found, machine=architecture)
        if not allowed.contains(named.version):
            raise OptionRefused(
                f"the lock is for Python {allowed}, and --python {wanted} is {named.version}",
                hint="leave out --python, or change requires-python in pyproject.toml and lock anew",
            )
        return named
    minors = list(dict.fromkeys(one.minor for one in found.interpreters if allowed.contains(one.version)))
    if not minors:
        raise PythonMissing(
            f"The lock is for Python {allowed}, and there is none on this machine",
            detail=pythons.inventory(found),
            hint="see what there is, and get one: scaffold env python",
        )
    best = next((one for one in (planned, *PREFERENCE) if one in minors), minors[0])
    return pythons.choose(found, best, machine=architecture)
