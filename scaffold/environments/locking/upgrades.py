"""What ``scaffold env lock --upgrade`` may name: packages that the project's lock holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from scaffold.environments.layout import Place
from scaffold.environments.locking.groups import Declared, names
from scaffold.environments.locking.model import UV_LOCK
from scaffold.environments.locking.read import lock_files, read_project_lock
from scaffold.errors import LockUnusable, OptionRefused
from scaffold.toml import TOMLDecodeError, loads

#: Every package.
ALL = "*"


def refuse_unknown_packages(upgrade: Iterable[str], project: Declared) -> None:
    """Raise OptionRefused where a name stands in no lock and in no wish of the project.

    uv takes any name without a word, and a slip of the keyboard would upgrade nothing.
    """
    from difflib import get_close_matches

    wanted = [one for one in upgrade if one != ALL]
    locked = set(_locked(project)) if wanted else set()
    if not locked:  # no lock yet: everything will be the newest
        return
    known = locked | set(_asked(project))
    for one in wanted:
        named = names([one])
        if not named:
            raise OptionRefused(f"--upgrade {one} names no package", hint="--upgrade torch,numpy, say")
        missing = sorted(named - known)
        if missing:
            near = get_close_matches(missing[0], sorted(known), n=3)
            raise OptionRefused(
                f"--upgrade {one}: the lock holds no package of that name",
                detail=(f"near to it: {', '.join(near)}",) if near else (),
                hint="what pyproject.toml asks for anew needs no --upgrade: scaffold env lock",
            )


def _locked(project: Declared) -> Iterator[str]:
    for path in lock_files(project.root):
        group = path.stem.removeprefix("lock-")
        with contextlib.suppress(LockUnusable):  # damaged: it is made anew, and the others tell the names
            lock = read_project_lock(Place(project.root), group)
            yield from (one.name for one in (lock.packages if lock else ()))
    try:
        rows = loads((project.root / UV_LOCK).read_text(encoding="utf-8")).get("package", [])
    except (OSError, UnicodeDecodeError, TOMLDecodeError):
        return
    yield from (str(row.get("name", "")) for row in rows if isinstance(row, dict))


def _asked(project: Declared) -> Iterator[str]:
    table = project.document
    yield from names(table.get("project", {}).get("dependencies"))
    for lines in table.get("dependency-groups", {}).values():
        yield from names(lines)
