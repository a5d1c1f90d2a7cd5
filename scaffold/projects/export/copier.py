"""A template as Copier's: one tree for all selections, its conditions in ``copier.yml``.

Files keep their names, so that they can be read, linted and found; what a selection lacks is excluded. Only
what holds a name or a condition is rendered, all else is copied byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from scaffold.errors import TemplateBroken
from scaffold.projects.export.conditions import condition
from scaffold.projects.export.copier_yaml import document
from scaffold.projects.export.jinja import holds, jinja_text
from scaffold.projects.export.merging import merged
from scaffold.projects.export.model import (
    Exported,
    Expressions,
    Renderings,
    Selection,
    placeholders,
    spelled,
)
from scaffold.projects.export.readme import copier_readme
from scaffold.projects.rename import as_text
from scaffold.projects.snapshot import Entry, Snapshot

EXPRESSIONS = Expressions(
    distribution="project_name", package="package_name", title="project_title", python="python"
)

#: Below the template's folder: what becomes the project.
FOLDER = PurePosixPath("template")
SUFFIX = ".jinja"

#: What `copier update` reads in a project, and how a template asks for it.
ANSWERS = PurePosixPath("{{ _copier_conf.answers_file }}.jinja")
_ANSWERS = b"# Changes here will be overwritten by Copier\n{{ _copier_answers | to_nice_yaml -}}\n"


def export(renderings: Renderings) -> Exported:
    """The template's files. Raises TemplateBroken where a binary file depends on the frameworks."""
    filled = placeholders(EXPRESSIONS)
    tree: dict[PurePosixPath, Entry] = {}
    for path, variants in _paths(renderings.snapshots).items():
        name = PurePosixPath(jinja_text(str(path), filled))
        made = _made(path, variants, filled)
        tree[FOLDER / (spelled(name, SUFFIX) if made.rendered else name)] = made.entry
    rendered = sum(path.suffix == SUFFIX for path in tree)
    tree[FOLDER / ANSWERS] = Entry(_ANSWERS)
    excluded = tuple(_excluded(renderings, filled))
    tree[PurePosixPath("copier.yml")] = Entry(document(renderings, excluded).encode())
    tree[PurePosixPath("README.md")] = Entry(copier_readme(renderings).encode())
    asks = ("project_name", *(("frameworks",) if len(renderings.every) > 1 else ()), "python")
    return Exported(format="copier", files=dict(sorted(tree.items())), asks=asks, rendered=rendered)


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry of the template, and whether Copier renders it."""

    entry: Entry
    rendered: bool


def _made(path: PurePosixPath, variants: Mapping[Selection, Entry], filled: Mapping[str, str]) -> _Made:
    first = next(iter(variants.values()))
    differ = len(set(variants.values())) > 1
    texts = {selection: as_text(entry.content) for selection, entry in variants.items()}
    known = {selection: text for selection, text in texts.items() if text is not None}
    if len(known) < len(texts):
        if differ or path.suffix == SUFFIX:
            raise TemplateBroken(f"{path} cannot be exported: it is no text, and would have to be rendered")
        return _Made(first, rendered=False)
    if not differ and path.suffix != SUFFIX and not any(holds(text, filled) for text in known.values()):
        return _Made(first, rendered=False)
    text = merged(known, lambda part: jinja_text(part, filled))
    return _Made(Entry(text.encode(), executable=first.executable), rendered=True)


def _paths(
    snapshots: Mapping[Selection, Snapshot],
) -> Mapping[PurePosixPath, Mapping[Selection, Entry]]:
    found: dict[PurePosixPath, dict[Selection, Entry]] = {}
    for selection, snapshot in snapshots.items():
        for path, entry in snapshot.items():
            found.setdefault(path, {})[selection] = entry
    return dict(sorted(found.items()))


def _excluded(renderings: Renderings, filled: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(when, pattern) of every path that some selections lack; a folder in one where it is lacking whole."""
    where: dict[PurePosixPath, set[Selection]] = {}
    for path, variants in _paths(renderings.snapshots).items():
        for above in (path, *path.parents):
            where.setdefault(above, set()).update(variants)
    for path, present in sorted(where.items()):
        if len(present) == len(renderings.every) or where[path.parent] == present:
            continue
        lacking = [one for one in renderings.every if one not in present]
        pattern = "".join(f"\\{one}" if one in "\\*?[]" else one for one in f"/{path}")
        yield condition(lacking, renderings.every), jinja_text(pattern, filled)
