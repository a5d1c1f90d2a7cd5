"""pip's own settings, read as pip reads them.

Order, later wins: global, user (legacy, then new), the active environment's, ``PIP_CONFIG_FILE``,
``PIP_*`` variables; of each file ``[global]``, then ``[install]``. A list is replaced, never
extended. Source: pip's ``_internal/configuration.py`` and ``_internal/utils/appdirs.py`` (26.3).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from scaffold.sources.model import Setting
from scaffold.system import System

#: The options that say where packages come from.
OPTIONS = frozenset({
    "index-url", "extra-index-url", "find-links", "no-index",
    "cert", "trusted-host", "proxy", "timeout", "default-timeout",
})  # fmt: skip

#: The first line of a pip.conf that scaffold wrote into an environment that it made.
OURS = "# Written by scaffold for this environment"

#: Sections that `pip install` reads, the stronger one last.
SECTIONS = ("global", "install")


def read_pip_settings(system: System) -> dict[str, Setting]:
    """The value of each source option that `pip install` would use, by option name."""
    return {option: values[0] for option, values in read_pip_layers(system).items()}


def read_pip_layers(system: System) -> dict[str, tuple[Setting, ...]]:
    """Every value that somebody gave each source option, by option name; the one that counts first."""
    found: dict[str, list[Setting]] = {}
    for name, setting in _variables(system).items():
        found.setdefault(name, []).append(setting)
    files = [
        (shown_path(path, system), parse_configuration(system.read_text(path) or ""))
        for path in reversed(configuration_files(system))
    ]
    for section in reversed(SECTIONS):
        for origin, values in files:
            for (where, option), value in values.items():
                if where == section:
                    found.setdefault(option, []).append(Setting(value=value, origin=origin))
    return {option: tuple(settings) for option, settings in found.items()}


def parse_configuration(text: str, options: frozenset[str] = OPTIONS) -> dict[tuple[str, str], str]:
    r"""The source options of a pip.conf by section and option; what is malformed is left out.

    A file that scaffold wrote into an environment says nothing of the user's wishes.

    >>> parse_configuration("[global]\nindex_url = https://a/simple\n[list]\nformat = json\n")
    {('global', 'index-url'): 'https://a/simple'}
    """
    import configparser

    if text.startswith(OURS):
        return {}
    parser = configparser.RawConfigParser(strict=False)
    with contextlib.suppress(configparser.Error):  # what is well-formed still counts
        parser.read_string(text.lstrip("\ufeff"))
    found: dict[tuple[str, str], str] = {}
    for section in set(parser.sections()) & set(SECTIONS):
        for name, value in parser.items(section):
            option = name.replace("_", "-").removeprefix("--")
            if option in options and isinstance(value, str) and value.strip():
                found[section, option] = value.strip()
    return found


def configuration_files(system: System) -> tuple[Path, ...]:
    """Every file that pip would read on this host, whether it exists or not, the strongest last."""
    environment = system.environment
    chosen = environment.get("PIP_CONFIG_FILE", "")
    if chosen and chosen in (os.devnull, "/dev/null", "nul"):
        return ()
    files = [*_global_files(system)]
    if not (chosen and system.exists(chosen)):  # pip then leaves the user's own files out
        files += _user_files(system)
    files += _site_files(system)
    if chosen:
        files.append(Path(chosen))
    return tuple(files)


def shown_path(path: Path, system: System) -> str:
    """A path for people: the home folder as ``~``."""
    home = system.home
    if home is not None and path.is_relative_to(home):
        return f"~/{path.relative_to(home).as_posix()}"
    return str(path)


def _variables(system: System) -> dict[str, Setting]:
    found = {}
    for name, value in system.environment.items():
        option = name.removeprefix("PIP_").lower().replace("_", "-")
        if name.startswith("PIP_") and option in OPTIONS and value.strip():
            found[option] = Setting(value=value.strip(), origin=name)
    return found


def _file_name(system: System) -> str:
    return "pip.ini" if system.platform.os == "windows" else "pip.conf"


def _global_files(system: System) -> Iterator[Path]:
    environment = system.environment
    if system.platform.os == "windows":
        yield Path(environment.get("PROGRAMDATA") or "C:/ProgramData") / "pip" / "pip.ini"
    elif system.platform.os == "macos":
        yield Path("/opt/homebrew/share/pip/pip.conf")
        yield Path("/Library/Application Support/pip/pip.conf")
    else:
        for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
            if folder.startswith("/"):
                yield Path(folder) / "pip" / "pip.conf"
        yield Path("/etc/pip.conf")


def _user_files(system: System) -> Iterator[Path]:
    home, name = system.home, _file_name(system)
    if home is None:
        return
    if system.platform.os == "windows":
        yield home / "pip" / name
        yield Path(system.environment.get("APPDATA") or home / "AppData/Roaming") / "pip" / name
        return
    yield home / ".pip" / name
    if system.platform.os == "macos":
        library = home / "Library" / "Application Support" / "pip"
        yield (library if system.exists(library) else home / ".config" / "pip") / name
    else:
        yield Path(system.environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / name


def _site_files(system: System) -> Iterator[Path]:
    """The active environment's own: pip's ``sys.prefix`` is where the user has put himself."""
    for variable in ("CONDA_PREFIX", "VIRTUAL_ENV"):
        if system.environment.get(variable):
            yield Path(system.environment[variable]) / _file_name(system)
