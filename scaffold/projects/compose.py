"""Layers laid over one root: the union of their files, each path given once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from scaffold.builds.model import Framework
from scaffold.errors import TemplateBroken
from scaffold.projects.model import Layer, Part, Template

#: What describes a layer and is no file of the project.
MANIFESTS = frozenset({"part.toml", "template.toml"})

#: What running, testing or editing a template in place leaves behind. pip byte-compiles a wheel's
#: templates, too.
_JUNK_FOLDERS = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".idea", ".vscode", ".venv", ".git"}
)
_JUNK_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_JUNK_ENDINGS = (".pyc", ".pyo", "~", ".swp", ".swo", ".orig", ".rej", ".tmp")


def compose(template: Template, frameworks: tuple[Framework, ...]) -> Mapping[PurePosixPath, Path]:
    """Each path of the project (not yet renamed) and the file that gives it, sorted by path.

    Raises `TemplateBroken` where two layers give one path, also one that differs only in case.
    """
    files: dict[PurePosixPath, Path] = {}
    seen: dict[str, Path] = {}
    for folder in folders(template, frameworks):
        for target, source in layer_files(folder):
            other = seen.setdefault(str(target).casefold(), source)
            if other is not source:
                raise TemplateBroken(
                    f"two layers of the template {template.name!r} give {target}",
                    detail=(str(other), str(source)),
                    hint="Keep it in one of them; what both need belongs into a part of its own.",
                )
            files[target] = source
    return dict(sorted(files.items()))


def folders(template: Template, frameworks: tuple[Framework, ...]) -> tuple[Path, ...]:
    """The folders to be laid, in order: each layer's parts, then the layer itself."""
    chosen = chosen_layers(template, frameworks)
    parts = chosen_parts(template, frameworks)
    return (*(part.folder for part in parts), *(layer.folder for layer in chosen))


def chosen_layers(template: Template, frameworks: tuple[Framework, ...]) -> tuple[Layer, ...]:
    """The layers for every selection of frameworks, and those of the chosen ones."""
    return tuple(one for one in template.layers if one.framework is None or one.framework in frameworks)


def chosen_parts(template: Template, frameworks: tuple[Framework, ...]) -> tuple[Part, ...]:
    """The parts of the chosen layers, each once although several layers may name it."""
    layers = chosen_layers(template, frameworks)
    return tuple({part.folder: part for layer in layers for part in layer.parts}.values())


def layer_files(folder: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """The files of one layer, less what working on it leaves there. Raises `TemplateBroken` for a link."""
    for where, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(set(subfolders) - _JUNK_FOLDERS)
        for one in subfolders:
            _refuse_link(Path(where, one))
        for name in sorted(names):
            source = Path(where, name)
            target = PurePosixPath(source.relative_to(folder).as_posix())
            if name in _JUNK_FILES or name.endswith(_JUNK_ENDINGS) or str(target) in MANIFESTS:
                continue
            _refuse_link(source)
            yield target, source


def _refuse_link(path: Path) -> None:
    if path.is_symlink():  # could bring in a file from anywhere on the disk
        raise TemplateBroken(
            f"{path} is a symbolic link, and a template may hold none",
            hint="put the file itself in its place; what several layers need belongs into a part",
        )
