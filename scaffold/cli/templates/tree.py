"""The files of a project that is not made yet, as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from scaffold.cli.text import can_show, counted, size

if TYPE_CHECKING:
    from scaffold.overview import File, Group, Overview

#: Files of one folder that are listed; of more, their number stands behind the folder's name.
_LISTED = 4


def tree_lines(shown: Overview, *, whole: bool) -> Iterator[str]:
    """What every project has, and what comes with each framework; ``whole``: every file."""
    from scaffold.projects.brochure import framework_title

    for group in shown.groups:
        title = "whatever is chosen" if group.name == "common" else f"with {framework_title(group.name)}"
        told = f"{title}: {_sum(group.files)}"
        yield f"{click.style(f'{shown.name.distribution}/', bold=True)}  {click.style(told, dim=True)}"
        yield from _branches(group, whole=whole)


def _branches(group: Group, *, whole: bool) -> Iterator[str]:
    """Folders with what is in them below, as ``tree`` draws it; in ASCII where the terminal has no lines."""
    lines = can_show("├└│─")
    last, middle, bar = ("└─ ", "├─ ", "│  ") if lines else ("`- ", "|- ", "|  ")

    def below(folder: PurePosixPath, before: str) -> Iterator[str]:
        level = len(folder.parts)
        inside = [one for one in group.files if one.path.parts[:level] == folder.parts]
        folders = sorted({one.path.parts[level] for one in inside if len(one.path.parts) > level + 1})
        files = [one for one in inside if one.path.parent == folder]
        rows: list[tuple[str, str, PurePosixPath | None]] = []
        for name in folders:
            direct = [one for one in inside if one.path.parent == folder / name]
            note = f"/  {_dim(_sum(direct))}" if _is_many(direct, whole=whole) else "/"
            rows.append((name, note, folder / name))
        if level == 0 or not _is_many(files, whole=whole):
            rows += [(one.path.name, f"  {_dim(size(one.size))}", None) for one in files]
        for number, (name, note, deeper) in enumerate(rows, start=1):
            ends = number == len(rows)
            yield f"{before}{last if ends else middle}{name}{note}"
            if deeper is not None:
                yield from below(deeper, before + ("   " if ends else bar))

    yield from below(PurePosixPath(), "")


def _is_many(files: list[File], *, whole: bool) -> bool:
    return not whole and len(files) > _LISTED


def _sum(files: list[File] | tuple[File, ...]) -> str:
    return f"{counted(len(files), 'file')}, {size(sum(one.size for one in files))}"


def _dim(text: str) -> str:
    return click.style(text, dim=True)
