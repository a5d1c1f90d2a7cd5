"""A compound: run configurations that the IDE starts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scaffold.errors import LaunchFailed
from scaffold.pycharm.launching.launch import resolve_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.pycharm.model import ConfigurationFile, Launch
    from scaffold.system import System


def resolve_members(
    root: Path,
    compound: ConfigurationFile,
    found: Sequence[ConfigurationFile],
    *,
    system: System,
    registered: Mapping[str, Path] | None = None,
) -> tuple[Launch, ...]:
    """The launch of everything that a compound starts; ``found`` are the project's run configurations.

    Raises LaunchFailed where one of them is not there or cannot be started: then none of them is.
    """
    members = members_of(compound, found)
    return tuple(resolve_configuration(root, one, system=system, registered=registered) for one in members)


def members_of(
    compound: ConfigurationFile, found: Sequence[ConfigurationFile]
) -> tuple[ConfigurationFile, ...]:
    """What a compound starts, each once; compounds among its members stand for their own members.

    Raises LaunchFailed for a member that is not there, which the IDE would pass over without a word.
    """
    members: dict[tuple[str, str], ConfigurationFile] = {}
    seen, todo = {compound.name}, [compound]
    while todo:
        one = todo.pop(0)
        for name, kind in one.members:
            member = _member(one, name, kind, found)
            if member.kind != "compound":
                members[member.name, member.type] = member
            elif member.name not in seen:  # the IDE lets nobody draw a circle, an editor does
                seen.add(member.name)
                todo.append(member)
    if not members:
        raise LaunchFailed(f"{compound.name!r} starts nothing", detail=(str(compound.path),))
    return tuple(members.values())


def _member(
    compound: ConfigurationFile, name: str, kind: str, found: Sequence[ConfigurationFile]
) -> ConfigurationFile:
    named = [one for one in found if one.name == name]
    for one in named:
        if one.type == kind or one.problem:  # a file that cannot be read says so itself when it is started
            return one
    there = ", ".join(one.name for one in found if one.kind not in {None, "compound"})
    raise LaunchFailed(
        f"{compound.name!r} starts {name!r}, and there is no such run configuration"
        + (f" of type {kind}" if named else ""),
        detail=(str(compound.path), f"there are: {there}"),
        hint="Correct the name in that file, or edit the compound in PyCharm: Run → Edit Configurations…",
    )
