"""How the project itself is installed in its environment: only an editable install follows its source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from scaffold.environments.condition.inspect import parse_distribution_folder
from scaffold.environments.condition.remains import text_of
from scaffold.environments.installers.itself import project_distribution
from scaffold.environments.layout import site_packages_of
from scaffold.environments.model import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectInstall:
    """How it is installed. ``source`` is what its ``direct_url.json`` names, "" where there is none."""

    name: str  # as pyproject.toml has it
    how: Literal["editable", "missing", "copy", "elsewhere"]
    source: str = ""


def project_install(root: Path, found: Environment) -> ProjectInstall | None:
    """None where the project is none that can be installed, or where it cannot be told."""
    name = project_distribution(root)
    if name is None:
        return None
    if canonicalize_name(name) not in found.packages:
        return ProjectInstall(name=name, how="missing")
    metadata = _metadata(found.location, canonicalize_name(name))
    if metadata is None:
        return None
    source, editable = parse_direct_url(text_of(metadata / "direct_url.json"))
    if not editable:
        return ProjectInstall(name=name, how="copy", source=source)
    here = _is_same(source, root)
    return ProjectInstall(name=name, how="editable" if here else "elsewhere", source=source)


def parse_direct_url(text: str) -> tuple[str, bool]:
    r"""What ``direct_url.json`` (PEP 610) names, and whether that is editable; garbage is a copy of nothing.

    >>> parse_direct_url('{"url": "file:///home/u/my%20thing", "dir_info": {"editable": true}}')
    ('/home/u/my thing', True)
    >>> parse_direct_url('{"url": "file:///home/u/thing", "dir_info": {}}'), parse_direct_url("[]")
    (('/home/u/thing', False), ('', False))
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return "", False
    url = told.get("url") if isinstance(told, dict) else None
    if not isinstance(url, str):
        return "", False
    from urllib.request import url2pathname  # loads http and ssl

    about = told.get("dir_info")
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", False
    source = (
        url2pathname(parts.path)
        if parts.scheme == "file"
        else parts._replace(netloc=parts.hostname or "").geturl()
    )
    return source, isinstance(about, dict) and about.get("editable") is True


def difference_in_words(one: ProjectInstall | None) -> str:
    """What keeps the project from being installed as it should be; "" where nothing does.

    >>> difference_in_words(ProjectInstall(name="thing", how="missing"))
    'thing, the project itself, is not installed'
    """
    if one is None or one.how == "editable":
        return ""
    how = {
        "missing": "is not installed",
        "copy": "is installed as a copy",
        "elsewhere": f"is installed from {one.source}",
    }
    return f"{one.name}, the project itself, {how[one.how]}"


def _metadata(location: Path, name: str) -> Path | None:
    folder = site_packages_of(location)
    for path in sorted(folder.glob("*.dist-info")) if folder else ():
        parsed = parse_distribution_folder(path.name)
        if parsed is not None and parsed[0] == name:
            return path
    return None


def _is_same(source: str, root: Path) -> bool:
    try:
        return Path(source).samefile(root)
    except (OSError, ValueError):
        return False
