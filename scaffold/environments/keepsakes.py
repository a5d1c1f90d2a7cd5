"""What a user put into an environment that scaffold made: notes, configuration, data. It outlives a rebuild.

Packages do not: an environment holds what its project asks for. Files beside them are the user's alone.
"""

from __future__ import annotations

import contextlib
from pathlib import Path, PurePosixPath

from scaffold.environments import layout
from scaffold.environments.condition.verify import installed_distributions

#: What virtualenv, the installers and scaffold put at the top of an environment.
_KNOWN = frozenset({
    "bin", "lib", "lib64", "include", "Scripts", "Lib", "Include", "pyvenv.cfg", ".gitignore", "CACHEDIR.TAG",
    ".lock", "pip.conf", "pip.ini", "constraints.txt", layout.MADE_MARK, layout.UNFINISHED_MARK,
})  # fmt: skip


def keepsakes(location: Path) -> tuple[str, ...]:
    """Names at the top of an environment that neither an installer nor scaffold put there.

    None in an environment that conda made: nobody tells there what is conda's.
    """
    packages = layout.site_packages_of(location)
    if packages is None or layout.is_conda(location):
        return ()
    try:
        names = {one.name for one in location.iterdir()} - _KNOWN
    except OSError:
        return ()
    return tuple(sorted(names - _brought(location, packages))) if names else ()


def carry_over(old: Path, new: Path) -> None:
    """Move the keepsakes of an environment into the one that takes its place; what resists stays in the old.

    Never over something that is there. Each is one rename, so that a death between two loses nothing: the
    next call goes on.
    """
    for name in keepsakes(old):
        if not (new / name).exists() and not (new / name).is_symlink():
            with contextlib.suppress(OSError):
                (old / name).rename(new / name)


def _brought(location: Path, packages: Path) -> set[str]:
    """Names at the top that packages brought: share, etc, man."""
    depth = len(packages.relative_to(location).parts)
    brought = set()
    for one in installed_distributions(packages):
        for file in one.files or ():
            parts = PurePosixPath(file.path).parts
            if parts[:depth] == ("..",) * depth and len(parts) > depth:
                brought.add(parts[depth])
    return brought
