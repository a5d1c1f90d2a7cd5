"""What is in force on this machine, setting by setting, and what it is stronger than. No secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scaffold.sources.layers import read_layers
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.places import PYTORCH_INDEX
from scaffold.sources.redact import redact
from scaffold.sources.settings import read_settings
from scaffold.sources.user_configuration import FLAT
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """One setting: its values (several, where it is a list), and weaker ones that are not used."""

    name: str  # index, extra-index, ...
    title: str
    values: tuple[Setting, ...] = ()
    instead_of: tuple[Setting, ...] = ()
    note: str = ""


#: Setting -> what a person calls it; the order in which they are shown.
TITLES = {
    "index": "Index",
    "extra-index": "Extra indexes",
    "find-links": "Find-links",
    "no-index": "No index",
    "pytorch": "PyTorch",
    "python": "Pythons",
    "certificates": "Certificates",
    "trusted-host": "Trusted hosts",
    "proxy": "Proxy",
    "timeout": "Timeout",
    "strategy": "Strategy",
}


def in_force(system: System) -> tuple[InForce, ...]:
    """Every setting in the order of `TITLES`, redacted; raises ConfigurationRefused."""
    settings, layers = read_settings(system), read_layers(system)
    limit = next(iter(layers.scalars["timeout"]), Setting(value="", origin="default"))
    values = _values(settings, replace(limit, value=f"{settings.timeout:g} s without an answer"))
    weaker: dict[str, Iterable[Setting]] = {
        name: found[1:] for name, found in layers.scalars.items() if found
    }
    weaker |= {
        "extra-index": layers.displaced["extra-index-url"],
        "find-links": layers.displaced["find-links"],
        "trusted-host": layers.displaced["trusted-host"],
    }
    notes = _notes(settings)
    return tuple(
        InForce(
            name=name,
            title=title,
            values=tuple(map(_shown, values[name])),
            instead_of=tuple(_shown(one) for one in weaker.get(name, ()) if not _says(one, values[name])),
            note=notes.get(name, ""),
        )
        for name, title in TITLES.items()
    )


def _values(settings: SourceSettings, timeout: Setting) -> Mapping[str, tuple[Setting, ...]]:
    pytorch = settings.pytorch_mirror or Setting(value=PYTORCH_INDEX, origin="default")
    if settings.pytorch_flat:
        pytorch = replace(pytorch, value=FLAT + pytorch.value)
    return {
        "index": (settings.index,),
        "extra-index": settings.extra_indexes,
        "find-links": settings.find_links,
        "no-index": _one(settings.no_index),
        "pytorch": (pytorch,),
        "python": _one(settings.python_mirror),
        "certificates": _one(settings.certificates),
        "trusted-host": settings.trusted_hosts,
        "proxy": _one(settings.proxy),
        "timeout": (timeout,),
        "strategy": _one(settings.index_strategy),
    }


def _notes(settings: SourceSettings) -> Mapping[str, str]:
    if settings.no_index is None:
        return {}
    unasked = f"not asked: {settings.no_index.origin} wants no index"
    return {"index": unasked, "extra-index": unasked, "pytorch": unasked}


def _one(setting: Setting | None) -> tuple[Setting, ...]:
    return () if setting is None else (setting,)


def _says(one: Setting, values: Iterable[Setting]) -> bool:
    """Whether it says the same as what is in force: then nothing is lost."""
    return any(one.value == other.value for other in values)


def _shown(setting: Setting) -> Setting:
    return replace(setting, value=redact(setting.value))
