"""Where packages come from: the user's own settings, and what lies there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value of the user's, and where it was read: ``UV_DEFAULT_INDEX``, ``~/.config/pip/pip.conf``."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What pip and uv would use on this machine, merged.

    uv's own settings win over pip's where both name the default index, because uv installs.
    """

    index: Setting  # the default index
    extra_indexes: tuple[Setting, ...] = ()
    find_links: tuple[Setting, ...] = ()  # folders, flat pages
    no_index: Setting | None = None  # air gap: only find_links
    certificates: Setting | None = None  # a CA bundle's path
    trusted_hosts: tuple[Setting, ...] = ()
    proxy: Setting | None = None
    timeout: float = 15.0  # seconds without an answer
    pytorch_mirror: Setting | None = None  # stands in for https://download.pytorch.org/whl
    pytorch_flat: bool = False  # that mirror is no index: one page lists all wheels of a variant
    python_mirror: Setting | None = None  # stands in for the place that uv downloads Pythons from
    index_strategy: Setting | None = None  # uv's word for how indexes are weighed; None: uv's default


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that can hold wheels."""

    kind: Literal["index", "extra-index", "find-links", "pytorch"]
    location: str  # a URL or a folder, credentials included
    variant: str = ""  # of PyTorch's own index: cpu, cu126, ...
    flat: bool = False  # a page of wheels (find-links), where its kind would make it an index

    @property
    def shown(self) -> str:
        """The location without credentials, fit to be printed."""
        from scaffold.sources.redact import redact

        return redact(self.location)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A wheel that a source offers."""

    project: str  # normalised
    version: str  # PEP 440, local part included: 2.13.0+cpu
    filename: str
    url: str  # as the source gives it, made absolute
    source: Source
    size: int | None = None  # bytes
    requires_python: str = ""
    uploaded: str = ""  # 2026-10-28, where the source tells
    #: Whether its METADATA lies beside it: None where not, else ``sha256=...``, or "" without a hash.
    metadata: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one source said when it was asked for one project."""

    source: Source
    project: str
    outcome: Literal["ok", "absent", "unreachable"]
    wheels: tuple[Wheel, ...] = ()
    problem: str = ""  # one line for people, where unreachable


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Everything that can be had of the projects that were asked for, and which sources failed."""

    settings: SourceSettings
    listings: tuple[Listing, ...]

    def wheels(self, project: str) -> tuple[Wheel, ...]:
        """All wheels of a project, over all sources, in the order of the sources."""
        return tuple(w for listing in self.listings if listing.project == project for w in listing.wheels)

    def unreachable(self) -> tuple[Listing, ...]:
        """The sources that did not answer, once each."""
        failed = {one.source.location: one for one in self.listings if one.outcome == "unreachable"}
        return tuple(failed.values())
