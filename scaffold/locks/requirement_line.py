"""One line of a ``requirements.txt``: a requirement, a wheel by its place, a place that names none."""

from __future__ import annotations

import re
from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from scaffold.locks.fields import file_name
from scaffold.locks.model import Locked
from scaffold.sources.redact import redact

#: A repository, a URL, a path: what pip takes in place of a requirement.
_PLACE = re.compile(r"(?:(?:git|hg|svn|bzr)\+|https?://|file:|\.{0,2}[/\\]|[A-Za-z]:[/\\])\S*|\.{1,2}")


def place(line: str) -> str:
    """Where a line leads that names no package; "" where it is none of these.

    >>> place("git+https://example.org/net.git#egg=net"), place("./net[gpu]"), place("net"), place("a b")
    ('git+https://example.org/net.git#egg=net', './net[gpu]', '', '')
    """
    said = line.strip().strip("'\"")
    return said if _PLACE.fullmatch(said) else ""


def row(line: str) -> tuple[Locked, str] | None:
    """A requirement and its marker; None where the line is none."""
    wheel = _wheel(line)
    if wheel is not None:
        return wheel, _marker_after(line)
    try:
        wanted = Requirement(_without_options(line))
    except (InvalidRequirement, RecursionError):
        return None
    marker = str(wanted.marker) if wanted.marker else ""
    if wanted.url:
        wheel = _wheel(wanted.url)
        named = Locked(
            name=canonicalize_name(wanted.name), specifier=f" @ {redact(wanted.url)}", index=wanted.url
        )
        return replace(wheel or named, extras=tuple(sorted(wanted.extras))), marker
    pins = [
        one for one in wanted.specifier if one.operator in {"==", "==="} and not one.version.endswith("*")
    ]
    return Locked(
        name=canonicalize_name(wanted.name),
        version=pins[0].version if pins else "",
        specifier=str(wanted.specifier),
        extras=tuple(sorted(wanted.extras)),
    ), marker


def _wheel(line: str) -> Locked | None:
    """A wheel that is named by its URL or path alone."""
    location = re.split(r"[;\s]", line, maxsplit=1)[0]
    if not re.search(r"\.whl($|[#?])", location):
        return None
    filename = file_name(location)
    try:
        name, version, _, _ = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    return Locked(name=name, version=str(version), index=location, wheels=(filename,), buildable=False)


def _marker_after(line: str) -> str:
    return line.partition(" ;")[2].strip() or line.partition("; ")[2].strip()


def _without_options(line: str) -> str:
    """``torch==2.0 --no-binary torch``: what stands before the options."""
    return re.split(r"\s--[a-z]", line, maxsplit=1)[0]
