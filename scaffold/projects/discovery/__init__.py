"""A project that no template of ours made, seen by its files: what it needs and what can be started in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scaffold.projects.asking.building import unnamed
from scaffold.projects.asking.model import Asked
from scaffold.projects.asking.reading import PLANNED, asked, distribution
from scaffold.projects.discovery.contents import NOTEBOOK, Contents, FolderContents, SnapshotContents, code
from scaffold.projects.discovery.model import Discovered
from scaffold.toml import TOMLDecodeError, loads

__all__ = ["Contents", "Discovered", "FolderContents", "SnapshotContents", "discover"]


def discover(contents: Contents) -> Discovered:
    """Look at a project. Nothing of it is run or imported, and nothing that it holds makes this fail.

    Its own run configurations are not looked at: `scaffold.pycharm.project.adding` tells which of ``runs``
    they leave to be added.
    """
    from scaffold.projects.discovery.frameworks import frameworks
    from scaffold.projects.discovery.layout import folders_of_tests, large_folders, source_roots
    from scaffold.projects.discovery.runs import runs

    document, problems = _pyproject(contents)
    found = _usable(asked(document, contents.text))
    seen = frameworks(contents, found)
    files = code(contents)
    sources, tests = source_roots(files), folders_of_tests(files)
    rows, notes = runs(contents, document, sources, tests)
    planned = tuple(line for line in found.lines if PLANNED.get(distribution(line)) in seen)
    return Discovered(
        frameworks=tuple(seen),
        seen=seen,
        requirements=tuple(line for line in found.lines if line not in planned),
        wanted=planned,
        place=found.place if found.lines else "",
        requires_python=found.python,
        sources=sources,
        tests=tests,
        excluded=large_folders(contents.names),
        runs=rows,
        scripts=len(files),
        notebooks=len(tuple(contents.listing.ending(NOTEBOOK))),
        notes=tuple(
            filter(
                None, (*problems, *found.notes, unnamed(document, contents.text), *notes, *_partial(contents))
            )
        ),
    )


def _pyproject(contents: Contents) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    try:
        return loads(contents.text("pyproject.toml") or ""), ()
    except TOMLDecodeError as problem:
        return {}, (f"pyproject.toml cannot be read: {problem}",)


def _usable(found: Asked) -> Asked:
    """The same without lines that are no requirements."""
    from packaging.requirements import InvalidRequirement

    good: list[str] = []
    for line in found.lines:
        try:
            distribution(line)
        except InvalidRequirement:
            continue
        good.append(line)
    lost = len(found.lines) - len(good)
    notes = (f"{found.place}: {lost} of its requirements could not be understood",) if lost else ()
    return replace(found, lines=tuple(good), notes=(*found.notes, *notes))


def _partial(contents: Contents) -> Iterator[str]:
    if not contents.listing.whole:
        yield "the project has more files than are looked at: programs further down may have been missed"
