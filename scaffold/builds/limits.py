"""What a project's own requirements leave of the builds that can be had."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scaffold.errors import NoBuild
from scaffold.sources.model import Listing, Offers

#: One program under several names: a limit on one of them is meant for all.
_SAME = {"tensorflow-cpu": "tensorflow", "tensorflow-gpu": "tensorflow"}

#: So many releases say what there is.
_SHOWN = 5


def limited(offers: Offers, wanted: Sequence[str]) -> Offers:
    """The offers less the releases that ``wanted`` (PEP 508) rules out. Markers are taken to hold.

    Raises InvalidRequirement, a ValueError, and NoBuild (``no-release``) where a line names no release that
    any source has.
    """
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    _refuse_unreleased(offers, wanted)
    limits: dict[str, SpecifierSet] = {}
    for line in wanted:
        requirement = Requirement(line)
        spelt = canonicalize_name(requirement.name)
        name = _SAME.get(spelt, spelt)
        limits[name] = limits.get(name, SpecifierSet()) & requirement.specifier

    def fitting(listing: Listing) -> Listing:
        limit = limits.get(_SAME.get(listing.project, listing.project))
        if limit is None:
            return listing
        # ==2.4.0 means 2.4.0+cpu, too; ==2.4.0+cu124 means that one alone
        wheels = tuple(one for one in listing.wheels if limit.contains(one.version, prereleases=True))
        return replace(listing, wheels=wheels)

    return replace(offers, listings=tuple(map(fitting, offers.listings))) if limits else offers


def _refuse_unreleased(offers: Offers, wanted: Sequence[str]) -> None:
    """Of a project that no source tells of, nothing is known: that is for whoever asks for its builds."""
    lost = tuple(_unreleased(offers, wanted))
    if lost:
        silent = (f"{one.source.shown}: {one.problem or 'no answer'}" for one in offers.unreachable())
        raise NoBuild(
            f"there is no release of {' or '.join(line for line, _ in lost)} in any source that was asked",
            detail=(*(f"{line}: there are {had}" for line, had in lost), *silent),
            hint="correct it where the project asks for it; a mirror may lag behind: "
            "scaffold env mirrors --check --all",
            code="no-release",
        )


def _unreleased(offers: Offers, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Lines that no release meets, and the newest releases that there are; a marker may rule a line out."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name
    from packaging.version import Version

    for line in wanted:
        requirement = Requirement(line)
        spelt = canonicalize_name(requirement.name)
        name = _SAME.get(spelt, spelt)
        listed = (one for one in offers.listings if _SAME.get(one.project, one.project) == name)
        releases = {Version(wheel.version).public for one in listed for wheel in one.wheels}
        # of ==2.4.0+cu126 the release is 2.4.0; that build of it may be another index's
        limit = SpecifierSet(re.sub(r"\+[\w.]+", "", str(requirement.specifier)))
        if releases and not requirement.marker and not any(limit.filter(releases, prereleases=True)):
            newest = sorted(releases, key=Version, reverse=True)
            yield line, ", ".join(newest[:_SHOWN]) + (", …" if len(newest) > _SHOWN else "")
