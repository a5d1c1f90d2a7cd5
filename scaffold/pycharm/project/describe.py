"""A folder as PyCharm shall see it: a project of ours by its record, any other by what lies in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scaffold.errors import IdeFileBroken, NotAProject, TemplateBroken, TemplateUnknown, TemplateUnsafe
from scaffold.files import absolute, nearest
from scaffold.projects.discovery.layout import TESTS, large_folders
from scaffold.projects.model import Record
from scaffold.projects.record import project_root
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import record as records
from scaffold.pycharm.reading.project_files import declared_name, read_project
from scaffold.system import System

#: One of these makes a folder a Python project, whoever made it.
_MARKS = ("pyproject.toml", ".venv", "venv", "setup.py", "setup.cfg", "requirements.txt", ".idea")


def generated_project(record: Record) -> IdeProject:
    """A project of ours that is there already.

    Its template may not be on this machine any more: then only what every project has is known, and said to
    be ``partial``.
    """
    from scaffold.projects.origins.native import template_here
    from scaffold.projects.render import project_runs

    try:
        template = template_here(record)
    except (TemplateUnknown, TemplateBroken, TemplateUnsafe):
        return IdeProject(module=record.name.distribution, runs=(), python="", partial=True)
    runs = project_runs(template, record.name, record.frameworks)
    return IdeProject(module=record.name.distribution, runs=runs, python="", excluded=template.excluded)


def recorded_project(record: Record, root: Path, system: System) -> IdeProject:
    """A project that scaffold knows: as its template says; where none of ours made it, by what lies in it."""
    from scaffold.pycharm.reading.rows import read_rows

    if record.kind == "scaffold":
        return generated_project(record)
    return replace(any_project(root, system), runs=read_rows(root).runs)


def root_of(start: Path, system: System) -> tuple[Path, bool]:
    """The project that a folder is, or lies in, and whether scaffold made it. Raises NotAProject."""
    try:
        return project_root(start), True
    except NotAProject:
        return any_root(start, system), False


def any_root(start: Path, system: System) -> Path:
    """The project that a folder is, or lies in. Raises NotAProject; the home folder itself is none."""

    def holds(folder: Path) -> bool:
        return folder != system.home and any(system.exists(folder / mark) for mark in _MARKS)

    found = nearest(start, holds)
    if found is not None:
        return found
    raise NotAProject(
        f"There is no Python project in {absolute(start)} or above it",
        detail=(f"looked for {', '.join(_MARKS)}",),
        hint="Go into a project's folder, or make one:  scaffold new cnn-project",
    )


def any_project(root: Path, system: System) -> IdeProject:
    """A project that somebody else made. Its own run configurations are the only ones.

    Its module keeps the name that ``.idea`` has for it, because run configurations name it so; where that
    name is of our making it follows ``[project].name``, as PyCharm itself does from 2026.2 on.
    """
    return IdeProject(
        module=_module_name(root, system),
        runs=(),
        python="",
        sources=tuple(one for one in ("src",) if system.exists(root / one)),
        tests=tuple(one for one in TESTS if system.exists(root / one)),
        excluded=large_folders(lambda folder: tuple(system.list_folder(root / folder))),
    )


def _module_name(root: Path, system: System) -> str:
    if system.exists(root / ".idea" / "modules.xml"):
        try:
            modules = read_project(root, system).modules
        except IdeFileBroken:  # whoever writes there says so, or sets it aside
            modules = ()
        named = next((one.name for one in modules if root in one.content), "")
        if named and not _is_of_our_making(root, named, system):
            return named
    return declared_name(root, system) or root.name


def _is_of_our_making(root: Path, module: str, system: System) -> bool:
    """Whether we made both the module's file and the list that names it."""
    written = records.parse((system.read_text(root / records.RECORD) or "").encode(), {})
    files = (written.get(path) for path in (".idea/modules.xml", f".idea/{module}.iml"))
    return all(one is not None and one.made for one in files)
