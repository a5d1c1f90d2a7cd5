"""A template as cookiecutter's: one plain template a selection of frameworks, and a question that chooses.

Cookiecutter can leave a file out by an empty name, but no folder: that is made, or an error. All
that is left is a hook that deletes, and a hook is code that somebody must trust. So nothing in these
templates depends on the frameworks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from scaffold.projects.export.jinja import holds, jinja_text
from scaffold.projects.export.model import (
    PYTHONS,
    Exported,
    Expressions,
    Renderings,
    Selection,
    placeholders,
)
from scaffold.projects.export.readme import cookiecutter_readme, folder_of, titles_of
from scaffold.projects.rename import as_text
from scaffold.projects.snapshot import Entry, Snapshot

EXPRESSIONS = Expressions(
    distribution="cookiecutter.project_name",
    package="cookiecutter.__package_name",
    title="cookiecutter.__project_title",
    python="cookiecutter.python",
)

#: The folder that becomes the project.
FOLDER = PurePosixPath("{{ cookiecutter.project_name }}")
CONTEXT = PurePosixPath("cookiecutter.json")


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry of the template, and what cookiecutter has to do with it."""

    entry: Entry
    rendered: bool
    copied: bool  # rendering would change it, although it holds no expression


def export(renderings: Renderings) -> Exported:
    """The template's files; cookiecutter asks for a name, which it has no way to check."""
    tree: dict[PurePosixPath, Entry] = {}
    several = len(renderings.every) > 1
    rendered = 0
    for selection, snapshot in renderings.snapshots.items():
        home = PurePosixPath(folder_of(selection)) if several else PurePosixPath()
        made = dict(_files(snapshot))
        tree.update({home / FOLDER / path: one.entry for path, one in made.items()})
        tree[home / CONTEXT] = _json(_context(renderings, made))
        rendered += sum(one.rendered for one in made.values())
    if several:
        choices = {folder_of(one): _choice(renderings, one) for one in renderings.every}
        tree[CONTEXT] = _json({"templates": choices})
    tree[PurePosixPath("README.md")] = Entry(cookiecutter_readme(renderings).encode())
    return Exported(
        format="cookiecutter",
        files=dict(sorted(tree.items())),
        asks=(*(("template",) if several else ()), "project_name", "python"),
        rendered=rendered,
        notes=("cookiecutter has no validators: any text is taken for a name",),
    )


def _files(snapshot: Snapshot) -> Iterator[tuple[PurePosixPath, _Made]]:
    filled = placeholders(EXPRESSIONS)
    for path, entry in snapshot.items():
        yield PurePosixPath(jinja_text(str(path), filled)), _made(entry, filled)


def _made(entry: Entry, filled: Mapping[str, str]) -> _Made:
    """Cookiecutter guesses what is binary, takes all braces for jinja's, makes all ends of lines alike."""
    text = as_text(entry.content)
    if text is None:
        return _Made(entry, rendered=False, copied=True)
    if not holds(text, filled):
        return _Made(entry, rendered=False, copied=jinja_text(text, {}) != text)
    content = jinja_text(text, filled).encode()
    return _Made(Entry(content, executable=entry.executable), rendered=True, copied=False)


def _context(renderings: Renderings, made: Mapping[PurePosixPath, _Made]) -> Mapping[str, Any]:
    return {
        "project_name": renderings.name,
        "python": list(PYTHONS),
        "__package_name": "{{ cookiecutter.project_name.replace('-', '_') }}",
        "__project_title": "{{ cookiecutter.project_name.replace('-', ' ').replace('_', ' ').title() }}",
        "_copy_without_render": [pattern(path) for path, one in sorted(made.items()) if one.copied],
        "__prompts__": {
            "project_name": "Name of the project, of its folder and, with _ for -, of its Python package",
            "python": "Python that the project is used with",
        },
    }


def pattern(path: PurePosixPath) -> str:
    """A path as `fnmatch` reads it."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in str(path))


def _choice(renderings: Renderings, selection: Selection) -> Mapping[str, str]:
    return {
        "path": f"./{folder_of(selection)}",
        "title": titles_of(selection),
        "description": f"{renderings.template.description} with {titles_of(selection)}",
    }


def _json(values: Mapping[str, Any]) -> Entry:
    return Entry((json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode())
