"""uv's own settings, as far as they say where packages come from.

Order, earlier wins: ``UV_*`` variables, the user's uv.toml, the system's. Lists are joined, the
stronger part first. Of a file, ``[pip]`` is read too, because packages are installed with `uv pip`.
Source: https://docs.astral.sh/uv/concepts/configuration-files/ and /uv/concepts/indexes/ (uv 0.13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffold.sources.model import Setting
from scaffold.sources.pip_settings import shown_path
from scaffold.sources.places import is_url
from scaffold.system import System

_NAMED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)=(?P<url>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class UvIndex:
    """One index of uv's: an ``[[index]]`` table, or a word of ``UV_INDEX``."""

    url: str
    origin: str
    name: str = ""
    default: bool = False
    explicit: bool = False  # only for packages that a project sources to it
    flat: bool = False  # a find-links page

    @property
    def setting(self) -> Setting:
        """Its location, with where it was read."""
        return Setting(value=self.url, origin=self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class UvSettings:
    """What uv would use, the stronger settings first in each list."""

    indexes: tuple[UvIndex, ...] = ()
    find_links: tuple[Setting, ...] = ()
    #: no-index, index-strategy, https-proxy, python-install-mirror, timeout: what was set, strongest first
    layers: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)
    insecure_hosts: tuple[Setting, ...] = ()


def read_uv_settings(system: System) -> UvSettings:
    """All levels of uv's settings, joined."""
    documents = [(path, parse_document(system.read_text(path) or "")) for path in configuration_files(system)]
    indexes, links, hosts = list(_variable_indexes(system)), list(_variable_links(system)), []
    hosts += [Setting(value=word, origin="UV_INSECURE_HOST") for word in _words(system, "UV_INSECURE_HOST")]
    layers: dict[str, list[Setting]] = {}
    for name, setting in _variable_scalars(system):
        layers.setdefault(name, []).append(setting)
    for path, document in documents:
        origin = shown_path(path, system)
        indexes += _indexes(document, path.parent, origin)
        links += _links(document, path.parent, origin)
        hosts += [Setting(value=one, origin=origin) for one in _texts(document, "allow-insecure-host")]
        for name, value in _scalars(document):
            layers.setdefault(name, []).append(Setting(value=value, origin=origin))
    return UvSettings(
        indexes=tuple(_with_credentials(one, system.environment) for one in indexes),
        find_links=tuple(links),
        layers={name: tuple(settings) for name, settings in layers.items()},
        insecure_hosts=tuple(hosts),
    )


def configuration_files(system: System) -> tuple[Path, ...]:
    """Every uv.toml that uv would read on this host, whether it exists or not, the strongest first."""
    environment, home = system.environment, system.home
    if truth(environment.get("UV_NO_CONFIG", "")):
        return ()
    if environment.get("UV_CONFIG_FILE"):
        return (Path(environment["UV_CONFIG_FILE"]),)
    files = []
    if system.platform.os == "windows":
        roaming = environment.get("APPDATA") or (home / "AppData/Roaming" if home else "")
        machine_wide = [Path(environment.get("PROGRAMDATA") or "C:/ProgramData")]
    else:
        roaming = environment.get("XDG_CONFIG_HOME") or (home / ".config" if home else "")
        folders = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
        machine_wide = [*(Path(one) for one in folders if one.startswith("/")), Path("/etc")]
    if roaming:
        files.append(Path(roaming) / "uv" / "uv.toml")
    # uv takes the first machine-wide file that is there and leaves the rest.
    candidates = [folder / "uv" / "uv.toml" for folder in machine_wide]
    files += [path for path in candidates if system.exists(path)][:1] or candidates[-1:]
    return tuple(files)


def parse_document(text: str) -> dict[str, Any]:
    """A uv.toml as plain data; empty where it is no TOML."""
    if not text.strip():
        return {}
    from scaffold.toml import TOMLDecodeError, loads

    try:
        document: dict[str, Any] = loads(text.lstrip("\ufeff"))
    except TOMLDecodeError:
        return {}
    return document


