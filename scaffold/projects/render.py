"""A template and what was chosen for it, made into a project's files. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold import __version__
from scaffold.builds.model import BuildPlan, Framework
from scaffold.errors import TemplateBroken
from scaffold.projects.compose import chosen_parts, compose
from scaffold.projects.manifest import is_inside
from scaffold.projects.measured import read_measured
from scaffold.projects.metadata import pyproject, requirements
from scaffold.projects.model import Ide, ProjectName, Record, RunConfiguration, Template, Tree
from scaffold.projects.prose import ENDING, render_prose
from scaffold.projects.record import RECORD, digests, record_content
from scaffold.projects.rename import rename_content, rename_path, rename_run, rename_text


def render(
    template: Template,
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    builds: tuple[BuildPlan, ...],
    python: str,
    ide_files: Tree,
    ide: Ide = "pycharm",
) -> Tree:
    """Every file of a project, sorted by path; the same arguments give the same bytes.

    ``python`` is the minor version in use (3.12), ``ide_files`` what PyCharm and VS Code read
    of `project_runs`.
    Raises `TemplateBroken` where two of them give one path, or a file cannot be read.
    """
    tree: dict[PurePosixPath, bytes] = {}
    context = _context(template, name, frameworks, builds, python)
    shared = _prose_folders(template, frameworks)
    for path, source in compose(template, frameworks).items():
        _add(tree, rename_path(_without_ending(path), name), _content(source, name, context, shared))
    generated = {
        PurePosixPath("pyproject.toml"): pyproject(template, name, frameworks, builds, python),
        PurePosixPath("requirements.txt"): requirements(template, name, frameworks, builds),
    }
    for path, text in generated.items():
        _add(tree, path, text.encode("utf-8"))
    for path, content in ide_files.items():
        _add(tree, path, content)
    _add(tree, RECORD, record_content(_record(template, name, frameworks, ide, tree)))
    return dict(sorted(tree.items()))


def project_runs(
    template: Template, name: ProjectName, frameworks: tuple[Framework, ...]
) -> tuple[RunConfiguration, ...]:
    """The run configurations of a project, with its own package as their target."""
    return tuple(rename_run(run, name) for run in template.runs_for(frameworks))


def _content(source: Path, name: ProjectName, context: Mapping[str, Any], shared: tuple[Path, ...]) -> bytes:
    try:
        content = source.read_bytes()
        if source.suffix != ENDING:
            return rename_content(content, name)
        text = rename_text(content.decode("utf-8"), name)
    except (OSError, UnicodeDecodeError) as problem:
        raise TemplateBroken(f"{source} cannot be read: {problem}") from problem

    def included(wanted: str) -> str | None:
        found = (folder / f"{wanted}{ENDING}" for folder in shared if is_inside(folder, f"{wanted}{ENDING}"))
        file = next((one for one in found if one.is_file()), None)
        return rename_text(file.read_text(encoding="utf-8"), name) if file else None

    return render_prose(text, context, source=source, shared=included).encode("utf-8")


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


def _record(
    template: Template, name: ProjectName, frameworks: tuple[Framework, ...], ide: Ide, tree: Tree
) -> Record:
    return Record(
        template=template.name,
        template_version=template.version,
        provider=template.provider,
        scaffold_version=__version__,
        name=name,
        frameworks=frameworks,
        ide=ide,
        files=digests(tree),
    )


def _add(tree: dict[PurePosixPath, bytes], path: PurePosixPath, content: bytes) -> None:
    if path in tree:
        raise TemplateBroken(
            f"the template brings {path}, which scaffold writes itself",
            hint="Take it out of the template: it is built from template.toml and the parts.",
        )
    tree[path] = content


def _without_ending(path: PurePosixPath) -> PurePosixPath:
    return path.with_suffix("") if path.suffix == ENDING else path
