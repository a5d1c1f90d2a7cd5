"""Look it up on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scaffold.probing.scene import Scene
from scaffold.probing.sources.assignments import assignments
from scaffold.probing.sources.shared import files_of
from scaffold.probing.variables.model import Variable, VariableFacts
from scaffold.probing.variables.names import is_late, is_relevant
from scaffold.probing.variables.scripts import assigned
from scaffold.projects.walk import SCRIPTS, Files, read_text
from scaffold.pycharm.reading import env_files
from scaffold.pycharm.reading.macros import Macros
from scaffold.pycharm.survey.model import IdeFacts, Run
from scaffold.pycharm.survey.runs import separate
from scaffold.sources.keys import shown_value

#: Bytes of all files of a kind together.
_ENOUGH = 1 << 20

#: Bytes of code that are read; what of it names the environment is parsed, up to so many bytes.
_READ, _PARSED = 2 << 20, 400_000

#: What sets a variable, in whatever way; most code only reads them.
_SETS = re.compile(r"\benviron\b\s*(?:\[|\.\s*(?:setdefault|update)\b)|\bputenv\s*\(")

#: Samples that nobody reads.
_SAMPLES = ("example", "sample", "template", "dist", "default")


def probe(scene: Scene) -> VariableFacts:
    """Every variable that matters, in this process and wherever the project sets one; secrets are hidden."""
    files = files_of(scene)
    own = (Variable(name=name, value=value) for name, value in scene.system.environment.items())
    found = [
        *own,
        *(_of_runs(scene.ide) if scene.ide else ()),
        *_of_env_files(files),
        *_of_scripts(files),
        *_of_code(files),
    ]
    relevant = (one for one in found if is_relevant(one.name))
    return VariableFacts(found=tuple(_without_secret(one) for one in relevant), complete=True)


def _without_secret(one: Variable) -> Variable:
    return replace(one, value=shown_value(one.name, one.value))


def _of_runs(ide: IdeFacts) -> Iterator[Variable]:
    for run in ide.runs:
        if not run.template:
            places = {one.get("name", ""): run.file.place(one) for one in run.element.iterfind("envs/env")}
            for name, value in run.configuration.environment.items():
                place = places.get(name, run.file.path)
                yield Variable(name=name, value=value, kind="run-configuration", place=place)
            yield from _of_its_files(run, ide)


def _of_its_files(run: Run, ide: IdeFacts) -> Iterator[Variable]:
    """ENV_FILES of a run configuration that lie outside of the project; `_of_env_files` has the others."""
    macros = Macros(project=ide.root, home=ide.home)
    for written in separate(macros.all(run.option("ENV_FILES"))):
        path = ide.root / written
        if not path.is_relative_to(ide.root):
            found = read_text(path)
            yield from _in_env_file(str(path), found[0]) if found else ()


def _of_env_files(files: Files) -> Iterator[Variable]:
    names = (one for one in files.listing.files if _is_env_file(one))
    for name, text in files.texts(names, _ENOUGH):
        yield from _in_env_file(name, text)


def _is_env_file(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    named = name == ".env" or name.startswith(".env.") or name.endswith(".env")
    return named and not any(word in name.split(".") for word in _SAMPLES)


def _in_env_file(place: str, text: str) -> Iterator[Variable]:
    lines = {}
    for number, line in enumerate(text.splitlines(), start=1):
        lines[line.partition("=")[0].strip().removeprefix("export ").strip()] = number
    for name, value in env_files.parse(text).items():
        yield Variable(name=name, value=value, kind="env-file", place=f"{place}:{lines.get(name, 1)}")


def _of_scripts(files: Files) -> Iterator[Variable]:
    named = ("makefile", "justfile", "dockerfile", "containerfile")
    names = (
        one
        for one in files.listing.files
        if one.lower().endswith(SCRIPTS) or one.rpartition("/")[2].lower().startswith(named)
    )
    for path, text in files.texts(names, _ENOUGH):
        for line, name, value in assigned(text):
            yield Variable(name=name, value=value, kind="script", place=f"{path}:{line}")


def _of_code(files: Files) -> Iterator[Variable]:
    """Only what names the environment is parsed: reading is cheap, parsing is not."""
    left = _PARSED
    for path, text in files.texts(files.listing.ending(".py"), _READ):
        if not _SETS.search(text) or left < len(text):
            continue
        left -= len(text)
        tree = files.tree(path, text)
        for one in assignments(tree) if tree is not None else ():
            late = is_late(one.name, one.after)
            place = f"{path}:{one.line}"
            computed = one.value is None
            yield Variable(
                name=one.name, value=one.value or "", kind="code", place=place, late=late, computed=computed
            )
