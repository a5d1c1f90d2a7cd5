"""Facts for `scaffold.probing.extensions` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffold.facts.told import Told, one_line, spelt
from scaffold.probing.extensions.model import Extension, ExtensionFacts
from scaffold.probing.extensions.names import BUILT_HERE, built_for, release_in
from scaffold.probing.packages.names import normalised

_ABSENT = re.compile(r"\b(?:missing|absent|not|none|no|false)\b", re.IGNORECASE)
_LIMIT = 2000


def told(description: Told) -> ExtensionFacts:
    """What the description tells; everything else stays unknown."""
    wanted = tuple(_wanted(description))
    toolkit = description.below("toolkit")
    return ExtensionFacts(
        extensions=tuple(_extensions(description)),
        bitsandbytes=_bitsandbytes(description),
        wanted=wanted,
        wanted_in="the project's requirements" if wanted else "",
        nvcc=_tool(toolkit, "nvcc"),
        compiler=_tool(toolkit, "gcc", "compiler", "cc", "cl"),
        headers=_headers(description),
        headers_at=_header_path(description),
    )


def _rows(description: Told) -> Iterator[tuple[str, Told]]:
    """Name -> what is told: an object, a version, or a line of ``pip freeze``."""
    packages = description.first("packages")
    if isinstance(packages, (list, tuple)):
        lines = (one.partition("==") for one in packages[:_LIMIT] if isinstance(one, str))
        packages = {name.strip(): version.strip() for name, _, version in lines}
    for name, row in list(packages.items())[:_LIMIT] if isinstance(packages, Mapping) else ():
        if isinstance(name, str) and isinstance(row, (Mapping, str, float, int)):
            facts = row if isinstance(row, Mapping) else {"version": row}
            yield normalised(name), Told(facts, description.notes, f"packages.{name[:60]}.")


def _extensions(description: Told) -> Iterator[Extension]:
    for name, row in _rows(description):
        version, said = row.text("version"), row.text("built_for", "built_for_torch")
        torch, cuda = built_for(version)
        source = f"{name} {version}"
        if said:
            torch, source = release_in(said), "told"
        if torch or cuda or said:
            mismatch = bool(said) and not torch and re.search(r"\bother\b|\banother\b", said) is not None
            yield Extension(
                name=name, version=version, torch=torch, cuda=cuda, source=source, mismatch=mismatch
            )


def _wanted(description: Told) -> Iterator[str]:
    for name, row in _rows(description):
        if name in BUILT_HERE and (text := row.text("requested")):
            yield f"{name} {text}"


def _tool(toolkit: Told, *names: str) -> str | None:
    """A tool's version; "" where it is told that there is none, None where nothing is told."""
    if not toolkit.has(*names):
        return None
    value = toolkit.first(*names)
    text = one_line(spelt(value)) if isinstance(value, (str, int, float)) else ""
    return "" if value is None or value is False or _ABSENT.fullmatch(text.split(" ")[0] or "no") else text


def _files(description: Told) -> Iterator[tuple[str, str]]:
    files = description.first("files")
    for path, state in list(files.items())[:_LIMIT] if isinstance(files, Mapping) else ():
        if isinstance(path, str):
            yield path, "missing" if state is None or state is False else spelt(state)


def _headers(description: Told) -> bool | None:
    """Python.h, and what Windows links against; one that is missing is enough."""
    states = [
        not _ABSENT.search(state)
        for path, state in _files(description)
        if re.search(r"(?:^|[/\\])(?:Python\.h|python3\d+t?\.lib)$", path, re.IGNORECASE)
    ]
    return all(states) if states else None


def _header_path(description: Told) -> str:
    return next((one_line(path) for path, _ in _files(description) if path.lower().endswith("python.h")), "")


def _bitsandbytes(description: Told) -> tuple[str, ...] | None:
    """CUDA versions of the libraries that are told to be there, or to be missing."""
    rows = [
        (match[1], not _ABSENT.search(state))
        for path, state in _files(description)
        if (match := re.search(r"libbitsandbytes_cuda(\d+)", path))
    ]
    return tuple(version for version, there in rows if there) if rows else None
