"""Imports of the project's own code, and the folders below which they are found."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

from scaffold.probing.sources.model import Source, Unmarked

#: A name that stands in more folders than this is no package of its own: utils, config.
_MANY = 3


def unmarked(files: Sequence[str], sources: Sequence[Source], roots: Sequence[str]) -> Iterator[Unmarked]:
    """Folders that would have to be source roots for the project's own imports to resolve."""
    places = _places(files)
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for source in sources:
        own = source.path.rpartition("/")[0]
        for one in source.imports:
            name = one.module.partition(".")[0]
            found = places.get(name, ())
            known = name in sys.stdlib_module_names or any(place in found for place in (*roots, own))
            if not known and not one.optional and 0 < len(found) < _MANY:
                wanted[found[0]].setdefault(name, f"{source.path}:{one.line}")
    for folder, names in sorted(wanted.items()):
        yield Unmarked(folder=folder, names=tuple(sorted(names)), seen=next(iter(names.values())))


def _places(files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Module or package -> the folders that hold it; folders of packages are none of their own."""
    packages = {one.rpartition("/")[0] for one in files if one.endswith("/__init__.py")}
    places: dict[str, dict[str, None]] = defaultdict(dict)
    for one in files:
        folder, _, name = one.rpartition("/")
        if folder not in packages:
            places[name.removesuffix(".py")][folder] = None
    for package in packages:
        above, _, name = package.rpartition("/")
        if above not in packages:
            places[name][above] = None
    return {name: tuple(sorted(found)) for name, found in places.items()}
