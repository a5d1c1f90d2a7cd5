"""What the user told copier and cookiecutter once and for all: defaults. Nobody is trusted for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.projects.foreign.answers import plain
from scaffold.projects.foreign.model import ForeignKind
from scaffold.system import System


def user_defaults(kind: ForeignKind, system: System) -> Mapping[str, Any]:
    """Defaults from copier's settings or cookiecutter's configuration; none where those cannot be read.

    Both renderers go on without them, too: a mistake there belongs to no template.
    """
    import yaml

    from scaffold.locks.yaml_nodes import load

    path, key = _copier(system) if kind == "copier" else _cookiecutter(system)
    text = system.read_text(path) if path is not None else None
    try:
        found = load(text) if text else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    defaults = found.get(key) if isinstance(found, dict) else None
    return {str(name): plain(value) for name, value in defaults.items()} if isinstance(defaults, dict) else {}


def _copier(system: System) -> tuple[Path | None, str]:
    told = system.environment.get("COPIER_SETTINGS_PATH")
    if told:
        return Path(told), "defaults"
    base = _configuration(system)
    return base / "copier" / "settings.yml" if base else None, "defaults"


def _cookiecutter(system: System) -> tuple[Path | None, str]:
    told = system.environment.get("COOKIECUTTER_CONFIG")
    if told:
        return Path(told), "default_context"
    return system.home / ".cookiecutterrc" if system.home else None, "default_context"


def _configuration(system: System) -> Path | None:
    """Where platformdirs puts a user's settings."""
    if system.platform.os == "windows":
        base = system.environment.get("LOCALAPPDATA")
        return Path(base) if base else None
    told = system.environment.get("XDG_CONFIG_HOME", "").strip()
    if told:
        return Path(told)
    if system.home is None:
        return None
    return system.home / ("Library/Application Support" if system.platform.os == "macos" else ".config")
