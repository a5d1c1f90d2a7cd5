"""A template's files on this machine: used where they lie, unpacked, or cloned for a moment."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.errors import TemplateBroken, TemplateUnknown, TemplateUnsafe
from scaffold.passing import passing_folder
from scaffold.projects.origins import limits
from scaffold.projects.origins.kinds import choice_notice, kind_of, name_below
from scaffold.projects.origins.limits import check_tree, inside
from scaffold.projects.origins.model import Fetched, Location
from scaffold.projects.origins.spelling import looking
from scaffold.system import System

#: Where a template is brought to, below a folder of ours that is soon gone.
FILES = "template"


@contextlib.contextmanager
def fetched(location: Location, system: System) -> Iterator[Fetched]:
    """The template at a place, as long as the block runs; nothing of it was run.

    The bounds of `limits` hold for everybody's, trusted or not.
    Raises TemplateUnknown, TemplateBroken, TemplateUnsafe, TemplateUnreachable, NoSpace.
    """
    if location.kind == "folder":
        from scaffold.projects.origins.local import with_revision

        yield with_revision(in_place(location), system)
    elif not location.is_brought:
        yield in_place(location)
    else:
        with passing_folder("scaffold-") as folder:
            bring = _git if location.kind == "git" else _archive
            with _named_by(location, folder / FILES):
                yield bring(location, system, folder)


@contextlib.contextmanager
def _named_by(location: Location, root: Path) -> Iterator[None]:
    """An error names files as they lie at the template's place, not in a folder that is gone by then."""
    try:
        yield
    except TemplateBroken as problem:
        problem.message = problem.message.replace(f"{root}{os.sep}", f"{location.text}: ")
        problem.detail = tuple(one.replace(f"{root}{os.sep}", "") for one in problem.detail)
        raise


def in_place(location: Location) -> Fetched:
    """A template that lies on this machine as files: installed, in a package, in a folder.

    Raises TemplateUnknown, TemplateBroken, TemplateUnsafe.
    """
    if location.kind == "installed":
        return _installed(location)
    if location.kind == "package":
        from scaffold.projects.origins.packages import find_package, in_package

        found = find_package(location.where)
        named = in_package(location, found.folder)
        return _looked_at(named, found.folder, found.version)
    return _looked_at(location, Path(location.where), "")


def _installed(location: Location) -> Fetched:
    from scaffold.projects.catalog import find_template

    template = find_template(location.where)
    return Fetched(location=location, folder=template.folder, kind="scaffold", version=template.version)


def _looked_at(location: Location, root: Path, version: str) -> Fetched:
    """A folder that stays where it is; of templates in our format, what they share lies beside it."""
    with looking(location.text):
        return _whole(location, root, version)


def _whole(location: Location, root: Path, version: str) -> Fetched:
    if not root.is_dir():
        raise TemplateUnknown(
            f"there is no folder {root}", hint="see that the path is right", code="template-missing"
        )
    found = _found(location, _below(root, location), version)
    shared = [found.folder.parent / name for name in ("parts", "prose")] if found.kind == "scaffold" else []
    try:
        for one in filter(Path.is_dir, (found.folder, *shared)):
            check_tree(one)
    except TemplateUnsafe as problem:
        problem.hint = "take it out of that folder, or tell the template's author"
        raise
    return found


def _found(
    location: Location, folder: Path, version: str, revision: str = "", described: str = ""
) -> Fetched:
    kind = kind_of(folder, location.text, location.format)
    notice = "" if location.format else choice_notice(folder, kind)
    return Fetched(
        location=location, folder=folder, kind=kind, version=version, revision=revision,
        described=described, notices=(notice,) if notice else (),
    )  # fmt: skip


def _archive(location: Location, system: System, temporary: Path) -> Fetched:
    from scaffold.projects.origins import tarball
    from scaffold.projects.origins.archive import bring, unpack

    archive, root = temporary / "archive", temporary / FILES
    root.mkdir()
    sha256 = bring(location, system, archive)
    lay = tarball.unpack if location.kind == "tarball" else unpack
    lay(archive, root, location.text)
    archive.unlink()
    return _found(location, _below(_only_folder(root), location), sha256[:12], sha256)


def _git(location: Location, system: System, temporary: Path) -> Fetched:
    from scaffold.projects.origins.git import Repository, choose, revisions

    revision = choose(location, revisions(location, system))
    root = temporary / FILES
    root.mkdir()
    commit = Repository(location, system, temporary / "repository", root).checkout(revision)
    with looking(location.text):
        check_tree(root)
    tag = revision.name if revision.version else ""
    return _found(location, _below(root, location), revision.version or commit[:12], commit, tag)


def _below(root: Path, location: Location) -> Path:
    folder = root / location.folder
    if not folder.is_dir() or not inside(root, folder):
        whole = re.sub(f"//?{re.escape(location.folder)}$", "", location.text)
        below = sorted(
            one.name for one in root.iterdir() if one.is_dir() and one.name not in limits.PASSED_OVER
        )
        raise TemplateUnknown(
            f"{location.text}: there is no folder {location.folder}",
            detail=(f"there are: {', '.join(below) or 'none'}",),
            hint=f"name one of them: {name_below(whole, root, below[0])}" if below else "name what holds it",
            code="template-missing",
        )
    return folder


def _only_folder(root: Path) -> Path:
    """An archive that a website makes of a repository holds one folder, in which everything lies."""
    names = [one for one in root.iterdir() if one.name != "__MACOSX"]
    return names[0] if len(names) == 1 and names[0].is_dir() and not names[0].is_symlink() else root
