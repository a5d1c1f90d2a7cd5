"""Distributions that lie over each other: the same files, with other content.

Installers do not look, and `pip check` calls it compatible. Which of the two is imported is chance, and to
uninstall one of them takes the other's files along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from scaffold.environments.condition.verify import InstalledDistribution

#: Folders that hold no module: their files do no harm to each other.
_HARMLESS = ("../", "LICENSE", "license", "README", "NOTICE", "test/", "tests/", "docs/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two distributions (or one, in two versions) and the paths that both of them brought."""

    distributions: tuple[str, str]  # names of .dist-info folders without the ending: torch-2.13.0+cpu
    paths: tuple[str, ...]


def collisions(distributions: Iterable[InstalledDistribution]) -> tuple[Collision, ...]:
    """Every two distributions that own a file in two contents, or the same distribution in two versions.

    Files of the same content are no collision: packages of one namespace share an empty ``__init__.py``.
    """
    owners: dict[str, tuple[InstalledDistribution, str]] = {}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    names: dict[str, InstalledDistribution] = {}
    for one in distributions:
        first = names.setdefault(one.name, one)
        if first is not one:
            found[_pair(first, one)].append(one.metadata)
        for file in one.files or ():
            if not file.digest or file.path.startswith(_HARMLESS):
                continue
            before, digest = owners.setdefault(file.path, (one, file.digest))
            if before is not one and digest != file.digest:
                found[_pair(before, one)].append(file.path)
    return tuple(Collision(distributions=pair, paths=tuple(paths)) for pair, paths in sorted(found.items()))


def _pair(one: InstalledDistribution, other: InstalledDistribution) -> tuple[str, str]:
    return one.metadata.removesuffix(".dist-info"), other.metadata.removesuffix(".dist-info")
