"""The user's own choices, in ``config.toml`` of the folder ``scaffold`` of the configuration.

``$SCAFFOLD_CONFIG`` names another file. ``scaffold env mirrors use`` writes it, people may, too::

    [mirrors]
    index = "https://mirror.example/simple"              # the ordinary index (PEP 503)
    pytorch = "https://mirror.example/pytorch/whl"       # has an index below it for each variant: /cu126
    python = "https://mirror.example/python-build-standalone"

``flat+https://...`` is a PyTorch mirror whose ``/cu126/`` is one page that lists every wheel.

A ``PIP_*`` or ``UV_*`` variable is stronger (somebody set it for this very call or machine), pip.conf
and uv.toml are weaker: who chooses a mirror for scaffold means scaffold to use it, whatever an older
file says to other programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from scaffold.errors import ConfigurationRefused
from scaffold.sources.model import Setting
from scaffold.sources.pip_settings import shown_path
from scaffold.system import System
from scaffold.toml import TOMLDecodeError, loads

VARIABLE = "SCAFFOLD_CONFIG"

#: What a mirror can stand in for: the ordinary index, PyTorch's, the place that Pythons come from.
Subject = Literal["index", "pytorch", "python"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)

#: In front of a PyTorch mirror's address: its pages list wheels, it is no index.
FLAT = "flat+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the file says; nothing where there is none. ``text`` is as it stands there."""

    path: Path | None  # None: nobody has a home
    text: str = ""
    mirrors: Mapping[Subject, Setting] = field(default_factory=dict)


def folder(system: System) -> Path | None:
    """The user's folder for settings, where platformdirs has it on that system; None without a home."""
    home, environment = system.home, system.environment
    if system.platform.os == "windows":
        local = environment.get("LOCALAPPDATA", "").strip()
        return Path(local) if local else home / "AppData" / "Local" if home else None
    chosen = environment.get("XDG_CONFIG_HOME", "").strip()
    if chosen:
        return Path(chosen)
    if home is None:
        return None
    return home / "Library" / "Application Support" if system.platform.os == "macos" else home / ".config"


def place(system: System) -> Path | None:
    """Where the file is, or would be."""
    named = system.environment.get(VARIABLE, "").strip()
    if named:
        return Path(named)
    base = folder(system)
    return base / "scaffold" / "config.toml" if base is not None else None


def read_configuration(system: System) -> Configuration:
    """Read the file; raises ConfigurationRefused where it is there and cannot be meant."""
    path = place(system)
    if path is None or not system.exists(path):
        return Configuration(path=path)
    text = system.read_text(path)
    if text is None or "\N{REPLACEMENT CHARACTER}" in text:
        raise refused(path, "it cannot be read" if text is None else "it is not written in UTF-8")
    try:
        document = loads(text.lstrip("\ufeff"))
    except TOMLDecodeError as problem:
        raise refused(path, f"it is no TOML: {problem}") from problem
    origin = shown_path(path, system)
    values = {name: Setting(value=value, origin=origin) for name, value in _mirrors(document, path).items()}
    return Configuration(path=path, text=text, mirrors=values)


def _mirrors(document: Mapping[str, Any], path: Path) -> dict[Subject, str]:
    table = document.get("mirrors", {})
    if not isinstance(table, dict):
        raise refused(path, "mirrors: must be a table, written [mirrors]")
    unknown = [name for name in table if name not in SUBJECTS]
    if unknown:
        raise refused(path, f"[mirrors]: there is no {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    for name, value in table.items():
        if not isinstance(value, str) or "://" not in value:
            raise refused(path, f"[mirrors] {name}: must be an address such as https://mirror.example/simple")
        if value.startswith(FLAT) and name != "pytorch":
            raise refused(path, f"[mirrors] {name}: {FLAT} is for PyTorch's mirror only")
    return {name: table[name].strip() for name in SUBJECTS if name in table}


def refused(path: Path, why: str) -> ConfigurationRefused:
    """The file cannot be used, and what helps."""
    return ConfigurationRefused(
        f"The configuration {path} cannot be used",
        detail=(why,),
        hint=f"correct {path}, or remove it and choose again: scaffold env mirrors use NAME",
    )
