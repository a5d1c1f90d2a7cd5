"""A template in a git repository: which revision, and its files, fetched without running anything of it.

Only objects are fetched; what is in them is looked at before a single file is written.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import TemplateUnreachable
from scaffold.projects.origins import limits
from scaffold.projects.origins.limits import Guard, Kind, unsafe
from scaffold.projects.origins.model import Location
from scaffold.projects.origins.program import failed, git, git_bounded, quiet_attributes, remote
from scaffold.system import Completed, System

#: Seconds: to ask for the names of revisions, to fetch one, for what is done on this machine.
ASKING, FETCHING, LOCAL = 60.0, 600.0, 120.0

#: As git lists a tree: mode, type, object, size, name.
_LISTED = re.compile(
    r"(?P<mode>\d+) (?P<type>\w+) (?P<object>[0-9a-f]+) +(?P<size>\d+|-)\t(?P<name>.+)", re.DOTALL
)
_KINDS: Mapping[str, Kind] = {"100644": "file", "100755": "file", "100664": "file", "120000": "link"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A moment of a repository."""

    name: str  # a tag, a branch; HEAD; a commit
    ref: str  # what git fetches: refs/tags/v1.2.0, HEAD, a commit
    version: str  # the tag without its v; "" where it is none


class Repository:
    """A repository of ours, into which one revision of somebody's is fetched; its files lie elsewhere."""

    def __init__(self, location: Location, system: System, folder: Path, files: Path) -> None:
        self._location, self._system, self._files = location, system, files
        self._folder, self._own = folder, {"GIT_DIR": str(folder), "GIT_WORK_TREE": str(files)}
        self._remote = remote(location)

    def checkout(self, revision: Revision) -> str:
        """Write the files of a revision into their folder, which is empty; the commit."""
        self._do("init", "--quiet", "--template=", seconds=LOCAL)
        quiet_attributes(self._folder)
        wanted = self._fetch(revision)
        commit = self._do("rev-parse", "--verify", "--end-of-options", f"{wanted}^{{commit}}", seconds=LOCAL)
        commit = commit.strip()
        self._admit(commit)
        self._do("checkout", "--quiet", "--force", "--detach", commit, seconds=LOCAL)
        return commit

    def _fetch(self, revision: Revision) -> str:
        """Only that revision where the other side can; all of them where it is a commit and it cannot."""
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        single = (*fetch, "--depth=1", "--", self._remote, f"{revision.ref}:refs/scaffold/wanted")
        if self._bring(*single).ok:
            return "refs/scaffold/wanted"
        everything = ("+refs/heads/*:refs/scaffold/heads/*", "+refs/tags/*:refs/scaffold/tags/*")
        done = self._bring(*fetch, "--", self._remote, *everything)
        if not done.ok:
            raise failed(self._location, done)
        if revision.ref.startswith("refs/"):
            return revision.ref.replace("refs/", "refs/scaffold/", 1)
        found = self._run(
            "rev-parse", "--verify", "--end-of-options", f"{revision.ref}^{{commit}}", seconds=LOCAL
        )
        if not found.ok:
            raise unknown(self._location, revision.name, ())
        return revision.ref

    def _bring(self, *arguments: str) -> Completed:
        """From a server that may send without end."""
        return git_bounded(
            self._system, *arguments, seconds=FETCHING, own=self._own, location=self._location,
            wrong=lambda _: _too_large(self._folder),
        )  # fmt: skip

    def _listed(self, commit: str) -> Iterator[str]:
        """The rows of a tree, of which a few objects can make any number."""
        done = git_bounded(
            self._system, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, seconds=LOCAL, own=self._own,
            location=self._location, wrong=_long,
        )  # fmt: skip
        if not done.ok:
            raise failed(self._location, done)
        return filter(None, done.stdout.split("\0"))

    def _admit(self, commit: str) -> None:
        """Look at every path of a commit before one of them is written."""
        guard = Guard()
        for line in self._listed(commit):
            found = _LISTED.fullmatch(line)
            assert found is not None, line
            name, mode = found["name"], found["mode"]
            if mode == "160000":
                raise unsafe(
                    name, "is a submodule, which is another repository: clone it yourself with\n"
                    "git clone --recurse-submodules and name the folder",
                )  # fmt: skip
            kind = _KINDS.get(mode, "other")
            size = int(found["size"]) if found["size"].isdigit() else 0
            if kind == "link" and size > limits.TARGET:
                raise unsafe(name, f"is a link with a target of more than {limits.TARGET} bytes")
            target = self._do("cat-file", "blob", found["object"], seconds=LOCAL) if kind == "link" else ""
            guard.admit(name, kind, size=size, target=target)

    def _do(self, *arguments: str, seconds: float) -> str:
        done = self._run(*arguments, seconds=seconds)
        if not done.ok:
            raise failed(self._location, done)
        return done.stdout

    def _run(self, *arguments: str, seconds: float) -> Completed:
        return git(self._system, *arguments, seconds=seconds, cwd=self._files, own=self._own)


