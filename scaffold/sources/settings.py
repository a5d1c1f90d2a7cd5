"""What pip and uv would use on this machine, merged into one set of settings."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

from distlib.index import DEFAULT_INDEX as PACKAGE_INDEX

from scaffold.errors import OptionRefused
from scaffold.sources.layers import Layers, absolute, read_layers
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.places import comparable, is_url
from scaffold.sources.presets import Mirror, find_mirror, mirrors
from scaffold.sources.user_configuration import FLAT
from scaffold.system import System

#: What both pip and uv fall back on (https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-i).
DEFAULT_INDEX = Setting(value=urljoin(PACKAGE_INDEX, "simple"), origin="default")

#: pip's own, in seconds.
DEFAULT_TIMEOUT = 15.0

#: The last folder of a PyTorch index: what the builds in it were made for.
_VARIANT = re.compile(r"/(cpu|cu\d+|xpu|rocm[\d.]+)$")


def read_settings(system: System) -> SourceSettings:
    """The user's own settings, merged; each value knows where it was read.

    Credentials stay in the URLs: print them through `scaffold.sources.redact` only. Raises
    ConfigurationRefused where our own configuration is there and cannot be read.
    """
    found = read_layers(system)
    chosen = {name: next(iter(values), None) for name, values in found.scalars.items()}
    index = chosen["index"] or DEFAULT_INDEX
    extra = _extra_indexes(found, index)
    return SourceSettings(
        index=index,
        extra_indexes=extra,
        find_links=found.find_links,
        no_index=chosen["no-index"],
        certificates=chosen["certificates"],
        trusted_hosts=found.trusted_hosts,
        proxy=chosen["proxy"],
        timeout=float(timeout.value) if (timeout := chosen["timeout"]) else DEFAULT_TIMEOUT,
        pytorch_mirror=_base(chosen["pytorch"], system),
        pytorch_flat=chosen["pytorch"] is not None and chosen["pytorch"].value.startswith(FLAT),
        python_mirror=chosen["python"],
        index_strategy=_index_strategy(found, chosen["strategy"], extra),
    )


def with_index(settings: SourceSettings, url: str, *, origin: str = "--index") -> SourceSettings:
    """The settings with another default index, as a command line asks for it.

    Extra indexes and find-links stay, as they do for pip's and uv's own option; a wish to use an
    index is stronger than a configured wish to use none. A folder may be given.
    """
    location = url if is_url(url) else absolute(url, None)
    chosen = Setting(value=location, origin=origin)
    others = tuple(one for one in settings.extra_indexes if comparable(one.value) != comparable(location))
    return replace(settings, index=chosen, extra_indexes=others, no_index=None)


def with_wish(settings: SourceSettings, wish: str) -> SourceSettings:
    """The settings as ``--index`` bends them: ``auto`` and ``pypi`` not at all, a URL, a folder of wheels.

    A folder stands for an air gap: nothing else is asked. A mirror's name stands for everything that it
    has, PyTorch's index included, as if ``scaffold env mirrors use`` had chosen it. Raises OptionRefused.
    """
    if wish in ("auto", "pypi"):
        return settings
    if wish.lower().startswith(("http://", "https://", "file://")):
        return with_index(settings, wish)
    if Path(wish).is_dir():
        folder = Setting(value=str(Path(wish).absolute()), origin="--index")
        return replace(settings, find_links=(folder,), no_index=Setting(value="true", origin="--index"))
    mirror = mirror_of(wish)
    if mirror is not None:
        return _with_mirror(settings, mirror)
    names = ", ".join(one.name for one in mirrors() if "index" in one.addresses)
    raise OptionRefused(
        f"--index {wish}: neither a URL nor a folder of wheels that is there, nor a mirror that is known",
        hint=f"use auto, pypi, a URL such as https://mirror.example/simple, a folder, or a mirror: {names}",
    )


def mirror_of(wish: str) -> Mirror | None:
    """The mirror of packages that ``--index`` names; None where it means something else."""
    found = None if Path(wish).is_dir() else find_mirror(wish)
    return found if found is not None and "index" in found.addresses else None


def _with_mirror(settings: SourceSettings, mirror: Mirror) -> SourceSettings:
    origin = f"--index {mirror.name}"
    chosen = with_index(settings, mirror.addresses["index"], origin=origin)
    pytorch = mirror.addresses.get("pytorch")
    if pytorch is None:
        return chosen
    base = Setting(value=pytorch.removeprefix(FLAT), origin=origin)
    return replace(chosen, pytorch_mirror=base, pytorch_flat=pytorch.startswith(FLAT))


def _extra_indexes(found: Layers, default: Setting) -> tuple[Setting, ...]:
    """Everything else that is asked for every package.

    A default index of pip's that a stronger one has displaced is left out: two tools, one decision.
    """
    return tuple(one for one in found.extra_indexes if comparable(one.value) != comparable(default.value))


def _index_strategy(found: Layers, chosen: Setting | None, extra: tuple[Setting, ...]) -> Setting | None:
    """The user's choice for uv; else pip's manner where extra indexes are pip's: both resolve alike."""
    if chosen is not None:
        return chosen
    if found.pip_extra is not None and any(one.origin == found.pip_extra.origin for one in extra):
        return Setting(value="unsafe-best-match", origin=found.pip_extra.origin)
    return None


def _base(mirror: Setting | None, system: System) -> Setting | None:
    """A mirror of PyTorch's indexes without the mark of a flat one, and without a variant's folder."""
    if mirror is None:
        return None
    location = mirror.value.removeprefix(FLAT)
    location = location if is_url(location) else absolute(location, system)
    return replace(mirror, value=_VARIANT.sub("", location.rstrip("/")))
