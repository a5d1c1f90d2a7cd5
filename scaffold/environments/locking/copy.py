"""A copy of a project in which uv may lock: PyTorch's indexes are there the user's mirrors of them.

uv knows a variable for that (``UV_INDEX=pytorch-cu126=URL``), and an index that is named so is no longer
``explicit``: it would serve NumPy and everything else, too. And a lock with a mirror's addresses is stale for
every colleague. So the mirror stands in the copy alone, and the lock names PyTorch's own addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.environments.locking.groups import Declared
from scaffold.environments.locking.model import UV_LOCK
from scaffold.sources.model import SourceSettings
from scaffold.sources.places import PYTORCH_INDEX, is_url
from scaffold.sources.redact import redact

#: Files beside ``pyproject.toml`` that uv reads.
_READ_BY_UV = ("uv.toml", ".python-version", UV_LOCK.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where uv locks, and which addresses stand there for which: canonical -> mirror's."""

    folder: Path
    mirrors: Mapping[str, str]

    def canonical(self, text: str) -> str:
        """A file that was made here, with PyTorch's own addresses and without credentials."""
        for url, mirror in self.mirrors.items():
            text = _moved(text, redact_user(mirror), url)
        return redact(text)

    def here(self, text: str) -> str:
        """The project's own lock as it must read here, so that uv keeps its versions."""
        for url, mirror in self.mirrors.items():
            text = _moved(text, url, redact_user(mirror))
        return text


def workplace(project: Declared, settings: SourceSettings, folder: Path) -> Workplace:
    """The copy in ``folder``; the project itself where its metadata leads to other files.

    In the project itself no mirror can stand in.
    """
    if leads_elsewhere(project.document):
        return Workplace(folder=project.root, mirrors={})
    place = Workplace(folder=folder, mirrors=_mirrors(project, settings))
    for name in _READ_BY_UV:
        source = project.root / name
        if source.is_file():
            text = source.read_text(encoding="utf-8")
            (folder / name).write_text(place.here(text), encoding="utf-8")
    text = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(_with_mirrors(text, place.mirrors, settings), encoding="utf-8")
    return place


def leads_elsewhere(document: Mapping[str, Any]) -> bool:
    """Whether paths, a workspace or a version that code computes make a copy another project.

    >>> leads_elsewhere({"tool": {"uv": {"sources": {"mine": {"path": "../mine"}}}}})
    True
    """
    project, uv = document.get("project", {}), document.get("tool", {}).get("uv", {})
    rows = [row for value in uv.get("sources", {}).values() for row in _rows(value)]
    places = [str(one) for one in uv.get("find-links", ())]
    places += [str(row.get("url", "")) for row in _rows(uv.get("index", []))]
    return bool(
        project.get("dynamic")
        or "workspace" in uv
        or any({"path", "workspace"} & row.keys() for row in rows)
        or any(not is_url(one) and not Path(one).is_absolute() for one in places)
    )


def _rows(value: Any) -> Iterator[Mapping[str, Any]]:
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, dict):
            yield row


def _mirrors(project: Declared, settings: SourceSettings) -> Mapping[str, str]:
    mirror = settings.pytorch_mirror
    if mirror is None:
        return {}
    base, end = mirror.value.rstrip("/"), "/" if settings.pytorch_flat else ""
    return {
        url: base + url.removeprefix(PYTORCH_INDEX) + end
        for url in project.indexes.values()
        if url.startswith(f"{PYTORCH_INDEX}/")
    }


def _with_mirrors(text: str, mirrors: Mapping[str, str], settings: SourceSettings) -> str:
    if not mirrors:
        return text
    import tomlkit

    document: Any = tomlkit.parse(text)
    for index in document["tool"]["uv"]["index"]:
        mirror = mirrors.get(str(index.get("url", "")))
        if mirror is None:
            continue
        index["url"] = mirror
        if settings.pytorch_flat:
            index["format"] = "flat"
    return tomlkit.dumps(document)


def _moved(text: str, base: str, other: str) -> str:
    """Every address at or below ``base`` moved to ``other``; ``cu13`` is not below ``cu130``.

    A slash at the end is a difference to uv: the base itself is written exactly as it is given.

    >>> _moved('"http://m/cpu/" "http://m/cpu/torch.whl"', "http://m/cpu/", "https://p/cpu")
    '"https://p/cpu" "https://p/cpu/torch.whl"'
    """
    text = text.replace(f'"{base}"', f'"{other}"')
    below = re.escape(base.rstrip("/"))
    return re.sub(rf"{below}/(?=[^\"'])", lambda _: f"{other.rstrip('/')}/", text)


def redact_user(url: str) -> str:
    """A URL as uv writes it: without user and password."""
    from scaffold.sources.credentials import without_login

    return without_login(url)[0]
