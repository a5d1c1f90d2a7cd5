"""How a template's place is spelt: what may follow it, and what a project's record keeps of it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.errors import NoPermission, OptionRefused, TemplateUnknown
from scaffold.projects.origins.model import Location, LocationKind
from scaffold.sources.redact import redact

FORMS = "a name, pkg:PACKAGE, a folder, a .zip or .tar.gz, gh:OWNER/NAME or the address of a git repository"

_REVISION = re.compile(r"[^\W_][\w.+/-]*")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


#: A login where no scheme says so: all from the first colon to the last @, whatever a password holds.
_LOGIN = re.compile(r":\S*@")
#: One behind a scheme whose password holds a slash: what follows the colon is no port.
_ODD_LOGIN = re.compile(r"://[^/\s:@]*:(?!\d+(?:/|$))\S*@")
#: A repository with its revision, or a folder of Windows: their @ is another.
_HARMLESS = re.compile(r"(gh|gl|bb):/?[\w.-]+(/[\w.-]+)+@|[A-Za-z]:[\\/]")
_VALUE = re.compile(r"(?P<name>[?&;#][^=&;#\s]*=)[^&;#\s]+")


def hidden(text: str) -> str:
    """What the user wrote as a place, less what could be a secret in it, also where it is misspelt.

    >>> hidden("gh:me:s3cr3t@o/n"), hidden("gh:o/n@v1"), hidden("https://host/a.git;token=s3cr3t")
    ('gh:***@o/n', 'gh:o/n@v1', 'https://host/a.git;token=***')
    """
    shown = _VALUE.sub(r"\g<name>***", _ODD_LOGIN.sub("://***@", redact(text)))
    return shown if "://" in shown or _HARMLESS.match(shown) else _LOGIN.sub(":***@", shown)


def refused(text: str, why: str, hint: str = "") -> OptionRefused:
    """What ``--template`` cannot mean."""
    return OptionRefused(
        f"{hidden(text)!r} {why}", hint=hint or f"a template is named by {FORMS}", code="template-location"
    )


@contextlib.contextmanager
def looking(text: str) -> Iterator[None]:
    """What the system refuses in the block, as an error about the place that ``text`` names.

    Raises NoPermission, TemplateUnknown.
    """
    try:
        yield
    except PermissionError as refusal:
        raise NoPermission(
            f"the template {hidden(text)} cannot be read: {refusal.strerror}",
            detail=(f"at {refusal.filename}",) if refusal.filename else (),
            hint="take one that this user may read",
        ) from refusal
    except OSError as refusal:
        raise TemplateUnknown(
            f"the template {hidden(text)} cannot be looked at: {refusal.strerror or refusal}",
            hint="see that the path is right",
            code="template-missing",
        ) from refusal


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
