"""What is told of a rendering, as its template's author knows it: their file, the names they write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from scaffold.builds.model import Framework
from scaffold.projects.compose import compose
from scaffold.projects.model import ProjectName, Template
from scaffold.projects.prose import ENDING
from scaffold.projects.rename import PLACEHOLDER, rename_path
from scaffold.template_checks.model import Row

#: A file as tools name it: with a line, and with a column, which differs with the project's name.
_PLACE = re.compile(r"([^\s:'\"]+\.\w+)(:\d+)?(:\d+)?")


def own_files(
    template: Template, name: ProjectName, frameworks: tuple[Framework, ...]
) -> Mapping[PurePosixPath, Path]:
    """The template's file of every file of a rendering, but for those that scaffold writes.

    Raises TemplateBroken where the layers cannot be laid over each other.
    """
    return {
        rename_path(path.with_suffix("") if path.suffix == ENDING else path, name): source
        for path, source in compose(template, frameworks).items()
    }


def spelt(template: Template, source: Path) -> str:
    """How a message names a template's file: from the template's folder, or from the one beside its parts."""
    for root in (template.folder, template.folder.parent):
        if source.is_relative_to(root):
            return source.relative_to(root).as_posix()
    return str(source)


def named_back(text: str, name: ProjectName, folder: Path) -> str:
    """A problem's words with the names that the author wrote, and without the scratch folder."""
    short = text.replace(f"{folder}{os.sep}", "")
    return re.sub(rf"(?<![\w-]){re.escape(name.package)}(?![\w-])", PLACEHOLDER.package, short)


def placed(line: str, files: Mapping[str, str]) -> tuple[str, str]:
    """A tool's line with the template's file in place of the rendered one, and which that was ("": none).

    >>> placed("ab/src/ab/x.py:1:8: F401 `os`", {"ab/src/ab/x.py": "common/src/your_project/x.py"})
    ('common/src/your_project/x.py:1: F401 `os`', 'ab/src/ab/x.py')
    """
    found: list[str] = []

    def put(place: re.Match[str]) -> str:
        path = place[1].replace(os.sep, "/")
        own = files.get(path)
        if own is None:
            return place[0]
        found.append(path)
        prose = own.endswith(ENDING)  # rendered: its lines are others
        return own if prose else f"{own}{place[2] or ''}"

    text = _PLACE.sub(put, line)
    return text, found[0] if found else ""


def of_project(
    row: Row, template: Template, name: ProjectName, frameworks: tuple[Framework, ...], root: Path
) -> Row:
    """A row on one project in ``root``, its output in terms of the template's files."""
    files = {}
    for path, source in own_files(template, name, frameworks).items():
        files[str(path)] = files[(root / path).as_posix()] = spelt(template, source)
    return replace(row, output=tuple(_placed(row.output, files)))


def _placed(lines: Iterable[str], files: Mapping[str, str]) -> Iterator[str]:
    for line in lines:
        yield placed(line, files)[0]
