"""How a template's place is spelt: what may follow it, and what a project's record keeps of it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from scaffold.errors import OptionRefused
from scaffold.projects.origins.model import Location, LocationKind
from scaffold.sources.redact import redact

FORMS = "a name, pkg:PACKAGE, a folder, a .zip or .tar.gz, gh:OWNER/NAME or the address of a git repository"

_REVISION = re.compile(r"[^\W_][\w.+/-]*")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def refused(text: str, why: str, hint: str = "") -> OptionRefused:
    """What ``--template`` cannot mean."""
    return OptionRefused(
        f"{redact(text)!r} {why}", hint=hint or f"a template is named by {FORMS}", code="template-location"
    )


def made(kind: LocationKind, base: str, where: str, revision: str, folder: str) -> Location:
    """A place, whose text says all that another day is to find the same template, or a newer one.

    >>> made("git", "gh:a/b", "https://github.com/a/b.git", "main", "cnn").text
    'gh:a/b@main//cnn'
    >>> made("git", "gh:a/b", "https://github.com/a/b.git", "v1.2.0", "cnn").text
    'gh:a/b//cnn'
    """
    if revision:
        check_revision(revision, base)
    tail = f"@{revision}" if revision and not passes(revision) else ""
    text = f"{base}{tail}//{folder}" if folder else f"{base}{tail}"
    return Location(kind=kind, text=text, where=where, revision=revision, folder=folder)


def passes(revision: str) -> bool:
    """Whether a revision is a version or a commit, which an update goes beyond; a branch goes on."""
    from packaging.version import InvalidVersion, Version

    if _COMMIT.fullmatch(revision):
        return True
    try:
        Version(revision)
    except InvalidVersion:
        return False
    return True


def check_revision(revision: str, text: str) -> None:
    """Raise OptionRefused for what git would not take as the name of a tag, branch or commit."""
    if not _REVISION.fullmatch(revision) or ".." in revision or revision.endswith(("/", ".lock", ".")):
        raise refused(text, f"asks for {revision!r}, which is no tag, branch or commit")


def split(text: str, rest: str) -> tuple[str, str, str]:
    """The end of a text, which may be ``…@revision//folder``: what is before, revision, folder."""
    if "#" in rest:
        raise refused(text, "ends in a #", "a folder follows a double slash: gh:owner/name@v1//cnn")
    before, _, folder = rest.partition("//")
    where, at, revision = before.partition("@")
    if at:
        check_revision(revision, text)
    return where, revision, folder_in(folder, text)


def folder_in(folder: str, text: str) -> str:
    """A folder below what is fetched, without needless slashes; OptionRefused where it leads out."""
    parts = PurePosixPath(folder).parts
    if ".." in parts or folder.startswith(("/", "-")) or "\\" in folder or ":" in folder:
        raise refused(text, "names a folder outside of what is fetched")
    if "@" in folder:
        raise refused(text, "has its revision in the wrong place", "before the folder: gh:owner/name@v1//cnn")
    return "/".join(parts)
