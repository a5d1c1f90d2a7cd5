"""The files of a lock, as they come together from what uv resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from scaffold.environments.locking.groups import Declared
from scaffold.environments.locking.model import LockedPackage, pylock_name, requirements_name
from scaffold.environments.locking.text import (
    contents_fact,
    packages_of_pylock,
    requirements_text,
    text_digest,
)
from scaffold.errors import InstallFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFiles:
    """A whole set of lock files, as texts: path in the project -> content."""

    files: Mapping[PurePosixPath, str]
    groups: tuple[str, ...]
    notices: tuple[str, ...] = ()


class LockSet:
    """Files, as they come together."""

    def __init__(self, project: Declared, python: str) -> None:
        """``python``: the minor version that the project's environment is of, "" where nobody knows."""
        self._project, self._python = project, python
        self.files: dict[PurePosixPath, str] = {}
        self.groups: list[str] = []
        self.notices: list[str] = []

    def add(self, group: str, pylock: str, *, uv_lock: str, more: Mapping[str, str] | None = None) -> None:
        """One group's pylock, and the same without addresses."""
        packages, elsewhere = packages_of_pylock(pylock)
        if not packages:
            raise InstallFailed(
                f"uv locked nothing for {group}",
                detail=(f"what pyproject.toml asks for with group {group} came to no package",),
                code="install-lock-unreadable",
            )
        self.groups.append(group)
        self.files[pylock_name(group)] = pylock
        facts = {"group": group, "python": self._project.requires_python or ">=3"}
        if self._python:
            facts["with"] = self._python
        facts["pyproject.toml"] = f"sha256:{self._project.digest}"
        if uv_lock:
            facts["uv.lock"] = f"sha256:{text_digest(uv_lock)}"
        facts |= {**(more or {}), "holds": contents_fact(packages)}
        head = how_to_install(group, self._project.indexes.get(group, ""), packages)
        self.files[requirements_name(group)] = requirements_text(packages, head, facts)
        self._note(group, pylock, packages, elsewhere)

    def _note(
        self, group: str, pylock: str, packages: Sequence[LockedPackage], elsewhere: Sequence[str]
    ) -> None:
        bare = [one.name for one in packages if not one.hashes]
        if bare:
            self.notices.append(
                f"{', '.join(bare)}: the index tells no hash, so what is downloaded cannot be checked"
            )
        if elsewhere:
            self.notices.append(
                f"{', '.join(elsewhere)}: not from an index, so only in uv.lock and {pylock_name(group)}"
            )
        if 'url = "file:' in pylock or "path = " in pylock:
            self.notices.append(
                f"uv.lock and {pylock_name(group)} name a folder of wheels on this machine; "
                f"{requirements_name(group)} does not, and holds the hashes of that folder's wheels alone: "
                "where others are needed, on another system say, lock anew"
            )


def how_to_install(group: str, index: str, packages: Sequence[LockedPackage]) -> tuple[str, ...]:
    """The head's words for people."""
    from scaffold.sources.redact import redact

    beside = ("--extra-index-url", redact(index)) if index else ()
    command = pip_command(packages, *beside, lock=str(requirements_name(group)))
    said = "with hashes" if all(one.hashes for one in packages) else "with the hashes that the index tells"
    return (
        f"for the group {group}, {said} and without addresses: any index or mirror serves it.",
        *(
            ("scaffold env sync installs it; so does pip:", f"  {' '.join(command)}")
            if command
            else ("scaffold env sync installs it; pip alone refuses a file that has hashes for some only.",)
        ),
    )


def pip_command(packages: Sequence[LockedPackage], *source: str, lock: str) -> tuple[str, ...]:
    """What installs a lock with pip alone; empty where pip cannot: it takes hashes for all or for none.

    >>> bare = LockedPackage(name="tqdm", version="4.70.1")
    >>> " ".join(pip_command([bare], "--no-index", lock="requirements/lock-cpu.txt"))
    'python -m pip install --no-deps --no-index -r requirements/lock-cpu.txt'
    """
    hashed = {bool(one.hashes) for one in packages}
    if len(hashed) > 1:
        return ()
    check = ("--require-hashes",) if True in hashed else ()
    return ("python", "-m", "pip", "install", *check, "--no-deps", *source, "-r", lock)
