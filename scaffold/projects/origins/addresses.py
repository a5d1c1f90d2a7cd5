"""Addresses of templates on other machines: git repositories, zip and tar.gz archives."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit, urlunsplit

from scaffold.projects.origins.model import Location, LocationKind
from scaffold.projects.origins.spelling import folder_in, hidden, made, refused, split
from scaffold.sources.credentials import without_access

#: What stands before the colon -> whose repositories are meant.
HOSTS = {"gh": "github.com", "gl": "gitlab.com", "bb": "bitbucket.org"}

#: There an address of two words is a repository: what a browser shows.
_FORGES = frozenset({*HOSTS.values(), "codeberg.org"})

#: Nobody listens on the way to this machine itself.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

#: As scp has it: git@host:owner/name.
SCP = re.compile(r"(?P<host>[\w.+-]+@[\w.-]+):(?P<path>[^:]+)")
_REPOSITORY = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)+")


def forge(text: str) -> Location:
    """``gh:owner/name``."""
    short, _, rest = text.partition(":")
    said, revision, folder = split(text, rest.removeprefix("/"))
    name = said.rstrip("/").removesuffix(".git")
    if not _REPOSITORY.fullmatch(name) or name.startswith("-"):
        raise refused(text, "names no repository", f"write {short}:owner/name")
    return made("git", f"{short}:{name}", f"https://{HOSTS[short]}/{name}.git", revision, folder)


def scp(text: str) -> Location:
    """``git@host:owner/name``."""
    found = SCP.fullmatch(text)
    assert found is not None
    path, revision, folder = split(text, found["path"])
    user, _, host = found["host"].partition("@")
    _refuse_option(text, user, host, path)
    where = f"{user}@{host}:{path}"
    return made("git", where, where, revision, folder)


def url(text: str) -> Location:
    """An address with a scheme."""
    try:
        parts = urlsplit(text.removeprefix("git+"))
    except ValueError as problem:
        raise refused(text, "is no address") from problem
    _refuse_scheme(text, parts)
    _refuse_option(text, parts.username or "", parts.hostname or "", "")
    if not text.startswith("git+") and _is_archive(parts.path.partition("//")[0]):
        return _archive(text, parts)
    path, revision, folder = split(text, f"{parts.path}#" if parts.fragment else parts.path)
    path = path.rstrip("/")
    plain = not text.startswith("git+") and parts.scheme != "ssh"
    if plain and not path.endswith(".git"):
        if parts.hostname not in _FORGES or len(PurePosixPath(path).parts) != 3:
            raise refused(
                text,
                "is neither a .zip or .tar.gz nor surely a git repository",
                f"write git+{hidden(without_access(text))}",
            )
        path = f"{path}.git"
    where = urlunsplit(parts._replace(path=path, fragment=""))
    shown = without_access(where)
    known = parts.scheme == "ssh" or path.endswith(".git")
    return made("git", shown if known else f"git+{shown}", where, revision, folder)


def _archive(text: str, parts: SplitResult) -> Location:
    """Its folder follows the path: …/app.zip//cnn, which no server is asked for."""
    path, _, below = parts.path.partition("//")
    if parts.scheme == "ssh" or parts.fragment:
        raise refused(
            text, "is no archive that can be fetched", "take https:// and the address of a .zip or .tar.gz"
        )
    where = urlunsplit(parts._replace(path=path))
    kind: LocationKind = "tarball" if is_tarball(path) else "archive"
    return made(kind, without_access(where), where, "", folder_in(below, text))


def is_tarball(name: str) -> bool:
    """By its name, where nothing of it can be looked at yet."""
    return name.lower().endswith((".tar.gz", ".tgz"))


def _is_archive(name: str) -> bool:
    return name.lower().endswith(".zip") or is_tarball(name)


def _refuse_scheme(text: str, parts: SplitResult) -> None:
    if parts.scheme not in ("https", "http", "ssh") or not parts.hostname:
        raise refused(text, "is no address that templates are fetched from", "take https:// or ssh://")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise refused(text, "is not encrypted: anybody on the way could change it", "take https://")


def _refuse_option(text: str, *words: str) -> None:
    if any(word.startswith("-") for word in words):
        raise refused(text, "would be an option to ssh")
