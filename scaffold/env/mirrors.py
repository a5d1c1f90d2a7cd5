"""``scaffold env mirrors``: what is in force, how mirrors do, and which ones our configuration chooses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import ConfigurationRefused, OptionRefused
from scaffold.files import not_written, replace_file
from scaffold.sources.in_force import in_force
from scaffold.sources.layers import is_variable
from scaffold.sources.measure import IN_FORCE, Measurement, Place, measure
from scaffold.sources.model import SourceSettings
from scaffold.sources.places import PYTORCH_INDEX
from scaffold.sources.presets import find_mirror, mirrors
from scaffold.sources.redact import redact
from scaffold.sources.settings import DEFAULT_INDEX, read_settings
from scaffold.sources.user_configuration import (
    FLAT,
    SUBJECTS,
    VARIABLE,
    Configuration,
    Subject,
    read_configuration,
)
from scaffold.system import System

#: The places that mirrors copy.
UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What will be written: our whole configuration, as text. ``before`` and ``after``: its mirrors."""

    path: Path
    before: Mapping[Subject, str]
    after: Mapping[Subject, str]
    text: str  # "": the file is not needed any more
    notes: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether anything would be different afterwards."""
        return dict(self.before) != dict(self.after)


def check(system: System, *, everything: bool) -> tuple[Measurement, ...]:
    """Ask what is in force, with ``everything`` all mirrors that we know as well."""
    settings = read_settings(system)
    places = _places_in_force(settings)
    if everything:
        known = {(one.subject, one.address) for one in places}
        rows = [
            Place(name=UPSTREAM, subject="index", address=DEFAULT_INDEX.value),
            Place(name=UPSTREAM, subject="pytorch", address=PYTORCH_INDEX),
            *(
                Place(name=mirror.name, subject=subject, address=address)
                for mirror in mirrors()
                for subject, address in mirror.addresses.items()
            ),
        ]
        places += [one for one in rows if (one.subject, one.address) not in known]
    return measure(places, settings, system)


def _places_in_force(settings: SourceSettings) -> list[Place]:
    places = []
    if settings.no_index is None:
        indexes = (settings.index, *settings.extra_indexes)
        places += [Place(name=IN_FORCE, subject="index", address=one.value) for one in indexes]
        base = settings.pytorch_mirror.value if settings.pytorch_mirror else PYTORCH_INDEX
        mark = FLAT if settings.pytorch_flat else ""
        places.append(Place(name=IN_FORCE, subject="pytorch", address=mark + base))
    if settings.python_mirror is not None:
        places.append(Place(name=IN_FORCE, subject="python", address=settings.python_mirror.value))
    return places


def plan_use(system: System, what: str, only: Subject | None) -> Change:
    """Choose a mirror by name, or an address; raises OptionRefused, ConfigurationRefused."""
    return _change(system, set_=_addresses(what, only), removed=())


def plan_unset(system: System, only: Subject | None) -> Change:
    """Take back what `plan_use` chose; raises ConfigurationRefused."""
    return _change(system, set_={}, removed=(only,) if only else SUBJECTS)


def carry_out(change: Change) -> None:
    """Write the configuration in one step, or remove it; raises NoPermission, NoSpace."""
    if change.text.strip():
        replace_file(change.path, change.text)
        return
    try:
        Path(os.path.realpath(change.path)).unlink(missing_ok=True)  # a link into dotfiles stays one
    except OSError as refusal:
        raise not_written(change.path, refusal) from refusal


def _addresses(what: str, only: Subject | None) -> dict[Subject, str]:
    if "://" in what:
        return {only or "index": _address(what, only or "index")}
    mirror = find_mirror(what)
    if mirror is None:
        names = ", ".join(one.name for one in mirrors())
        raise OptionRefused(
            f"{what}: neither a mirror that is known here nor an address",
            detail=(f"mirrors: {names}",),
            hint="scaffold env mirrors list; an address begins with https://",
        )
    if only is None:
        return dict(mirror.addresses)
    if only not in mirror.addresses:
        others = ", ".join(one.name for one in mirrors() if only in one.addresses)
        raise OptionRefused(
            f"{mirror.name} has no mirror for --only {only}", hint=f"these have one: {others}"
        )
    return {only: mirror.addresses[only]}


def _address(url: str, subject: Subject) -> str:
    """An address as it may be written down; credentials never are."""
    from urllib.parse import urlsplit

    plain = url.strip().removeprefix(FLAT)
    if url.strip() != plain and subject != "pytorch":
        raise OptionRefused(f"{FLAT} is for --only pytorch", hint=f"leave {FLAT} out")
    try:
        parts = urlsplit(plain)
    except ValueError as problem:
        raise OptionRefused(f"{redact(plain)} is no address: {problem}") from problem
    if parts.scheme not in ("http", "https", "file") or not (parts.netloc or parts.scheme == "file"):
        raise OptionRefused(
            f"{redact(plain)} is no address of a mirror", hint="it begins with https:// or file://"
        )
    if "@" in parts.netloc or redact(plain) != plain:
        raise OptionRefused(
            f"{redact(plain)} carries credentials, which are not written down",
            hint="leave them out, and put them into ~/.netrc or a keyring; or name the whole address in"
            " pip.conf or UV_DEFAULT_INDEX, which are honoured, too",
        )
    return url.strip().rstrip("/")


def _change(system: System, *, set_: Mapping[Subject, str], removed: tuple[Subject, ...]) -> Change:
    configuration = read_configuration(system)
    if configuration.path is None:
        raise ConfigurationRefused(
            "There is no home folder, hence no place for a configuration",
            hint=f"name a file: {VARIABLE}=FILE",
        )
    before = {name: setting.value for name, setting in configuration.mirrors.items()}
    after = {name: value for name, value in {**before, **set_}.items() if name not in removed}
    return Change(
        path=configuration.path,
        before={name: redact(value) for name, value in before.items()},
        after={name: redact(value) for name, value in after.items()},
        text=_edited(configuration, after),
        notes=tuple(_notes(system, set_)),
    )


def _edited(configuration: Configuration, after: Mapping[Subject, str]) -> str:
    """The file's text with other mirrors; comments and everything else stay."""
    import tomlkit

    document = tomlkit.parse(configuration.text.lstrip("\ufeff"))
    if "mirrors" not in document:
        document["mirrors"] = tomlkit.table()
    table = document["mirrors"]
    assert isinstance(table, dict), "read_configuration has refused anything else"
    for subject in SUBJECTS:
        if subject in after:
            table[subject] = after[subject]
        elif subject in table:
            del table[subject]
    if not tomlkit.dumps(table).strip():  # a comment in it may be about what follows
        del document["mirrors"]
    return tomlkit.dumps(document)


