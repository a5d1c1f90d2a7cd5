"""What to do where an index that a lock needs does not answer: another mirror, another group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from scaffold.environments.locking.groups import Declared
from scaffold.errors import SourceUnreachable
from scaffold.shell import line
from scaffold.sources.places import PYTORCH_INDEX
from scaffold.sources.presets import mirrors


def with_way_out(
    problem: SourceUnreachable, project: Declared, stand_ins: Mapping[str, str], *, group: str = ""
) -> SourceUnreachable:
    """The same error with what helps here. ``stand_ins``: address in pyproject.toml -> mirror in force.

    ``group`` is the only one that was asked for. An index that serves everything is in every group's way:
    then there is nothing to add.
    """
    text = "\n".join((problem.message, *problem.detail))
    silent = [one for one, url in project.indexes.items() if _is_named(stand_ins.get(url, url), text)]
    hints = [problem.hint] if problem.hint else []
    if any(project.indexes[one].startswith(PYTORCH_INDEX) for one in silent):
        hints.append(_another_mirror(stand_ins))
    others = [one for one in project.accelerators if one not in silent]
    if silent and others and not group:
        alone = line("scaffold", "env", "lock", "--group", others[0])
        hints.append(f"one accelerator alone, from its own index: {alone}")
    return SourceUnreachable(problem.message, detail=problem.detail, hint="\n".join(hints), code=problem.code)


def _another_mirror(stand_ins: Mapping[str, str]) -> str:
    in_force = " ".join(stand_ins.values())
    known = [
        one.name
        for one in mirrors()
        if (address := one.addresses.get("pytorch")) and address.removeprefix("flat+") not in in_force
    ]
    first = line("scaffold", "env", "mirrors", "use", known[0], "--only", "pytorch")
    return f"a mirror of PyTorch's index: {first} (or {', '.join(known[1:])})"


def _is_named(url: str, text: str) -> bool:
    """Whether words tell of the host, port included, that an address leads to.

    >>> _is_named("http://127.0.0.1:9/cpu", "cannot be reached: 127.0.0.1:9")
    True
    >>> _is_named("http://127.0.0.1:9/cpu", "cannot be reached: 127.0.0.1:91")
    False
    """
    place = urlsplit(url).netloc.rpartition("@")[2]
    return bool(place) and re.search(rf"(?<![\w.-]){re.escape(place)}(?![\w-]|:\d|\.\w)", text) is not None
