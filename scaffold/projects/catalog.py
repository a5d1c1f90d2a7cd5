"""Which templates there are.

A distribution brings templates by one entry point::

    [project.entry-points."scaffold.templates"]
    acme = "acme_templates"

The package holds ``<template>/template.toml`` and, shared by its templates, ``parts/<part>/part.toml``.
Our own come in by the same door. The package is found, not imported: listing templates runs nobody's
code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import ScaffoldError, TemplateBroken, TemplateUnknown
from scaffold.projects.manifest import FindPart, is_inside, read_template
from scaffold.projects.model import Template

GROUP = "scaffold.templates"

#: Our own entry point and distribution; a checkout that was never installed has no metadata to tell them.
OWN = "scaffold"
OWN_DISTRIBUTION = "scaffold-dl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A distribution that brings templates."""

    name: str  # of the entry point
    distribution: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All templates that can be used, ours first, and what is wrong with those that cannot."""

    templates: tuple[Template, ...]
    problems: tuple[ScaffoldError, ...] = ()


def find_templates(providers: tuple[Provider, ...] | None = None) -> Catalog:
    """Every template of every provider; a broken one becomes a problem and hides no other."""
    known = find_providers() if providers is None else providers
    templates: list[Template] = []
    problems: list[ScaffoldError] = []
    for provider in known:
        for folder in _template_folders(provider.folder):
            try:
                templates.append(_read(folder, provider, known))
            except TemplateBroken as problem:
                problems.append(problem)
    return Catalog(templates=tuple(templates), problems=tuple(problems))


def find_template(name: str, providers: tuple[Provider, ...] | None = None) -> Template:
    """The template of that name; ``acme:cnn`` is acme's, a bare name ours where two bring it.

    Raises `TemplateUnknown` with the nearest names, `TemplateBroken` where it is there and unusable.
    """
    known = find_providers() if providers is None else providers
    folder, provider = find_folder(name, known)
    return _read(folder, provider, known)


def find_folder(name: str, providers: tuple[Provider, ...] | None = None) -> tuple[Path, Provider]:
    """Where the template of that name lies, and who brings it; it is not read, and may be broken.

    Raises `TemplateUnknown` with the nearest names.
    """
    known = find_providers() if providers is None else providers
    owner, _, bare = name.rpartition(":")
    for provider in known:
        folder = provider.folder / bare
        if owner in ("", provider.name, provider.distribution) and folder in _template_folders(
            provider.folder
        ):
            return folder, provider
    raise _unknown(name, known)


def demand(name: str, folder: Path) -> None:
    """Raise `TemplateUnknown` where no template of that name is installed; a folder of it may be meant."""
    try:
        find_template(name)
    except TemplateUnknown as problem:
        if (folder / name).is_dir():
            problem.hint = f"the folder of that name is meant by: -t ./{name}"
        raise


def template_names() -> tuple[tuple[str, str], ...]:
    """Every template's name and who brings it, by folders alone: what a shell completes while somebody types.

    One that two bring has its provider before it, but for ours: ``acme:cnn``.
    """
    rows: dict[str, str] = {}
    for provider in find_providers():
        for folder in _template_folders(provider.folder):
            name = f"{provider.name}:{folder.name}" if folder.name in rows else folder.name
            rows.setdefault(name, provider.distribution)
    return tuple(rows.items())


def template_in(folder: Path, provider: str) -> Template:
    """The template in any folder; its own parts lie beside it, others are named with their provider.

    Raises `TemplateBroken`.
    """
    beside = Provider(name=provider, distribution=provider, folder=folder.parent)
    return _read(folder, beside, (*find_providers(), beside))


def find_providers() -> tuple[Provider, ...]:
    """Who brings templates, ours first, the others by name."""
    from importlib.metadata import entry_points

    own = _folder(OWN)
    if own is None:
        raise TemplateBroken(
            "this installation of scaffold has no templates",
            hint="install it again: pip install --force-reinstall scaffold-dl",
        )
    found = {OWN: Provider(name=OWN, distribution=OWN_DISTRIBUTION, folder=own)}
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        folder = _folder(entry.module)
        if folder is not None and entry.name not in found:
            distribution = entry.dist.name if entry.dist is not None else entry.name
            found[entry.name] = Provider(name=entry.name, distribution=distribution, folder=folder)
    return tuple(found.values())


def _folder(module: str) -> Path | None:
    """Where a package keeps its templates.

    In a wheel of ours they lie in the package; in a checkout beside it, where a reader looks for them.
    """
    from importlib.util import find_spec

    top, *below = module.split(".")  # find_spec of a dotted name would import the package above
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    for location in (spec.submodule_search_locations or ()) if spec is not None else ():
        package = Path(location, *below)
        candidates = [package / "_templates", package]
        if module == OWN:
            candidates.append(package.parent / "templates")
        for candidate in candidates:
            if _template_folders(candidate):
                return candidate
    return None


def guide() -> Path:
    """The file that tells of a template's format, beside our own templates."""
    return (_folder(OWN) or Path("templates")) / "README.md"


def _template_folders(root: Path) -> tuple[Path, ...]:
    return tuple(sorted(path.parent for path in root.glob("*/template.toml")))


def _read(folder: Path, provider: Provider, providers: tuple[Provider, ...]) -> Template:
    find_part = part_finder(provider, {one.name: one for one in providers})
    return read_template(folder, provider=provider.distribution, find_part=find_part)


def part_finder(provider: Provider, providers: Mapping[str, Provider]) -> FindPart:
    """A bare name is a part of the same provider; ``scaffold:images`` one of another's."""

    def find(name: str) -> Path:
        owner, _, bare = name.rpartition(":")
        brings = providers.get(owner or provider.name)
        if brings is None:
            raise TemplateBroken(f"the part {name!r} is of {owner!r}, which is not installed")
        folder = brings.folder / "parts" / bare
        if not folder.is_dir() or not is_inside(brings.folder / "parts", bare):
            raise TemplateBroken(
                f"{brings.distribution} has no part {bare!r}",
                detail=tuple(_near(bare, _names(brings.folder / "parts"))),
            )
        return folder

    return find


def _unknown(name: str, providers: tuple[Provider, ...]) -> TemplateUnknown:
    names = [folder.name for provider in providers for folder in _template_folders(provider.folder)]
    near = next(_near(name, names), f"there are: {', '.join(sorted(set(names))) or 'none'}")
    return TemplateUnknown(f"there is no template {name!r}", detail=(near,), hint="scaffold templates")


def _near(name: str, names: list[str]) -> Iterator[str]:
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        yield f"near to it: {', '.join(close)}"


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
