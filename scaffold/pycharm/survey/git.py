"""What git has of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.pycharm.survey.model import GitView

if TYPE_CHECKING:
    from scaffold.system import System

_SECONDS = 5.0

#: A repository's own settings must not make `git ls-files` start a program of its choice.
GIT = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=")
_LIST = ("ls-files", "-z")


def view(root: Path, system: System) -> GitView:
    """Tracked files, and those of the IDE that the next ``git add`` would take."""
    if not any(system.exists(folder / ".git") for folder in (root, *root.parents)):
        return GitView()
    tracked = system.run((*GIT, *_LIST), timeout=_SECONDS, cwd=root)
    named = (*GIT, *_LIST, "--cached", "--ignored", "--exclude-standard")
    ignored = system.run(named, timeout=_SECONDS, cwd=root) if tracked.ok else tracked
    others = (*GIT, *_LIST, "--others", "--exclude-standard", "--", ".idea", ".run", "*.iml")
    offered = system.run(others, timeout=_SECONDS, cwd=root) if tracked.ok else tracked
    if not offered.ok:
        said = (offered.stderr.strip().splitlines() or [offered.outcome])[0]
        reason = {"missing": "git is not installed", "timeout": f"git took more than {_SECONDS:.0f} s"}
        return GitView(state="unknown", reason=reason.get(offered.outcome, said))
    return GitView(
        state="read",
        tracked=_names(tracked.stdout),
        ignored=_names(ignored.stdout) if ignored.ok else frozenset(),
        offered=_names(offered.stdout),
    )


def _names(listing: str) -> frozenset[str]:
    r"""Names in a listing of ``-z``.

    >>> sorted(_names("a.py\0b c.py\0"))
    ['a.py', 'b c.py']
    """
    return frozenset(name for name in listing.split("\0") if name)