def revisions(location: Location, system: System) -> Mapping[str, str]:
    """Every ref of a repository and its commit, HEAD's included; raises TemplateUnreachable."""
    done = git_bounded(
        system,
        "ls-remote",
        "--quiet",
        "--",
        remote(location),
        seconds=ASKING,
        location=location,
        wrong=_long,
    )
    if not done.ok:
        raise failed(location, done)
    rows = (line.partition("\t") for line in done.stdout.splitlines())
    # An annotated tag is listed twice, the second time with the commit that it stands for.
    return {ref.removesuffix("^{}"): name for name, _, ref in rows}


def _long(said: Path) -> str:
    return "lists more names than a template can have" if said.stat().st_size > limits.LISTED else ""


def _too_large(folder: Path) -> str:
    return f"brings more than {limits.FETCHED >> 20} MB" if _size(folder) > limits.FETCHED else ""


def _size(folder: Path) -> int:
    """Bytes of what lies there now; git makes and removes files meanwhile."""
    whole = 0
    for above, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                whole += os.lstat(Path(above, name)).st_size
    return whole


def choose(location: Location, refs: Mapping[str, str]) -> Revision:
    """The revision that was asked for; else the newest version, else what is checked out by default.

    Raises TemplateUnreachable (revision-unknown).
    """
    tags = {ref.removeprefix("refs/tags/"): ref for ref in refs if ref.startswith("refs/tags/")}
    asked = location.revision
    if not asked:
        name = newest(tuple(tags))
        if name:
            return Revision(name=name, ref=tags[name], version=version_of(name))
        if "HEAD" not in refs and not any(ref.startswith("refs/heads/") for ref in refs):
            raise unknown(location, "HEAD", ())
        ref = "HEAD" if "HEAD" in refs else next(ref for ref in refs if ref.startswith("refs/heads/"))
        return Revision(name="HEAD", ref=ref, version="")
    for name in (asked, f"v{asked}"):
        if name in tags:
            return Revision(name=name, ref=tags[name], version=version_of(name))
    if f"refs/heads/{asked}" in refs:
        return Revision(name=asked, ref=f"refs/heads/{asked}", version="")
    if re.fullmatch(r"[0-9a-f]{7,64}", asked):
        return Revision(name=asked, ref=asked, version="")
    raise unknown(location, asked, tuple(tags))


def newest(tags: tuple[str, ...]) -> str:
    """The newest version among tags (PEP 440), previews left out; "" where there is none.

    >>> newest(("v1.9.0", "v1.10.0", "v2.0.0rc1", "nightly"))
    'v1.10.0'
    """
    from packaging.version import InvalidVersion, Version

    found = []
    for tag in tags:
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        if not version.is_prerelease:
            found.append((version, tag))
    return max(found)[1] if found else ""


def version_of(tag: str) -> str:
    """A tag without its v."""
    return tag[1:] if re.match(r"v\d", tag) else tag


def unknown(location: Location, name: str, tags: tuple[str, ...]) -> TemplateUnreachable:
    """No such revision."""
    from difflib import get_close_matches

    near = get_close_matches(name, tags, n=5, cutoff=0.4) or list(tags)[-5:]
    return TemplateUnreachable(
        f"{location.text} has no revision {name!r}",
        detail=(f"tags: {', '.join(near)}",) if near else ("it has no tags",),
        hint="name a tag, a branch or a commit of it; without any, the newest version is taken",
        code="revision-unknown",
    )
