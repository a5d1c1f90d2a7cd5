"""What git says of a project before it is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scaffold.files import nearest
from scaffold.projects.record import OWN
from scaffold.system import System, without

#: Seconds. A status of a project takes well under one; a network file system may take some.
PATIENCE = 60.0

_NO_GIT = "there is no git on PATH: whether everything is committed was not looked at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is not committed; of a project without git, nothing."""

    changed: tuple[PurePosixPath, ...] = ()  # in git, and changed since
    unknown: tuple[PurePosixPath, ...] = ()  # not in git: files, and folders that are whole not in it
    ignored: tuple[PurePosixPath, ...] = ()  # nor ever to be
    notice: str = ""  # why git could not say

    def loose(self, touched: Iterable[PurePosixPath]) -> tuple[str, ...]:
        """What git could not bring back, a line each: what was changed, and of these what it never had.

        Who ignores what scaffold remembers lost nothing: nobody writes it by hand.
        """
        paths = tuple(touched)
        ignored = (one for one in _among(paths, self.ignored) if one not in OWN)
        return (
            *(f"changed: {one}" for one in self.changed),
            *(f"not in git: {one}" for one in _among(paths, self.unknown)),
            *(f"ignored by git: {one}" for one in ignored),
        )


def _among(paths: Iterable[PurePosixPath], listed: Iterable[PurePosixPath]) -> Iterator[PurePosixPath]:
    """Those that are listed, or lie in a folder that is."""
    known = set(listed)
    return (one for one in paths if one in known or known.intersection(one.parents))


def status(system: System, root: Path) -> Status:
    """Ask git, where there is one; whatever it answers, nothing is raised."""
    git = system.which("git")
    if git is None:
        here = nearest(root, lambda folder: system.exists(folder / ".git"))
        return Status(notice=_NO_GIT) if here is not None else Status()
    environment = {
        **without(system.environment, "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"),
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
    }

    def ask(*arguments: str) -> tuple[bool, str, str]:
        # A tree that was unpacked brings a .git/config, whose fsmonitor names a program to start. Filters are
        # git's own affair: only a status that runs them tells what is changed.
        still = ("-c", "core.fsmonitor=false")
        done = system.run([git, *still, "-C", root, *arguments], timeout=PATIENCE, environment=environment)
        return done.ok, done.stdout, done.stderr.strip()

    ok, prefix, said = ask("rev-parse", "--show-prefix")
    if not ok:
        if "not a git repository" in said:
            return Status()
        return Status(
            notice=f"git does not say what is committed: {said.splitlines()[0] if said else 'no answer'}"
        )
    ok, listed, said = ask("status", "--porcelain", "-z", "--untracked-files=normal", "--ignored", "--", ".")
    if not ok:
        return Status(
            notice=f"git does not say what is committed: {said.splitlines()[0] if said else 'no answer'}"
        )
    return _status(listed, prefix.rstrip("\n"))


def _status(listed: str, prefix: str) -> Status:
    """Of ``XY path`` rows that end in NUL; a rename is followed by its old name."""
    changed: list[PurePosixPath] = []
    others: dict[str, list[PurePosixPath]] = {"??": [], "!!": []}
    rows = iter(listed.split("\0"))
    for row in rows:
        if len(row) < 4:
            continue
        code, name = row[:2], row[3:]
        path = PurePosixPath(name.removeprefix(prefix))
        others.get(code, changed).append(path)
        if "R" in code or "C" in code:
            next(rows, None)
    return Status(changed=tuple(changed), unknown=tuple(others["??"]), ignored=tuple(others["!!"]))
