"""Facts for `scaffold.probing.variables` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffold.code.parsing import parsed
from scaffold.facts.told import Told, one_line, spelt
from scaffold.probing.sources.assignments import assignments
from scaffold.probing.variables.model import Kind, Variable, VariableFacts
from scaffold.probing.variables.names import is_late
from scaffold.probing.variables.scripts import assigned
from scaffold.pycharm.reading import env_files

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")

#: "unset before workaround", "not set": words for what is not there.
_UNSET = re.compile(r"\(?(?:unset|not set|is not set|undefined|missing)\b.*", re.IGNORECASE)

#: "set by the program from its argument after import": words for what code does, and for when.
_BY_CODE = re.compile(r"\bset\b.*\b(?:program|code|script|notebook|os\.environ|python)\b", re.IGNORECASE)
_LATE = re.compile(r"\b(?:after|behind|too late|later than)\b", re.IGNORECASE)

#: ``export CUDA_VISIBLE_DEVICES=2`` within a sentence.
_WITHIN = re.compile(r"\b(?P<name>[A-Z][A-Z0-9_]{2,})=(?P<value>[^\s;,'\"]+)")


def told(description: Told) -> VariableFacts:
    """What the description tells; everything else stays unknown."""
    rows = list(_rows(description))
    unset = frozenset(name for name, value, _, _ in rows if value is None)
    found = tuple(
        _variable(name, value, kind, place) for name, value, kind, place in rows if value is not None
    )
    return VariableFacts(found=(*found, *_in_texts(description)), unset=unset)


def _rows(description: Told) -> Iterator[tuple[str, str | None, Kind, str]]:
    yield from _table(description.first("env", "environment", "variables"), "process", "environment")
    runs = description.below("ide").rows("run_configuration", "run_configurations")
    runs += description.rows("run_configuration", "run_configurations")
    for run in runs:
        if isinstance(run, Mapping):
            for key in ("envs", "env", "environment"):
                yield from _table(run.get(key), "run-configuration", "the run configuration")


def _table(table: object, kind: Kind, place: str) -> Iterator[tuple[str, str | None, Kind, str]]:
    """Name -> value; a list of ``NAME=value`` is read as well."""
    if isinstance(table, (list, tuple)):
        table = dict(one.split("=", 1) for one in table if isinstance(one, str) and "=" in one)
    for name, value in table.items() if isinstance(table, Mapping) else ():
        if isinstance(name, str) and _NAME.fullmatch(name):
            text = _text(value)
            yield name, None if text is None or _UNSET.fullmatch(text) else text, kind, place


def _text(value: object) -> str | None:
    """A value as a line; None for null, and for what is no value of a variable."""
    return one_line(spelt(value)) if isinstance(value, (str, int, float)) else None


def _variable(name: str, value: str, kind: Kind, place: str) -> Variable:
    if _BY_CODE.search(value):
        return Variable(
            name=name,
            value="",
            kind="code",
            place="the program's code",
            late=bool(_LATE.search(value)),
            computed=True,
        )
    return Variable(name=name, value=value, kind=kind, place=place)


def _in_texts(description: Told) -> Iterator[Variable]:
    """What scripts and files are told to hold."""
    project = description.below("project")
    tables = (project.facts, description.below("files").facts, project.first("files"))
    for table in (one for one in tables if isinstance(one, Mapping)):
        for name, text in table.items():
            if isinstance(name, str) and isinstance(text, str):
                yield from _in_text(name, text[:10_000])


def _in_text(name: str, text: str) -> Iterator[Variable]:
    lowered = name.lower()
    if lowered.endswith(".py"):
        yield from _in_code(name, text)
        return
    if lowered == ".env" or lowered.endswith(".env"):
        yield from (
            Variable(name=one, value=value, kind="env-file", place=name)
            for one, value in env_files.parse(text).items()
        )
        return
    if not ("script" in lowered or lowered.endswith((".sh", ".bat", ".ps1", ".cmd", "dockerfile"))):
        return
    found = {one: value for _, one, value in assigned(text)}
    found |= {match["name"]: match["value"] for match in _WITHIN.finditer(text)}
    yield from (
        Variable(name=one, value=value, kind="script", place=name)
        for one, value in found.items()
        if _NAME.fullmatch(one)
    )


def _in_code(name: str, text: str) -> Iterator[Variable]:
    tree = parsed(text)
    for one in assignments(tree) if tree is not None else ():
        if _NAME.fullmatch(one.name):
            yield Variable(
                name=one.name,
                value=one.value or "",
                kind="code",
                place=f"{name[:300]}:{one.line}",
                late=is_late(one.name, one.after),
                computed=one.value is None,
            )
