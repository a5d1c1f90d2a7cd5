"""Sources on this machine's own disks: folders of wheels, saved pages, indexes laid out as folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scaffold.sources.pages import Link, html_links
from scaffold.sources.places import local_path
from scaffold.sources.problems import Absent, Unreachable


def links(path: Path) -> tuple[Link, ...]:
    """The files of a find-links place: a folder, a page, or one wheel."""
    try:
        if path.is_dir():
            return tuple(_files(path))
        if path.suffix == ".whl" and path.is_file():
            return (_file(path),)
        return _page(path)
    except FileNotFoundError:
        raise Unreachable(f"there is no {path}") from None
    except OSError as problem:
        raise Unreachable(f"cannot read {path}: {problem.strerror}") from problem


def index_links(path: Path, project: str) -> tuple[Link, ...]:
    """The files that an index laid out as folders (PEP 503, ``file:``) has of a project.

    A project's folder without an index.html is taken for the listing itself, as by some tools that
    write such indexes.
    """
    if not path.is_dir():
        raise Unreachable(f"there is no folder {path}")
    folder = path / project
    try:
        if (folder / "index.html").is_file():
            return _page(folder / "index.html")
        if folder.is_dir():
            return tuple(_files(folder))
    except OSError as problem:
        raise Unreachable(f"cannot read {folder}: {problem.strerror}") from problem
    raise Absent


def _page(path: Path) -> tuple[Link, ...]:
    found = html_links(path.read_text(encoding="utf-8", errors="replace"), path.absolute().as_uri())
    return tuple(replace(link, size=_size(link.url)) for link in found)


def _size(url: str) -> int | None:
    path = local_path(url)
    try:
        return path.stat().st_size if path is not None else None
    except OSError:
        return None


def _files(folder: Path) -> Iterator[Link]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith((".whl", ".tar.gz")))
    for name in names:
        yield _file(folder / name)


def _file(path: Path) -> Link:
    return Link(filename=path.name, url=path.absolute().as_uri(), size=path.stat().st_size)