def truth(word: str) -> bool:
    """Whether a word of a setting means yes, to pip (strtobool) and to uv."""
    return word.strip().lower() in ("1", "true", "t", "yes", "y", "on")


def _words(system: System, variable: str) -> list[str]:
    return system.environment.get(variable, "").split()


def _variable_indexes(system: System) -> Iterator[UvIndex]:
    for variable, default in (
        ("UV_DEFAULT_INDEX", True), ("UV_INDEX_URL", True), ("UV_INDEX", False), ("UV_EXTRA_INDEX_URL", False)
    ):  # fmt: skip
        for word in _words(system, variable):
            named = _NAMED.fullmatch(word)
            name, url = (named["name"], named["url"]) if named else ("", word)
            # A variable cannot say "explicit"; an index of this name stands in for a project's own.
            stand_in = name.startswith("pytorch-") and not default
            yield UvIndex(url=url, origin=variable, name=name, default=default, explicit=stand_in)


def _variable_links(system: System) -> Iterator[Setting]:
    for word in system.environment.get("UV_FIND_LINKS", "").split(","):
        if word.strip():
            yield Setting(value=word.strip(), origin="UV_FIND_LINKS")


def _variable_scalars(system: System) -> Iterator[tuple[str, Setting]]:
    for option, variables in (
        ("index-strategy", ("UV_INDEX_STRATEGY",)),
        ("timeout", ("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT")),
        ("python-install-mirror", ("UV_PYTHON_INSTALL_MIRROR",)),
    ):
        for variable in variables:
            if system.environment.get(variable, "").strip():
                yield option, Setting(value=system.environment[variable].strip(), origin=variable)
                break


def _tables(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    pip = document.get("pip")
    return (pip if isinstance(pip, dict) else {}), document


def _indexes(document: Mapping[str, Any], folder: Path, origin: str) -> Iterator[UvIndex]:
    tables = document.get("index")
    for table in tables if isinstance(tables, list) else ():
        if isinstance(table, dict) and isinstance(table.get("url"), str):
            yield UvIndex(
                url=_absolute(table["url"], folder),
                origin=origin,
                name=str(table.get("name", "")),
                default=table.get("default") is True,
                explicit=table.get("explicit") is True,
                flat=table.get("format") == "flat",
            )
    for part in _tables(document):
        for option, default in (("index-url", True), ("extra-index-url", False)):
            for url in _texts(part, option):
                yield UvIndex(url=_absolute(url, folder), origin=origin, default=default)


def _links(document: Mapping[str, Any], folder: Path, origin: str) -> Iterator[Setting]:
    for part in _tables(document):
        for location in _texts(part, "find-links"):
            yield Setting(value=_absolute(location, folder), origin=origin)


def _scalars(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in _tables(document):
        for option in ("no-index", "index-strategy", "https-proxy", "http-proxy", "python-install-mirror"):
            value = part.get(option)
            if isinstance(value, (str, bool)) and str(value).strip():
                yield option, str(value).lower() if isinstance(value, bool) else value


def _texts(table: Mapping[str, Any], option: str) -> list[str]:
    value = table.get(option)
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one.strip()]


def _absolute(location: str, folder: Path) -> str:
    return location if is_url(location) else str(folder / location)


def _with_credentials(index: UvIndex, environment: Mapping[str, str]) -> UvIndex:
    """Uv takes a named index's credentials from variables; the other readers need them in the URL."""
    from urllib.parse import quote, urlsplit, urlunsplit

    prefix = "UV_INDEX_" + re.sub(r"[^A-Z0-9]", "_", index.name.upper())
    user, password = environment.get(f"{prefix}_USERNAME", ""), environment.get(f"{prefix}_PASSWORD", "")
    if not index.name or not (user or password) or not is_url(index.url):
        return index
    parts = urlsplit(index.url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"
    return replace(index, url=urlunsplit(parts._replace(netloc=netloc)))
