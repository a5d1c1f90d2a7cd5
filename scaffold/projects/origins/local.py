"""A template's folder on this machine that lies in a git repository: which revision it is, if it is one.

Nothing of the repository's choice is run: what is in the folder is compared with what is committed here, and
not by git, which would start the filters that a repository names.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

from scaffold.projects.origins.git import LOCAL, version_of
from scaffold.projects.origins.model import Fetched
from scaffold.projects.origins.program import git
from scaffold.system import System

_LISTED = re.compile(r"(?P<mode>\d+) \w+ (?P<object>[0-9a-f]+)\t(?P<name>.+)", re.DOTALL)


def with_revision(found: Fetched, system: System) -> Fetched:
    """The same, with version and commit where git knows the folder; what is not committed is noticed."""
    folder = found.folder.absolute()
    in_git = any((one / ".git").exists() for one in (folder, *folder.parents))
    if not in_git or found.kind == "scaffold":  # a template of our kind says its version itself
        return found
    commit, listed = (
        _asked(system, folder, *words)
        for words in (("rev-parse", "--verify", "HEAD^{commit}"), ("ls-tree", "-r", "-z", "HEAD", "--", "."))
    )
    if not commit or not listed:  # no commit, no git, or a folder that lies in a repository of something else
        return found
    name = _asked(system, folder, "describe", "--tags", "--always", "HEAD").strip()
    commit = commit.strip()
    version = commit[:12] if commit.startswith(name) else version_of(name)
    changed = _changed(system, folder, listed)
    known = replace(found, version=version, revision=commit, described=name)
    notice = f"not all of it is committed, such as {changed}: its files were taken as they lie there"
    return replace(known, notices=(*found.notices, notice)) if changed else known


def _changed(system: System, folder: Path, listed: str) -> str:
    """A file that is not as it is committed; "" where all are."""
    for line in filter(None, listed.split("\0")):
        found = _LISTED.fullmatch(line)
        assert found is not None, line
        if not _is(folder / found["name"], found["mode"], found["object"]):
            return found["name"]
    return _asked(system, folder, "ls-files", "--others", "--exclude-standard", "-z").partition("\0")[0]


def _is(path: Path, mode: str, blob: str) -> bool:
    try:
        if mode == "120000":
            content = os.fsencode(os.readlink(path))
        elif path.is_symlink() or (os.name == "posix" and os.access(path, os.X_OK) != (mode == "100755")):
            return False
        else:
            content = path.read_bytes()
    except OSError:
        return False
    digest = hashlib.new("sha1" if len(blob) == 40 else "sha256", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content) + content)
    return digest.hexdigest() == blob


def _asked(system: System, folder: Path, *words: str) -> str:
    done = git(system, *words, seconds=LOCAL, cwd=folder)
    return done.stdout if done.ok else ""
