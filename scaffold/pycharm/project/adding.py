"""Run configurations that are found by looking at a project, beside those that it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.projects.model import RunConfiguration
from scaffold.projects.snapshot import Snapshot
from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.reading.configurations import configuration_of


def added(
    runs: Sequence[RunConfiguration], present: Sequence[ConfigurationFile], root: Path | None = None
) -> tuple[RunConfiguration, ...]:
    """Those of ``runs`` that start what nothing ``present`` starts, under names that are free.

    ``root`` is the project's folder, where paths of this machine may stand in its files.
    """
    started = {target for one in present if (target := _target(one, root))}
    taken = {one.name.casefold() for one in present}
    rows: list[RunConfiguration] = []
    for run in runs:
        if (run.kind, run.target) not in started:
            name = _free(run.name, taken)
            taken.add(name.casefold())
            rows.append(replace(run, name=name))
    return tuple(rows)


def name_of(run: RunConfiguration, present: Sequence[ConfigurationFile]) -> str:
    """What starts the same as ``run`` is called among those ``present``; its own name where nothing does.

    Of several that one with the fewest arguments, and of those the shortest.
    """
    same = [one for one in present if _target(one, None) == (run.kind, run.target)]
    same.sort(key=lambda one: (len(one.options.get("PARAMETERS", "")), len(one.name)))
    return same[0].name if same else run.name


def configurations_in(files: Snapshot) -> tuple[ConfigurationFile, ...]:
    """The run configurations that a template brings, as `reading.configurations` reads them from a folder."""
    return tuple(one for path, entry in sorted(files.items()) for one in _read(str(path), entry.content))


def _read(path: str, content: bytes) -> Iterator[ConfigurationFile]:
    shared = path.startswith(".run/") and path.endswith(".run.xml")
    if not shared and not (path.startswith(".idea/runConfigurations/") and path.endswith(".xml")):
        return
    try:
        document = document_of(content, Path(path))
    except IdeFileBroken:
        return  # whoever lints the project says so
    for element in document.root.iter("configuration"):
        if element.get("default") != "true":
            yield configuration_of(element, Path(path))


def _target(one: ConfigurationFile, root: Path | None) -> tuple[str, str] | None:
    """What it starts, as a row says it."""
    kind = one.kind
    if kind in ("script", "module"):
        return kind, _below(one.options.get("SCRIPT_NAME", ""), root)
    if kind == "pytest":
        return kind, _below(one.test_option("_new_target"), root)
    return None


def _below(path: str, root: Path | None) -> str:
    path = path.replace("\\", "/").removeprefix("$PROJECT_DIR$/")
    return path.removeprefix(f"{root.as_posix()}/") if root is not None else path


def _free(name: str, taken: set[str]) -> str:
    names = chain((name,), (f"{name} ({number})" for number in count(2)))
    return next(one for one in names if one.casefold() not in taken)
