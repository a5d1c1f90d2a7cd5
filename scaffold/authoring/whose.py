"""Whose a template's files are: those that its author edits, and those that others bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from scaffold.projects.compose import chosen_parts
from scaffold.projects.model import Template

#: Where installers put packages.
_INSTALLED = frozenset({"site-packages", "dist-packages"})

#: What packages call the place of their source, the best first.
_SOURCES = ("source", "source code", "repository", "github", "code", "homepage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """Files of a project that are not its template's to change, and who brings them."""

    distribution: str
    folder: Path  # holds the parts, or is the template's
    parts: tuple[str, ...]  # none: the template itself is installed, and no part of another's
    files: Mapping[PurePosixPath, Path]
    source: str = ""  # a URL under which a package says that its source is


def sorted_out(
    template: Template, sources: Mapping[PurePosixPath, Path]
) -> tuple[dict[PurePosixPath, Path], tuple[Lent, ...]]:
    """The files that are the author's own, and what others bring.

    The author's are those of the template and of the parts beside it; of an installed package none: its files
    are the installer's, and the next upgrade would replace them.
    """
    from scaffold.projects.catalog import find_providers

    own = template.folder.parent.resolve()
    brings = {one.folder.resolve(): one.distribution for one in find_providers()}
    installed = _installed(template.folder)
    of_others = {
        part.folder: part
        for part in chosen_parts(template, template.frameworks)
        if part.folder.parent.parent.resolve() != own
    }
    links: dict[PurePosixPath, Path] = {}
    found: dict[tuple[str, Path], dict[PurePosixPath, Path]] = {}
    parts: dict[tuple[str, Path], dict[str, None]] = {}
    for path, source in sources.items():
        part = next((of_others[one] for one in source.parents if one in of_others), None)
        if part is not None:
            root = part.folder.parent.parent
            owner = (brings.get(root.resolve(), str(root)), part.folder.parent)
            parts.setdefault(owner, {})[part.name] = None
        elif installed:
            owner = (installed, template.folder)
        else:
            links[path] = source
            continue
        found.setdefault(owner, {})[path] = source
    lent = (
        Lent(
            distribution=owner[0], folder=owner[1], files=files, source=_source(owner[0]),
            parts=tuple(parts.get(owner, ())),
        )
        for owner, files in found.items()
    )  # fmt: skip
    return links, tuple(lent)


def _installed(template: Path) -> str:
    """The distribution to which a template's files belong; "" where they are not installed, or editable."""
    folder = template.resolve()
    for place in folder.parents:
        inside = (folder / "template.toml").relative_to(place).as_posix()
        for distribution in _distributions(place):
            record = distribution.read_text("RECORD") or ""
            if any(line.startswith(f"{inside},") for line in record.splitlines()):
                return distribution.name
    kept = next((place for place in folder.parents if place.name in _INSTALLED), None)
    return folder.relative_to(kept).parts[0] if kept else ""  # some installers leave no list of files


def _distributions(place: Path) -> Iterator[Distribution]:
    for folder in sorted(place.glob("*.dist-info")):
        yield Distribution.at(folder)


def _source(distribution: str) -> str:
    """Where a distribution's source is, as its metadata say; "" where they do not."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        told = metadata(distribution)
    except PackageNotFoundError:
        return ""
    rows = (row.partition(",") for row in told.get_all("Project-URL") or ())
    urls = {label.strip().lower(): url.strip() for label, _, url in rows}
    return next((urls[one] for one in _SOURCES if one in urls), "")
