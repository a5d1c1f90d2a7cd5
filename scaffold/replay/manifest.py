"""Facts for `scaffold.probing.manifest` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.facts.told import Told
from scaffold.probing.manifest.documents import FRAMEWORKS, read_pyproject
from scaffold.probing.manifest.model import IndexOf, LockedHere, ManifestFacts, Named

#: What a description calls the systems -> what markers do.
_PLATFORMS = {"windows": "win32", "linux": "linux", "macos": "darwin"}

_SOURCE = re.compile(r"(torch\w*|tensorflow)\s*=\s*\{([^{}]{0,300})\}")
_PART = re.compile(r"(index|marker)\s*=\s*(?:'([^']*)'|\"([^\"]*)\")")
_LOCKED = re.compile(
    r"\b(torch|torchvision|torchaudio|tensorflow(?:-cpu|-gpu)?)\s*[= ]+=?\s*(\d[\w.+]*)([^\n;]{0,200})"
)
_INDEX = re.compile(r"https?://\S*?/whl/\w[\w.]*")

_LONGEST = 200_000


def told(description: Told) -> ManifestFacts:
    """What the description tells of the project's files, by their text or in a sentence."""
    project, system = description.below("project"), _platform(description)
    facts = {
        "sys_platform": system,
        "platform_system": system.title(),
        "os_name": "nt" if system == "win32" else "posix",
    }
    text = _text(project, "pyproject", "pyproject.toml")
    whole = read_pyproject(text, facts)
    if whole.named or whole.index_of or whole.requires_python:
        return ManifestFacts(
            requires_python=whole.requires_python,
            named=whole.named,
            index_of=whole.index_of,
            indexes=whole.indexes,
            locks=tuple(_locks(project)),
        )
    return ManifestFacts(
        index_of=tuple(_sources(text, system)),
        named=tuple(_requirements(project)),
        indexes=tuple(_INDEX.findall(_text(project, "requirements", "requirements.txt")))[:20],
        locks=tuple(_locks(project)),
    )


def _platform(description: Told) -> str:
    family = description.below("os").text("family", "name").lower() or description.text("os").lower()
    return next((marker for name, marker in _PLATFORMS.items() if name in family), "linux")


def _text(project: Told, *names: str) -> str:
    value = project.first(*names)
    return value[:_LONGEST] if isinstance(value, str) else ""


def _sources(text: str, system: str) -> Iterator[IndexOf]:
    for package, inner in _SOURCE.findall(text):
        parts = {name: one or other for name, one, other in _PART.findall(inner)}
        if "index" in parts:
            marker = parts.get("marker", "")
            platforms = re.findall(r"(?:sys_platform|platform_system)\s*(==|!=)\s*['\"](\w+)", marker)
            yield IndexOf(
                package=package,
                url=parts["index"],
                marker=marker,
                holds=_holds(platforms, system) if platforms else (None if marker else True),
                place="pyproject.toml, [tool.uv.sources]",
            )


def _holds(platforms: list[tuple[str, str]], system: str) -> bool:
    """Whether one of the platforms that a marker names is this one."""
    names = {"windows": "win32"}
    return any(
        (names.get(name.lower(), name.lower()) == system) == (sign == "==") for sign, name in platforms
    )


def _locks(project: Told) -> Iterator[LockedHere]:
    for path in ("uv.lock", "poetry.lock", "pylock.toml"):
        text = _text(project, path)
        rows = [
            Named(package=name, version=version, index=_index(rest), place=path)
            for name, version, rest in _LOCKED.findall(text)[:50]
        ]
        if rows:
            yield LockedHere(path=path, format=path, python="", frameworks=tuple(rows))


def _index(rest: str) -> str:
    found = _INDEX.search(rest)
    return found[0] if found else ""


def _requirements(project: Told) -> Iterator[Named]:
    text = _text(project, "requirements", "requirements.txt")
    for line in text.splitlines()[:2000]:
        match = re.match(r"\s*([A-Za-z][\w.-]*)\s*((?:[=<>~!]=?\s*[\w.*+]+,?\s*)*)", line)
        if match and match[1].lower() in FRAMEWORKS:
            exact = re.fullmatch(r"==\s*([\w.+]+)\s*", match[2])
            yield Named(
                package=match[1].lower(),
                version=exact[1] if exact else "",
                specifier=match[2].strip(),
                place="requirements.txt",
            )
