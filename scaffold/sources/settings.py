"""What pip and uv would use on this machine, merged into one set of settings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

from distlib.index import DEFAULT_INDEX as PACKAGE_INDEX

from scaffold.errors import OptionRefused
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.pip_settings import read_pip_settings
from scaffold.sources.places import comparable, is_url
from scaffold.sources.uv_settings import UvSettings, read_uv_settings, truth
from scaffold.system import System

#: What both pip and uv fall back on (https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-i).
DEFAULT_INDEX = Setting(value=urljoin(PACKAGE_INDEX, "simple"), origin="default")

#: pip's own, in seconds.
DEFAULT_TIMEOUT = 15.0

#: Environment variables that every HTTP client reads for itself, the strongest first.
PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

#: The last folder of a PyTorch index: what the builds in it were made for.
_VARIANT = re.compile(r"/(cpu|cu\d+|xpu|rocm[\d.]+)$")


def read_settings(system: System) -> SourceSettings:
    """The user's own pip and uv settings, merged; each value knows where it was read.

    Credentials stay in the URLs: print them through `scaffold.sources.redact` only.
    """
    pip, uv = read_pip_settings(system), read_uv_settings(system)
    index = _default_index(pip, uv)
    extra = _extra_indexes(pip, uv, index)
    return SourceSettings(
        index=index,
        extra_indexes=extra,
        find_links=_find_links(pip, uv, system),
        no_index=_no_index(pip, uv),
        certificates=_certificates(pip, system),
        trusted_hosts=_distinct((*uv.insecure_hosts, *_split(pip.get("trusted-host")))),
        proxy=_proxy(pip, uv, system),
        timeout=_timeout(pip, uv),
        pytorch_mirror=_pytorch_mirror(uv, system),
        index_strategy=_index_strategy(pip, uv, extra),
    )


def with_index(settings: SourceSettings, url: str, *, origin: str = "--index") -> SourceSettings:
    """The settings with another default index, as a command line asks for it.

    Extra indexes and find-links stay, as they do for pip's and uv's own option; a wish to use an
    index is stronger than a configured wish to use none. A folder may be given.
    """
    location = url if is_url(url) else _absolute(url, None)
    chosen = Setting(value=location, origin=origin)
    others = tuple(one for one in settings.extra_indexes if comparable(one.value) != comparable(location))
    return replace(settings, index=chosen, extra_indexes=others, no_index=None)


def with_wish(settings: SourceSettings, wish: str) -> SourceSettings:
    """The settings as ``--index`` bends them: ``auto`` and ``pypi`` not at all, a URL, a folder of wheels.

    A folder stands for an air gap: nothing else is asked. Raises OptionRefused.
    """
    if wish in ("auto", "pypi"):
        return settings
    if wish.lower().startswith(("http://", "https://", "file://")):
        return with_index(settings, wish)
    if Path(wish).is_dir():
        folder = Setting(value=str(Path(wish).absolute()), origin="--index")
        return replace(settings, find_links=(folder,), no_index=Setting(value="true", origin="--index"))
    raise OptionRefused(
        f"--index {wish}: neither a URL nor a folder of wheels that is there",
        hint="use auto, pypi, a URL such as https://mirror.example/simple, or a folder",
    )


def _default_index(pip: Mapping[str, Setting], uv: UvSettings) -> Setting:
    for index in uv.indexes:
        if index.default and not index.flat:
            return index.setting
    return pip.get("index-url", DEFAULT_INDEX)


def _extra_indexes(pip: Mapping[str, Setting], uv: UvSettings, default: Setting) -> tuple[Setting, ...]:
    """Everything else that is asked for every package, uv's first: the order is uv's priority.

    A default index of pip's that uv's has displaced is left out: two tools, one decision.
    """
    of_uv = (one.setting for one in uv.indexes if not (one.default or one.explicit or one.flat))
    both = (*of_uv, *_split(pip.get("extra-index-url")))
    return _distinct(one for one in both if comparable(one.value) != comparable(default.value))


def _find_links(pip: Mapping[str, Setting], uv: UvSettings, system: System) -> tuple[Setting, ...]:
    flat = (one.setting for one in uv.indexes if one.flat and not one.explicit)
    everything = (*uv.find_links, *flat, *_split(pip.get("find-links")))
    return _distinct(
        one if is_url(one.value) else replace(one, value=_absolute(one.value, system)) for one in everything
    )


def _index_strategy(pip: Mapping[str, Setting], uv: UvSettings, extra: tuple[Setting, ...]) -> Setting | None:
    """The user's choice for uv; else pip's manner where extra indexes are pip's: both resolve alike."""
    pip_extra = pip.get("extra-index-url")
    if "index-strategy" in uv.scalars:
        return uv.scalars["index-strategy"]
    if pip_extra is not None and any(one.origin == pip_extra.origin for one in extra):
        return Setting(value="unsafe-best-match", origin=pip_extra.origin)
    return None


def _no_index(pip: Mapping[str, Setting], uv: UvSettings) -> Setting | None:
    for found in (uv.scalars.get("no-index"), pip.get("no-index")):
        if found is not None and truth(found.value):
            return found
    return None


def _certificates(pip: Mapping[str, Setting], system: System) -> Setting | None:
    found = _variable(system, ("SSL_CERT_FILE",)) or pip.get("cert")
    found = found or _variable(system, CERTIFICATE_VARIABLES)
    return found and replace(found, value=_absolute(found.value, system))


def _proxy(pip: Mapping[str, Setting], uv: UvSettings, system: System) -> Setting | None:
    return uv.scalars.get("https-proxy") or pip.get("proxy") or _variable(system, PROXY_VARIABLES)


def _timeout(pip: Mapping[str, Setting], uv: UvSettings) -> float:
    for found in (uv.scalars.get("timeout"), pip.get("timeout"), pip.get("default-timeout")):
        try:
            seconds = float(found.value) if found else 0.0
        except ValueError:
            continue
        if 0 < seconds < float("inf"):
            return seconds
    return DEFAULT_TIMEOUT


def _pytorch_mirror(uv: UvSettings, system: System) -> Setting | None:
    """What stands in for PyTorch's index: our own variable, else an index named ``pytorch-*``."""
    named = (one.setting for one in uv.indexes if one.name.startswith("pytorch-") and not one.flat)
    found = _variable(system, ("SCAFFOLD_PYTORCH_INDEX",)) or next(named, None)
    if found is None:
        return None
    location = found.value if is_url(found.value) else _absolute(found.value, system)
    return replace(found, value=_VARIANT.sub("", location.rstrip("/")))


def _variable(system: System, names: Iterable[str]) -> Setting | None:
    for name in names:
        if system.environment.get(name, "").strip():
            return Setting(value=system.environment[name].strip(), origin=name)
    return None


def _split(setting: Setting | None) -> tuple[Setting, ...]:
    return () if setting is None else tuple(replace(setting, value=word) for word in setting.value.split())


def _distinct(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    first: dict[str, Setting] = {}
    for one in settings:
        first.setdefault(comparable(one.value), one)
    return tuple(first.values())


def _absolute(path: str, system: System | None) -> str:
    """An absolute path; pip and uv take theirs relative to the folder in which they are started."""
    home = system.home if system is not None else None
    if path.startswith("~/") and home is not None:
        return str(home / path[2:])
    try:
        return os.path.abspath(Path(path).expanduser())  # noqa: PTH100 (resolve() would follow links)
    except (OSError, RuntimeError):  # the current folder is gone; no home
        return path