def _pytorch_too(address: str) -> str:
    """PyTorch's index is the largest part of a download, and the ordinary one does not stand in for it."""
    there = [one for one in mirrors() if "pytorch" in one.addresses]
    best = min(there, key=lambda one: any(note.startswith("pytorch:") for note in one.notes))
    names = ", ".join(one.name for one in there)
    return (
        f"PyTorch still comes from {address}; {names} have it: "
        f"scaffold env mirrors use {best.name} --only pytorch"
    )


def _notes(system: System, set_: Mapping[Subject, str]) -> list[str]:
    """Why a choice may have no effect, or another one than expected."""
    shown = {one.name: one.values for one in in_force(system)}
    notes = [
        f"{setting.origin} is set and stronger: {setting.value} stays in force"
        for name in set_
        for setting in shown[name]
        if is_variable(setting)
    ]
    notes += [f"{one.origin} wants no index to be asked at all" for one in shown["no-index"]]
    if "index" in set_ and "pytorch" not in set_:
        notes += [_pytorch_too(one.value) for one in shown["pytorch"] if one.value == PYTORCH_INDEX]
    plain = [name for name, address in set_.items() if address.removeprefix(FLAT).startswith("http://")]
    if plain:
        notes.append("plain http: pip refuses it until its host is among pip's trusted-host")
    chosen = {
        note
        for mirror in mirrors()
        if set(mirror.addresses.values()) & set(set_.values())
        for note in mirror.notes
    }
    return [*notes, *sorted(note for note in chosen if note.partition(":")[0] in set_)]
