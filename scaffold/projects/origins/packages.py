"""Folders in installed packages: found by their metadata, never imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from scaffold.errors import TemplateUnknown
from scaffold.projects.origins.kinds import SHELF, manifest_in
from scaffold.projects.origins.model import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An installed package that may hold templates."""

    folder: Path
    version: str  # of the distribution that brings it; "" where none says so


def find_package(name: str) -> Package:
    """A package, by the name that Python imports (acme.templates) or pip installs (acme-templates).

    Raises TemplateUnknown (template-missing).
    """
    from importlib.metadata import PackageNotFoundError, distribution, distributions

    folder = _folder(name)
    if folder is not None:
        # packages_distributions() of Python 3.10 knows only distributions with a top_level.txt.
        top = name.partition(".")[0]
        brings = (one for one in distributions() if top in _tops(one.read_text("top_level.txt"), one.files))
        return Package(folder=folder, version=next((one.version for one in brings), ""))
    try:
        found = distribution(name)
    except PackageNotFoundError:
        found = None
    for one in _tops(found.read_text("top_level.txt"), found.files) if found is not None else ():
        folder = _folder(one)
        if folder is not None and found is not None:
            return Package(folder=folder, version=found.version)
    raise TemplateUnknown(
        f"there is no package {name} in the environment of scaffold",
        hint=f"install it beside scaffold: pip install {name}",
        code="template-missing",
    )


def in_package(location: Location, folder: Path) -> Location:
    """The place of a template in a package, by the rule by which those of providers are found.

    They may lie in its folder _templates. Where there is one, no name is needed.
    """
    shelves = (folder / SHELF, folder)
    if location.folder:
        found = next((one for one in shelves if (one / location.folder).is_dir()), folder)
        below = (found / location.folder).relative_to(folder).as_posix()
        return replace(location, folder=below)
    for shelf in shelves if not manifest_in(folder) else ():
        templates = sorted(one for one in shelf.glob("*/") if manifest_in(one))
        if len(templates) == 1:
            name = templates[0].name
            below = templates[0].relative_to(folder).as_posix()
            return replace(location, text=f"{location.text}/{name}", folder=below)
        if templates:
            break
    return location


def _tops(listed: str | None, files: Iterable[PurePath] | None) -> tuple[str, ...]:
    """Top folders of a distribution, by what it says of itself, or by its files."""
    names = (listed or "").split()
    names += [path.parts[0] for path in files or () if len(path.parts) > 1]
    return tuple(dict.fromkeys(name for name in names if name.isidentifier()))


def _folder(name: str) -> Path | None:
    """Where a package lies; of a dotted name only the first is asked for: the others would be imported."""
    from importlib.util import find_spec

    top, *below = name.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    places = (spec.submodule_search_locations or ()) if spec is not None else ()
    return next((found for place in places if (found := Path(place, *below)).is_dir()), None)
