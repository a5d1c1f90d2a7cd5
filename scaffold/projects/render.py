"""A template and what was chosen for it, made into a project's files. Nothing is written here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold import __version__
from scaffold.builds.model import BuildPlan, Framework
from scaffold.errors import TemplateBroken
from scaffold.links import OURS
from scaffold.projects.compose import chosen_parts, compose
from scaffold.projects.foreign.collecting import RESERVED, reserved
from scaffold.projects.measured import read_measured
from scaffold.projects.metadata import pyproject, requirements
from scaffold.projects.model import ProjectName, RunConfiguration, Template, Tree
from scaffold.projects.prose import ENDING, Prose, SharedProse, render_prose
from scaffold.projects.rename import rename_content, rename_path, rename_run, rename_text
from scaffold.projects.snapshot import Entry, Snapshot


def render(
    template: Template,
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    builds: tuple[BuildPlan, ...],
    python: str,
    ide_files: Tree,
) -> Snapshot:
    """Every file that a template gives a project, sorted by path; the same arguments give the same bytes.

    ``python`` is the minor version in use (3.12), ``ide_files`` what PyCharm and VS Code read
    of `project_runs`. What the project remembers of this comes from `record.recorded`.
    A file can be started as it is where the template's own file can.
    Raises `TemplateBroken` where two of them give one path, or a file cannot be read.
    """
    files: dict[PurePosixPath, Entry] = {}
    context = _context(template, name, frameworks, builds, python)
    prose: dict[PurePosixPath, Prose] = {}
    programs: set[PurePosixPath] = set()
    for path, source in compose(template, frameworks).items():
        place, content = rename_path(path, name), _content(source)
        if source.suffix == ENDING:
            place = place.with_suffix("")
            prose[place] = Prose(source=source, text=_text(source, content, name))
        else:
            _add(files, place, rename_content(content, name))
        if _starts(source):
            programs.add(place)
    shared = SharedProse(folders=_prose_folders(template, frameworks), name=name)
    for place, text in zip(prose, _rendered(template, tuple(prose.values()), context, shared), strict=True):
        _add(files, place, text.encode("utf-8"))
    generated = {
        PurePosixPath("pyproject.toml"): pyproject(template, name, frameworks, builds, python),
        PurePosixPath("requirements.txt"): requirements(template, name, frameworks, builds),
    }
    for path, text in generated.items():
        _add(files, path, text.encode("utf-8"))
    for path, content in ide_files.items():
        _add(files, path, content)
    return {path: replace(files[path], executable=path in programs) for path in sorted(files)}


def _starts(source: Path) -> bool:
    """Whether a template's file can be started. Windows keeps no such mark: there the first line tells."""
    if os.name != "nt":
        return bool(source.stat().st_mode & 0o100)
    with source.open("rb") as stream:
        return stream.read(2) == b"#!"


def project_runs(
    template: Template, name: ProjectName, frameworks: tuple[Framework, ...]
) -> tuple[RunConfiguration, ...]:
    """The run configurations of a project, with its own package as their target."""
    return tuple(rename_run(run, name) for run in template.runs_for(frameworks))


def _content(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as problem:
        raise TemplateBroken(f"{source} cannot be read: {problem}") from problem


def _text(source: Path, content: bytes, name: ProjectName) -> str:
    try:
        return rename_text(content.decode("utf-8"), name)
    except UnicodeDecodeError as problem:
        raise TemplateBroken(f"{source} cannot be read: {problem}") from problem


def _rendered(
    template: Template, texts: tuple[Prose, ...], context: Mapping[str, Any], shared: SharedProse
) -> tuple[str, ...]:
    """The texts with their values: here where the template is installed, else where it can do no harm."""
    if template.apart and texts:
        from scaffold.projects.apart import rendered_apart

        return rendered_apart(texts, context, shared, template.name)
    return tuple(render_prose(one.text, context, source=one.source, shared=shared) for one in texts)


def _prose_folders(template: Template, frameworks: tuple[Framework, ...]) -> tuple[Path, ...]:
    """Where the prose lies that templates share: beside the template, and beside those of its parts."""
    homes = (template.folder.parent, *(part.folder.parents[1] for part in chosen_parts(template, frameworks)))
    return tuple(dict.fromkeys(home / "prose" for home in homes))


def _context(
    template: Template,
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    builds: tuple[BuildPlan, ...],
    python: str,
) -> Mapping[str, Any]:
    """What prose may speak of."""
    runs = project_runs(template, name, frameworks)
    measured = read_measured(template.folder)
    return {
        "project": name,
        "template": template,
        "frameworks": frameworks,
        "builds": builds,
        "python": python,
        "runs": runs,
        "first_run": next((run for run in runs if run.default), runs[0] if runs else None),
        "measured": measured and measured.without(set(template.frameworks) - set(frameworks)),
        "scaffold_version": __version__,
    }


def _add(files: dict[PurePosixPath, Entry], path: PurePosixPath, content: bytes) -> None:
    if path in files:
        raise TemplateBroken(
            f"the template brings {path}, which scaffold writes itself",
            hint="Take it out of the template: it is built from template.toml and the parts.",
        )
    if reserved(path) == OURS:
        raise TemplateBroken(
            f"the template brings {path}, and {RESERVED[OURS]}", hint="Take it out of the template."
        )
    files[path] = Entry(content)
