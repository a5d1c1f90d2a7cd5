"""What is installed somewhere, as a lock: every package pinned, none left out."""

from __future__ import annotations

from collections.abc import Mapping

from scaffold.locks.model import Lock, Locked, Need


def lock_of_installed(packages: Mapping[str, str]) -> Lock:
    """The installed distributions (normalised name -> version) in the form that `lint` judges."""
    rows = tuple(Locked(name=name, version=version) for name, version in packages.items())
    roots = tuple(Need(name=one.name, version=one.version) for one in rows)
    return Lock(format="installed", packages=rows, roots=roots)
