"""Settings that send packages elsewhere than into the environment that is being made.

A variable of that kind is left out of an installer's environment; a line of a file that the installer reads
by itself cannot be, so it is refused before anything is installed.
"""

from __future__ import annotations

from scaffold.errors import ConfigurationRefused
from scaffold.sources import pip_settings, uv_settings
from scaffold.system import System

#: What pip and `uv pip` call the place, where it is not the environment.
OPTIONS = frozenset({"target", "prefix", "root"})


def refuse_elsewhere(system: System) -> None:
    """Raise ConfigurationRefused where pip.conf or uv.toml names another place to install into.

    ``user`` in pip.conf needs no refusal: a variable overrules it.
    """
    for path in pip_settings.configuration_files(system):
        found = pip_settings.parse_configuration(system.read_text(path) or "", OPTIONS)
        for _, option in found:
            raise _refused(pip_settings.shown_path(path, system), option, "PIP_CONFIG_FILE=/dev/null")
    for path in uv_settings.configuration_files(system):
        table = uv_settings.parse_document(system.read_text(path) or "").get("pip")
        for option in sorted(OPTIONS & set(table if isinstance(table, dict) else ())):
            raise _refused(pip_settings.shown_path(path, system), option, "UV_NO_CONFIG=1")


def _refused(file: str, option: str, without: str) -> ConfigurationRefused:
    return ConfigurationRefused(
        f"{file} sets {option}: packages would be installed there, not into the environment",
        hint=f"take {option} out of {file}, or leave the file out for once: {without}",
    )
