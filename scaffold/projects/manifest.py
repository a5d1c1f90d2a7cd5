"""What a template and a part say of themselves: ``template.toml`` and ``part.toml``.

Every mistake is a `TemplateBroken` that names the file, the table and the key: a template's author
reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scaffold.builds.model import FRAMEWORKS, Framework
from scaffold.errors import TemplateBroken
from scaffold.projects.model import Floor, Layer, Part, Template
from scaffold.projects.rows import framework_of, read_row, read_rows
from scaffold.projects.table import Table, keeping
from scaffold.toml import TOMLDecodeError, loads

#: Name of a part, as a manifest spells it -> its folder.
FindPart = Callable[[str], Path]


#: Where all that is wrong with a template is kept, in place of raising the first of it.
Problems = list[TemplateBroken]


def read_template(
    folder: Path, *, provider: str, find_part: FindPart, problems: Problems | None = None
) -> Template:
    """A template as its folder describes it, with the parts that its layers name.

    Raises `TemplateBroken`; with ``problems`` only where ``template.toml`` is no TOML at all, and the
    template is none to be used unless that list is empty afterwards.
    """
    table = _open(folder / "template.toml", problems)
    layers = table.each("layer", lambda one: _layer(folder, one, find_part, problems))
    parts = {part.folder: part for layer in layers for part in layer.parts}.values()
    template = Template(
        name=folder.name,
        title=table.text("title"),
        description=table.text("description"),
        version=table.text("version"),
        provider=provider,
        folder=folder,
        layers=layers,
        runs=read_rows(table, brought=tuple(run for part in parts for run in part.runs), whole=not problems),
        frameworks=_frameworks(layers),
        data=table.text("data", default=""),
        excluded=table.texts("excluded"),
        floors=table.each("floor", _floor),
    )
    table.finish()
    if not problems:
        _check(template, table)
    return template


def _part(folder: Path, problems: Problems | None) -> tuple[Table, Part]:
    """A part as its folder describes it, and the table that tells where something of it stands."""
    table = _open(folder / "part.toml", problems)
    part = Part(
        name=folder.name,
        folder=folder,
        summary=table.text("summary", default=""),
        requires=table.texts("requires"),
        dependencies=_requirements(table, "dependencies"),
        framework=framework_of(table),
        runs=table.each("run", lambda one: read_row(one, framework=framework_of(table))),
    )
    table.finish()
    return table, part


def resolve_parts(
    table: Table, key: str, find_part: FindPart, problems: Problems | None = None
) -> tuple[Part, ...]:
    """The parts that a manifest names, and all that they require, each once, required ones first.

    ``problems`` as `read_template` has them. A part that is not there, and one that requires itself through
    others, is `TemplateBroken`, with the place where it is named.
    """
    found: dict[Path, Part] = {}

    def add(name: str, asked_by: tuple[str, ...], where: Table, key: str) -> None:
        if name in asked_by:
            chain = " -> ".join((*asked_by, name))
            raise where.broken(key, f"the part {name!r} requires itself: {chain}")
        try:
            folder = find_part(name)
        except TemplateBroken as problem:
            located = where.broken(key, problem.message)
            located.detail, located.hint = problem.detail, problem.hint
            raise located from problem
        if folder not in found:
            own, part = _part(folder, problems)
            for required in part.requires:
                with keeping(problems):
                    add(_as_seen_by(name, required), (*asked_by, name), own, "requires")
            found[folder] = part

    for name in table.texts(key):
        with keeping(problems):
            add(name, (), table, key)
    return tuple(found.values())


def _as_seen_by(part: str, required: str) -> str:
    """A bare name in the manifest of ``acme:audio`` means another part of acme's."""
    owner, colon, _ = part.rpartition(":")
    return required if ":" in required else f"{owner}{colon}{required}"


def is_inside(root: Path, name: str) -> bool:
    """Whether a folder that a manifest names lies below ``root``: no way up, no link out."""
    return name not in ("", ".") and (root / name).resolve().is_relative_to(root.resolve())


def _layer(template: Path, table: Table, find_part: FindPart, problems: Problems | None) -> Layer:
    name = table.text("folder")
    folder = template / name
    if not folder.is_dir():
        with table.kept():  # the rows of its parts are there all the same, for those that change them
            raise table.broken("folder", f"there is no folder {folder}")
    elif not is_inside(template, name):
        raise table.broken("folder", f"{name} does not lie in the template's own folder")
    layer = Layer(
        folder=folder,
        framework=framework_of(table),
        parts=resolve_parts(table, "parts", find_part, problems),
        dependencies=_requirements(table, "dependencies"),
    )
    for part in layer.parts:
        if part.framework not in (None, layer.framework):
            raise table.broken("parts", f"{part.name!r} is for {part.framework}, this layer is not")
    table.finish()
    return layer


def _floor(table: Table) -> Floor:
    floor = Floor(
        job=table.text("job"),
        measure=table.text("measure"),
        least=table.real("least"),
        most=table.real("most"),
    )
    table.finish()
    if (floor.least is None) == (floor.most is None):
        raise table.broken("least", "a floor has one of 'least' and 'most'")
    return floor


def _check(template: Template, table: Table) -> None:
    """What no single key can tell."""
    if not template.layers:
        with table.kept():
            raise table.broken("layer", "there is no layer, so the project would be empty")
    for run in template.runs:
        if run.framework is not None and run.framework not in template.frameworks:
            with table.kept():
                raise table.broken("run", f"{run.name!r} is for {run.framework}, for which there is no layer")


def _frameworks(layers: tuple[Layer, ...]) -> tuple[Framework, ...]:
    offered = {layer.framework for layer in layers}
    return tuple(one for one in FRAMEWORKS if one in offered)


def _requirements(table: Table, key: str) -> tuple[str, ...]:
    """PEP 508 requirements, each checked here rather than by an installer an hour later."""
    from packaging.requirements import InvalidRequirement, Requirement

    values = table.texts(key)
    for value in values:
        try:
            Requirement(value)
        except InvalidRequirement as problem:
            why = str(problem).splitlines()[0]
            with table.kept():
                raise table.broken(key, f"{value!r} is no requirement: {why}") from problem
    return values


def _open(path: Path, problems: Problems | None) -> Table:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as problem:
        raise TemplateBroken(f"{path} is missing") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise TemplateBroken(f"{path} cannot be read: {problem}") from problem
    try:
        values: Mapping[str, Any] = loads(text)
    except TOMLDecodeError as problem:  # its text ends with "(at line 3, column 7)"
        raise TemplateBroken(f"{path} is no valid TOML: {problem}") from problem
    return Table(values, path=path, text=text, problems=problems)
