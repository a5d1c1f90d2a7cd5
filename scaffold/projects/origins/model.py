"""A template's origin, as the user named it and as it lies on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.projects.model import TemplateKind

#: "installed": one of `catalog`'s; "package": any folder inside an installed package, pkg:acme_templates/cnn.
#: "archive": a zip; "tarball": a .tar.gz.
LocationKind = Literal["installed", "package", "folder", "archive", "tarball", "git"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """What ``--template`` says, taken apart; nothing was fetched yet.

    ``text`` is what a record keeps and what the user may type again, also from another folder.
    """

    kind: LocationKind
    text: str  # cnn · gh:owner/name · ~/templates/app · https://example.org/app.zip
    where: str  # the template's name, the package, the absolute path, the URL with the user's own login
    revision: str = ""  # a tag, branch or commit that was asked for
    folder: str = ""  # below what is fetched
    format: TemplateKind | None = None  # whose template is meant, where there are several in one folder

    @property
    def name(self) -> str:
        """What a template there is called: the last word of its place, as ``cnn`` of gh:owner/name//cnn.

        >>> Location(kind="git", text="", where="git@host:owner/cnn.git").name
        'cnn'
        """
        last = re.split(r"[/\\:]", (self.folder or self.where).partition("?")[0].rstrip("/\\"))[-1]
        return re.sub(r"\.(git|zip|tar\.gz|tgz|bundle)$", "", last, flags=re.IGNORECASE)

    @property
    def is_brought(self) -> bool:
        """Whether its files are brought for a moment only: none of them lies here to be edited or used."""
        return self.kind in ("archive", "tarball", "git")

    @property
    def public(self) -> str:
        """Where it is, fit to be printed and kept: without a login and without a key."""
        from scaffold.sources.credentials import without_access

        return without_access(self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A template's files on this machine, safe to look at: whole, bounded, no link out of the folder."""

    location: Location
    folder: Path  # holds template.toml, copier.yml (copier.yaml) or cookiecutter.json
    kind: TemplateKind  # never "none"
    version: str  # a tag without its v, a commit, the first 12 digits of a sha256; of a folder what git says
    revision: str = ""  # the whole commit or sha256
    described: str = ""  # as git calls that commit: a tag, spelt as it is; "" where it has no name
    notices: tuple[str, ...] = ()  # what to know of these files
