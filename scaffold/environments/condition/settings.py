"""What an environment says to its Python and its pip: that it keeps to itself, and to its builds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scaffold.environments.condition.inspect import parse_configuration


def sees_system(location: Path) -> bool:
    """Whether it also imports the base Python's packages, and the user's."""
    settings = parse_configuration(_text(location / "pyvenv.cfg"))
    return settings.get("include-system-site-packages", "").lower() == "true"


def unkept(location: Path, pins: Sequence[str]) -> tuple[str, ...]:
    """Why pip, and PyCharm's buttons, would not keep the builds of ``pins``; nothing where they do."""
    if not pins:
        return ()
    constraints = location / "constraints.txt"
    lines = set(_text(constraints).split())
    found = [f"{constraints} lacks {pin}" for pin in pins if pin not in lines]
    configurations = [location / name for name in ("pip.conf", "pip.ini")]
    there = next((one for one in configurations if one.is_file()), configurations[0])
    if constraints.as_uri() not in _text(there):
        found.append(f"{there} does not name {constraints.name}")
    return tuple(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
