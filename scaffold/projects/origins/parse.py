r"""What ``--template`` says, taken apart.

::

    cnn  acme:cnn                       an installed template
    pkg:acme_templates/cnn              a folder in an installed package
    ./cnn  ~/templates/cnn  C:\cnn       a folder, a .zip, a .tar.gz, a bare git repository, a bundle
    https://example.org/app.zip         a zip archive, or a .tar.gz
    gh:owner/name  gl:…  bb:…           git: GitHub, GitLab, Bitbucket
    git+https://…  https://….git  ssh://…  git@host:owner/name  git+~/templates

A revision (tag, branch, commit) follows an ``@``, a folder in what is fetched a double slash after it:
``gh:owner/name@v1.2.0//cnn``.
"""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.errors import OptionRefused
from scaffold.projects.origins.addresses import HOSTS, SCP, forge, is_tarball, scp, url
from scaffold.projects.origins.model import Location, LocationKind
from scaffold.projects.origins.spelling import check_revision, folder_in, looking, made, refused

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_INSTALLED = re.compile(r"(\w[\w.-]*:)?\w[\w.-]*")
_PACKAGE = re.compile(r"[A-Za-z_][\w.-]*")

#: What a path ends in that names a file, although there is no slash in it.
_FILES = (".zip", ".tar.gz", ".tgz", ".bundle", ".git")

#: The first bytes of a git bundle: "# v2 git bundle".
_BUNDLE = re.compile(rb"# v\d+ git bundle\n")
#: And of what gzip packed.
_GZIP = b"\x1f\x8b"


def parse_location(text: str, cwd: Path, home: Path | None) -> Location:
    """Where a template is, by what the user wrote; of a path it is looked at what lies there.

    Raises OptionRefused (template-location) for what names no place, or would be an option to git;
    NoPermission, TemplateUnknown for a path that cannot be looked at.
    """
    text = text.strip()
    if not text or text.startswith("-") or not text.isprintable():
        raise refused(text, "is no place where a template could be")
    if "::" in text.partition("/")[0]:
        raise refused(text, "would start a helper program of git")
    if text.startswith("pkg:"):
        return _package(text)
    if text.partition(":")[0] in HOSTS and ":" in text:
        return forge(text)
    if _is_path(text):
        with looking(text):
            return _path(text, cwd, home)
    if "://" in text:
        return url(text)
    if SCP.fullmatch(text):
        return scp(text)
    if not _INSTALLED.fullmatch(text):
        raise refused(text, "is no place where a template could be")
    return Location(kind="installed", text=text, where=text)


def _is_path(text: str) -> bool:
    if "://" in text:
        return text.startswith(("file://", "git+file://"))
    begins = text.startswith(("git+", "~", ".", "/", "\\")) or bool(_DRIVE.match(text))
    return begins or "/" in text.partition(":")[0] or (":" not in text and text.lower().endswith(_FILES))


def at(location: Location, revision: str) -> Location:
    """The same place at another revision, if one is named; OptionRefused where it has none."""
    if not revision:
        return location
    base = location.text.removesuffix(f"//{location.folder}")
    if location.kind == "git":
        base = base.removesuffix(f"@{location.revision}") if location.revision else base
    elif location.kind == "folder" and (Path(location.where) / ".git").exists():
        base = f"git+{base}"
    else:
        raise _without_revisions(location.text)
    return made("git", base, location.where, revision, location.folder)


def _without_revisions(text: str) -> OptionRefused:
    return refused(text, "has no revisions to choose from", "one can be named of a git repository only")


def _package(text: str) -> Location:
    name, _, folder = text.removeprefix("pkg:").partition("/")
    if not _PACKAGE.fullmatch(name):
        raise refused(text, "names no package", "write pkg:acme_templates, or pkg:acme_templates/cnn")
    below = folder_in(folder.strip("/"), text)
    shown = f"pkg:{name}/{below}" if below else f"pkg:{name}"
    return Location(kind="package", text=shown, where=name, folder=below)


def _path(text: str, cwd: Path, home: Path | None) -> Location:
    """A path, as it lies on this machine: the longest reading that names something."""
    asks_git = text.startswith("git+")
    said = _plain(text.removeprefix("git+"))
    whole, _, below = _apart(said)
    place, revision = _absolute(whole, cwd, home), ""
    if not place.exists() and "@" in whole:
        before, _, after = whole.rpartition("@")
        place, revision = _absolute(before, cwd, home), after
        check_revision(revision, text)
    folder = folder_in(below, text)
    kind = _lying(place)
    git = asks_git or (bool(revision) and kind == "folder")
    base = _portable(place, home)
    if git and kind != "git":
        base = f"git+{base}"
    if revision and not git and kind != "git":
        raise _without_revisions(text)
    return made("git" if git else kind, base, str(place), revision, folder)


def _plain(text: str) -> str:
    """A file URL as a path."""
    if not text.startswith("file:"):
        return text
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(text)
    if parts.netloc not in ("", "localhost"):
        raise refused(text, "names a file of another machine")
    return url2pathname(parts.path)


def _apart(path: str) -> tuple[str, str, str]:
    """Before the double slash, and after; the first two of a network share are none."""
    start = 2 if path.startswith(("//", "\\\\")) else 0
    before, slashes, after = path[start:].partition("//")
    return path[:start] + before, slashes, after


def _absolute(path: str, cwd: Path, home: Path | None) -> Path:
    if path == "~" or path.startswith(("~/", "~\\")):
        if home is None:
            raise refused(path, "names a home folder, and this user has none")
        return home / path[2:]
    found = cwd / path
    return found.resolve() if ".." in found.parts else found


def _portable(place: Path, home: Path | None) -> str:
    """What names it from any folder, and in the home of whoever reads it."""
    if home is not None and place != home and place.is_relative_to(home):
        return f"~/{place.relative_to(home).as_posix()}"
    return place.as_posix()


def _lying(place: Path) -> LocationKind:
    if place.is_dir():
        bare = (place / "HEAD").is_file() and (place / "objects").is_dir() and (place / "refs").is_dir()
        return "git" if bare else "folder"
    if place.is_file():
        with place.open("rb") as stream:
            begins = stream.read(64)
        return "git" if _BUNDLE.match(begins) else "tarball" if begins.startswith(_GZIP) else "archive"
    ends: dict[str, LocationKind] = {".zip": "archive", ".git": "git", ".bundle": "git"}
    return "tarball" if is_tarball(place.name) else ends.get(place.suffix.lower(), "folder")
