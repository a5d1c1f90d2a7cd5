"""Facts for `scaffold.probing.sources` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.code.statements import Import
from scaffold.facts.told import Told, one_line
from scaffold.probing.sources.code import source_of
from scaffold.probing.sources.model import Source, SourceFacts, Spawning, Started, Unmarked

_MODULE = re.compile(r"^\s*(?:from|import)\s+([A-Za-z_][\w.]{0,200})")

#: Words for a layout with more than one package.
_SEVERAL = re.compile(
    r"\bseveral\b|\bmultiple\b|\bmono-?repo\b|\bpackages\b|\bsplit\b|\bsrc\b", re.IGNORECASE
)

#: "no guard", "unguarded DataLoader with num_workers=4": words for code at the top level.
_UNGUARDED = re.compile(
    r"(?:no|without|missing|lacks?)\b.{0,40}(?:guard|__main__)|unguarded|module[- ]level", re.IGNORECASE
)
_STARTS = re.compile(r"DataLoader|num_workers|Process|Pool|spawn|multiprocessing|num_proc", re.IGNORECASE)
_LONGEST, _MOST = 20_000, 500


def told(description: Told) -> SourceFacts:
    """What the description tells; everything else stays unknown."""
    project = description.below("project")
    texts = dict(_texts(project, description))
    sources = [*_parsed(texts), *_entry(project), *_described(project, description), *_by_numbers(project)]
    entry = project.text("entry", "script").replace("\\", "/")
    return SourceFacts(
        folder=project.text("path"),
        files=tuple(dict.fromkeys((*_names(project), *texts, *((entry,) if entry else ())))),
        sources=tuple(sources),
        roots=("", *_folders(_source_roots(project, description))),
        started=(Started(script=entry, place="as it was told"),) if entry else (),
        unmarked=tuple(_unmarked(project, description)),
        name=project.text("name"),
    )


def _names(project: Told) -> Iterator[str]:
    """Names of files: a list, or name -> content or state."""
    files = project.first("files", "scripts")
    listed = [files] if isinstance(files, str) else files
    for one in list(listed)[:_MOST] if isinstance(listed, (list, tuple, Mapping)) else ():
        if isinstance(one, str) and re.fullmatch(r"[\w./\\ -]{1,300}", one) and one.endswith((".py", "/")):
            yield one.replace("\\", "/").removeprefix("./")


def _texts(project: Told, description: Told) -> Iterator[tuple[str, str]]:
    """Files of Python that are told with what they hold."""
    for table in (project.facts, project.first("files"), description.first("files")):
        for name, text in table.items() if isinstance(table, Mapping) else ():
            if isinstance(name, str) and name.endswith(".py") and isinstance(text, str):
                yield name[:300].replace("\\", "/"), text[:_LONGEST]


def _parsed(texts: Mapping[str, str]) -> Iterator[Source]:
    for name, text in texts.items():
        found = source_of(name, text)
        if found is not None:
            yield found


def _entry(project: Told) -> Iterator[Source]:
    """The script that is started, with what it imports."""
    entry = project.text("entry", "script")
    lines: Any = project.first("imports")
    written = [lines] if isinstance(lines, str) else lines if isinstance(lines, list) else []
    modules = [match[1] for one in written if isinstance(one, str) and (match := _MODULE.match(one))]
    if entry and modules:
        imports = tuple(Import(module=one) for one in modules[:_MOST])
        yield Source(path=entry.replace("\\", "/"), imports=imports, guarded=True)


def _described(project: Told, description: Told) -> Iterator[Source]:
    """Code that words describe."""
    for place in (project, description):
        for key in ("code", "script_code", "snippet", "source", "main"):
            text = place.first(key)
            if not isinstance(text, str):
                continue
            found = source_of("the script", text[:_LONGEST])
            if found is not None and (found.imports or found.spawns):
                yield found
            elif _UNGUARDED.search(text) and _STARTS.search(text):
                yield Source(path="the script", spawns=(Spawning(what=one_line(text)[:120]),))


def _by_numbers(project: Told) -> Iterator[Source]:
    """``main_guard: false`` beside ``num_workers: 4``."""
    workers = project.whole("num_workers", "workers")
    if project.flag("main_guard", "guard", "has_main_guard") is False and workers:
        spawning = Spawning(what=f"num_workers={workers}")
        yield Source(path=project.text("entry", "script") or "the script", spawns=(spawning,))


def _source_roots(project: Told, description: Told) -> Any:
    told_there = project.first("source_roots")
    return description.below("ide").first("source_roots") if told_there is None else told_there


def _unmarked(project: Told, description: Told) -> Iterator[Unmarked]:
    layout, roots = project.text("layout"), _source_roots(project, description)
    if layout and isinstance(roots, (list, tuple)) and not roots and _SEVERAL.search(layout):
        yield Unmarked(folder=layout)


def _folders(value: object) -> Iterator[str]:
    for one in value if isinstance(value, (list, tuple)) else ():
        if isinstance(one, str):
            yield one_line(one).replace("\\", "/").strip("/")
