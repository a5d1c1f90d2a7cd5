"""Everything that somebody set about where packages come from, the strongest first.

For one value the order is: variables (uv's before pip's, because uv installs), our own configuration,
uv's files, pip's files. What is not the strongest is not used; it is told all the same, for people
who wonder why their pip.conf has no effect.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.sources.model import Setting
from scaffold.sources.pip_settings import read_pip_layers
from scaffold.sources.places import comparable, is_url
from scaffold.sources.user_configuration import FLAT, read_configuration
from scaffold.sources.uv_settings import UvIndex, UvSettings, read_uv_settings, truth
from scaffold.system import System

#: Environment variables that every HTTP client reads for itself, the strongest first.
PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """``scalars`` by name: index, no-index, certificates, proxy, timeout, strategy, pytorch, python."""

    scalars: Mapping[str, tuple[Setting, ...]]
    extra_indexes: tuple[Setting, ...] = ()  # uv's first: the order is uv's priority
    find_links: tuple[Setting, ...] = ()
    trusted_hosts: tuple[Setting, ...] = ()
    pip_extra: Setting | None = (
        None  # pip's extra-index-url as it stands: its words are among the extra indexes
    )
    displaced: Mapping[str, tuple[Setting, ...]]  # weaker values of pip's lists, which replace each other


def read_layers(system: System) -> Layers:
    """Read every place that can say something; raises ConfigurationRefused."""
    pip, uv, own = read_pip_layers(system), read_uv_settings(system), read_configuration(system).mirrors
    mine = {name: (setting,) for name, setting in own.items()}
    pip_extra = next(iter(pip.get("extra-index-url", ())), None)
    return Layers(
        scalars={
            "index": _ordered(_defaults(uv), pip.get("index-url", ()), own=mine.get("index", ())),
            "no-index": _no_index(uv.layers.get("no-index", ()), pip.get("no-index", ())),
            "certificates": _certificates(pip, system),
            "proxy": _proxies(pip, uv, system),
            "timeout": _seconds(pip, uv),
            "strategy": uv.layers.get("index-strategy", ()),
            "pytorch": _ordered(_pytorch(uv, system), own=mine.get("pytorch", ())),
            "python": _ordered(uv.layers.get("python-install-mirror", ()), own=mine.get("python", ())),
        },
        extra_indexes=_distinct((*_further(uv), *_split(pip_extra))),
        find_links=_find_links(pip, uv, system),
        trusted_hosts=_distinct((*uv.insecure_hosts, *_split(next(iter(pip.get("trusted-host", ())), None)))),
        pip_extra=pip_extra,
        displaced={
            option: pip.get(option, ())[1:] for option in ("extra-index-url", "find-links", "trusted-host")
        },
    )


def absolute(path: str, system: System | None) -> str:
    """An absolute path; pip and uv take theirs relative to the folder in which they are started."""
    home = system.home if system is not None else None
    if path.startswith("~/") and home is not None:
        return str(home / path[2:])
    try:
        return os.path.abspath(Path(path).expanduser())  # noqa: PTH100 (resolve() would follow links)
    except (OSError, RuntimeError):  # the current folder is gone; no home
        return path


def is_variable(setting: Setting) -> bool:
    """Whether it comes from an environment variable of pip's, uv's or our own, not from a file."""
    return setting.origin.startswith(("PIP_", "UV_", "SCAFFOLD_"))


def _ordered(*others: Iterable[Setting], own: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """Variables, our own configuration, files; within each the order that was given."""
    everything = [one for layer in others for one in layer]
    variables = [one for one in everything if is_variable(one)]
    return (*variables, *own, *(one for one in everything if not is_variable(one)))


def _defaults(uv: UvSettings) -> Iterator[Setting]:
    return (one.setting for one in uv.indexes if one.default and not one.flat)


def _further(uv: UvSettings) -> Iterator[Setting]:
    return (one.setting for one in uv.indexes if not (one.default or one.explicit or one.flat))


def _find_links(
    pip: Mapping[str, tuple[Setting, ...]], uv: UvSettings, system: System
) -> tuple[Setting, ...]:
    flat = (one.setting for one in uv.indexes if one.flat and not one.explicit)
    everything = (*uv.find_links, *flat, *_split(next(iter(pip.get("find-links", ())), None)))
    return _distinct(
        one if is_url(one.value) else replace(one, value=absolute(one.value, system)) for one in everything
    )


def _no_index(*tools: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """One tool's wish is enough; within a tool, a stronger "no" silences a weaker "yes"."""
    return tuple(one for values in tools for one in values[:1] if truth(one.value))


def _certificates(pip: Mapping[str, tuple[Setting, ...]], system: System) -> tuple[Setting, ...]:
    """Variables before files. To pip itself REQUESTS_CA_BUNDLE is stronger than its own ``cert``."""
    cert = pip.get("cert", ())
    found = (
        *_variables(system, ("SSL_CERT_FILE",)),
        *(one for one in cert if is_variable(one)),
        *_variables(system, CERTIFICATE_VARIABLES),
        *(one for one in cert if not is_variable(one)),
    )
    return tuple(replace(one, value=absolute(one.value, system)) for one in found)


def _proxies(pip: Mapping[str, tuple[Setting, ...]], uv: UvSettings, system: System) -> tuple[Setting, ...]:
    files = (*uv.layers.get("https-proxy", ()), *pip.get("proxy", ()))
    return (*files, *_variables(system, PROXY_VARIABLES))


def _seconds(pip: Mapping[str, tuple[Setting, ...]], uv: UvSettings) -> tuple[Setting, ...]:
    found = (*uv.layers.get("timeout", ()), *pip.get("timeout", ()), *pip.get("default-timeout", ()))
    return tuple(one for one in found if _is_time(one.value))


def _is_time(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


def _pytorch(uv: UvSettings, system: System) -> Iterator[Setting]:
    """What stands in for PyTorch's index: our own variable, indexes named ``pytorch-*``."""
    yield from _variables(system, ("SCAFFOLD_PYTORCH_INDEX",))
    yield from (_marked(one) for one in uv.indexes if one.name.startswith("pytorch-"))


def _marked(index: UvIndex) -> Setting:
    return replace(index.setting, value=FLAT + index.url) if index.flat else index.setting


def _variables(system: System, names: Iterable[str]) -> Iterator[Setting]:
    for name in names:
        if system.environment.get(name, "").strip():
            yield Setting(value=system.environment[name].strip(), origin=name)


def _split(setting: Setting | None) -> tuple[Setting, ...]:
    return () if setting is None else tuple(replace(setting, value=word) for word in setting.value.split())


def _distinct(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    first: dict[str, Setting] = {}
    for one in settings:
        first.setdefault(comparable(one.value), one)
    return tuple(first.values())
